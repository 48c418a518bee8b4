//! A private PostgreSQL that a test can kill and stop.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, process, thread};

/// A private PostgreSQL in a temporary folder, on a free port of the loopback interface. Killed and
/// removed when dropped.
///
/// It trusts the page cache (`fsync=off`): committed data survives its processes, not the machine.
#[derive(Debug)]
pub struct Postgres {
    // Dropped in this order.
    server: Server,
    home: Home,
    port: u16,
}

impl Postgres {
    /// Creates a database cluster and starts a server on it.
    ///
    /// # Panics
    /// Panics if PostgreSQL is not installed, and if it does not start.
    #[must_use]
    pub fn start() -> Self {
        let home = Home::make();
        // Another process may take a port that was free before.
        for _ in 0..PORTS_TO_TRY {
            let port = free_port();
            if let Some(server) = home.serve(port) {
                return Self { server, home, port };
            }
        }
        panic!("PostgreSQL does not start: {}", home.log());
    }

    /// Returns its URL, with the password of its superuser.
    #[must_use]
    pub fn url(&self) -> String {
        let port = self.port;
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres")
    }

    /// Returns the password in [`url`](Self::url), which must be in no log and no error.
    #[must_use]
    pub fn password(&self) -> &str {
        PASSWORD
    }

    /// Returns what the server has written to its log.
    #[must_use]
    pub fn log(&self) -> String {
        self.home.log()
    }

    /// Kills all its processes at once, like a machine that runs out of memory (`kill -9`).
    pub fn kill(&mut self) {
        self.server.kill();
    }

    /// Starts it again after [`kill`](Self::kill), on the same port and the same data, and waits
    /// until it has recovered.
    pub fn start_again(&mut self) {
        let server = self.home.serve(self.port);
        self.server =
            server.unwrap_or_else(|| panic!("PostgreSQL does not start again: {}", self.log()));
    }

    /// Stops all its processes (`kill -STOP`): connections stay open, and nothing is answered.
    pub fn stop(&self) {
        self.server.stop();
    }

    /// Continues it after [`stop`](Self::stop).
    pub fn cont(&self) {
        signal("CONT", &self.server.stop());
    }
}

/// The first process of a server, the parent of all others.
#[derive(Debug)]
struct Server(Child);

impl Server {
    /// Stops all its processes, and returns their ids.
    fn stop(&self) -> Vec<u32> {
        let parent = self.0.id();
        // A stopped parent makes no children while they are counted.
        signal("STOP", &[parent]);
        let is_child = |process: &Process| process.parent == parent;
        let children = all_processes().into_iter().filter(is_child);
        let mut processes = vec![parent];
        processes.extend(children.map(|process| process.id));
        signal("STOP", &processes);
        processes
    }

    fn kill(&mut self) {
        if self.has_ended() {
            return;
        }
        let processes = self.stop();
        signal("KILL", &processes);
        self.0.wait().expect("the server was started");
        let start = Instant::now();
        while is_any_alive(&processes) {
            assert!(start.elapsed() < PATIENCE, "PostgreSQL survived SIGKILL");
            thread::sleep(TICK);
        }
    }

    fn has_ended(&mut self) -> bool {
        let status = self.0.try_wait().expect("the server was started");
        status.is_some()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The folder with the cluster, and the user that runs the server.
#[derive(Debug)]
struct Home {
    folder: PathBuf,
    programs: PathBuf,
    /// User and group, if the tests run as root, for whom PostgreSQL does not run.
    run_as: Option<(u32, u32)>,
}

impl Home {
    fn make() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // Short: the path of a socket has about a hundred bytes.
        let folder = env::temp_dir().join(format!("handstamp-pg-{}-{count}", process::id()));
        fs::create_dir(&folder).expect("the temporary folder is writable");
        let run_as = (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])));
        let home = Self {
            folder,
            programs: programs(),
            run_as,
        };
        if let Some((user, group)) = run_as {
            chown(&home.folder, Some(user), Some(group)).expect("root may give folders away");
        }
        let password = home.folder.join("password");
        fs::write(&password, PASSWORD).expect("the temporary folder is writable");
        let made = home
            .command("initdb")
            // In clear text, on the loopback interface: without optimization the client side of
            // SCRAM takes a tenth of a second.
            .args(["--auth=password", "--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "--username", USER])
            .arg("--pwfile")
            .arg(&password)
            .arg("--pgdata")
            .arg(home.data())
            .output()
            .expect("initdb is installed");
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "initdb failed: {said}");
        home
    }

    /// Starts the server and waits until it answers. Returns `None` if it ends instead.
    fn serve(&self, port: u16) -> Option<Server> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("log"))
            .expect("the temporary folder is writable");
        let server = self
            .command("postgres")
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(&self.folder)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1"])
            .args(["-c", "fsync=off", "-c", "max_connections=200"])
            .stderr(log)
            .spawn()
            .expect("postgres is installed");
        let mut server = Server(server);
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if server.has_ended() {
                return None;
            }
            let ready = self
                .command("pg_isready")
                .args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])
                .status()
                .expect("pg_isready is installed");
            if ready.success() {
                return Some(server);
            }
            thread::sleep(TICK);
        }
        panic!("PostgreSQL is not ready: {}", self.log());
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(&self.folder).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        for (name, _) in env::vars_os() {
            // `PGOPTIONS`, `PGDATA` and the like are meant for another server.
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        if let Some((user, group)) = self.run_as {
            command.uid(user).gid(group);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Files that stay in the temporary folder are no reason to fail.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Returns where the programs of PostgreSQL are: on the path, or where Debian keeps those of each
/// version.
fn programs() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let has_programs = |folder: &PathBuf| {
        let programs = ["initdb", "postgres", "pg_isready"];
        programs.iter().all(|name| folder.join(name).exists())
    };
    if let Some(folder) = env::split_paths(&path).find(has_programs) {
        return folder;
    }
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| {
            let version = version.ok()?;
            let number = version.file_name().to_str()?.parse().ok()?;
            Some((number, version.path().join("bin")))
        })
        .filter(|(_, folder)| has_programs(folder))
        .collect();
    versions.sort();
    let (_, folder) = versions
        .pop()
        .expect("PostgreSQL is installed (apt-get install postgresql)");
    folder
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
    listener.local_addr().expect("it listens").port()
}

/// Returns the number of a user or group.
fn id(arguments: &[&str]) -> u32 {
    let said = output("id", arguments);
    said.trim()
        .parse()
        .unwrap_or_else(|_| panic!("`id {}` says {said:?}", arguments.join(" ")))
}

struct Process {
    id: u32,
    parent: u32,
    is_zombie: bool,
}

fn all_processes() -> Vec<Process> {
    output("ps", &["-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="])
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some(Process {
                id: words.next()?.parse().ok()?,
                parent: words.next()?.parse().ok()?,
                is_zombie: words.next()?.starts_with('Z'),
            })
        })
        .collect()
}

fn is_any_alive(processes: &[u32]) -> bool {
    let is_meant = |process: &Process| processes.contains(&process.id) && !process.is_zombie;
    all_processes().iter().any(is_meant)
}

/// A process that is gone already gets no signal.
fn signal(name: &str, processes: &[u32]) {
    let processes = processes.iter().map(u32::to_string);
    Command::new("kill")
        .args(["-s", name])
        .args(processes)
        .stderr(Stdio::null())
        .status()
        .expect("kill is installed");
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} is not installed: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const USER: &str = "handstamp";
const PASSWORD: &str = "swordfish-of-the-database";
const PORTS_TO_TRY: u32 = 5;
const PATIENCE: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(20);
