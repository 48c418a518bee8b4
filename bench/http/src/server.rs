//! A contender while it runs: a process on the core of the servers.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::time::ClockId;
use nix::unistd::Pid;

/// Killed when it is dropped. Its standard input is open as long: it ends by itself when that does.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    clock: ClockId,
}

impl Server {
    /// Starts a program that prints the address it listens on.
    ///
    /// # Errors
    /// Says why it did not start.
    pub fn start(
        program: &[&str],
        environment: &[(&str, &str)],
        core: usize,
    ) -> Result<Self, String> {
        let mut child = Command::new("taskset")
            .args(["--cpu-list", &core.to_string()])
            .args(program)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("taskset: {error}"))?;
        let stdout = child.stdout.take().ok_or("it has no standard output")?;
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        let address = read.ok().and_then(|_| line.trim().parse().ok());
        // taskset has become the program, under the same number.
        let pid = i32::try_from(child.id()).map(Pid::from_raw);
        let clock = pid
            .map_err(|_| nix::Error::ERANGE)
            .and_then(ClockId::pid_cpu_clock_id);
        if let (Some(address), Ok(clock)) = (address, clock) {
            return Ok(Self {
                child,
                address,
                clock,
            });
        }
        // It may have ended already.
        let _ = child.kill();
        let _ = child.wait();
        Err(format!("`{}` did not start", program.join(" ")))
    }

    /// Returns the processor time that all its threads have used. `/proc/PID/stat` has the same in
    /// hundredths of a second, the clock in nanoseconds.
    ///
    /// # Panics
    /// Panics if it has ended.
    pub fn cpu(&self) -> Duration {
        self.clock.now().expect("the server runs").into()
    }

    /// Returns the memory that it occupies, in bytes.
    ///
    /// # Panics
    /// Panics if it has ended.
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the server runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        kib.expect("a running process has memory") * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // These fail only if it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
