//! The command line.

#![expect(clippy::doc_markdown, reason = "clap prints it as it stands")]

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand};

use crate::accounts::user_name::UserName;
use crate::http::client_address::Network;

/// Login with cookies and JWTs.
///
/// Every JWT_* and HANDSTAMP_* variable of the environment is a setting; a wrong one stops the start and is named
/// together with all others.
///
/// Users and sessions are kept in one database: a file of SQLite, unless --database names another, or --redis another place
/// for sessions. Sessions outlive a restart, a log-out holds at once, and several servers may share a database of
/// PostgreSQL.
///
/// Until somebody is added with `handstamp user add`, and while it listens on a loopback address without a public origin,
/// it has the demo users user1/password1 and user2/password2, and a page at / is there to try them with. Where they do not
/// exist, what they left is ended: adding the first user, or starting on another address, logs them out.
#[derive(Debug, Parser)]
#[command(
    name = "handstamp",
    version,
    after_help = AFTER_HELP
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) serving: Serving,

    #[command(flatten)]
    pub(crate) storage: Storage,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Who can log in
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Serving {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1 and $PORT, else 8000]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,

    /// A proxy whose X-Forwarded-For is believed; may be given more than once [default: none]
    #[arg(long, value_name = "ADDRESS|NETWORK")]
    pub(crate) trusted_proxy: Vec<Network>,
}

impl Serving {
    pub(crate) fn is_asked_for(&self) -> bool {
        self.listen.is_some() || !self.trusted_proxy.is_empty()
    }
}

// Texts: clap repeats a value that it cannot read, and these may hold passwords.
#[derive(Debug, Args)]
pub(crate) struct Storage {
    /// Where users and sessions are kept: sqlite://PATH or postgres://USER@HOST/NAME [default: $DATABASE_URL, else
    /// handstamp/handstamp.db in $XDG_STATE_HOME, else in ~/.local/state]
    ///
    /// Others on this machine can read the arguments of a program. A password is better kept in DATABASE_URL,
    /// PGPASSWORD or ~/.pgpass.
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) database: Option<String>,

    /// Where sessions are kept instead: redis://HOST[:PORT] or rediss://HOST [default: $REDIS_URL, else in the database]
    ///
    /// Redis 7.0 or Valkey 7.2, with `maxmemory-policy noeviction`, and `appendonly yes` unless a restart of it may log
    /// everybody out. What has the same server, and database of it, has the same sessions. The commands that end sessions
    /// need it as well: user add, disable and passwd. A password in it is better kept in REDIS_URL.
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) redis: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Adds a user and asks for the password
    Add {
        /// 1 to 64 visible characters; case matters at log-in, yet no two names differ by case alone
        name: UserName,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Prints all users, one a line: the name, a tab, and enabled or disabled
    List,
    /// Lets a user no longer log in, and logs him out everywhere
    Disable { name: UserName },
    /// Lets a user log in again
    Enable { name: UserName },
    /// Asks for a new password, and logs the user out everywhere
    Passwd {
        name: UserName,
        #[command(flatten)]
        password: PasswordFrom,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PasswordFrom {
    /// Takes the password from standard input, without its last line break, and asks nothing
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

const AFTER_HELP: &str = "\
Routes: POST /login, /logout, /refresh, /posts, /sessions/revoke-others; GET /protected, /sessions, /names; \
DELETE /sessions/ID. GET /healthz says that the process is up, GET /readyz that users and sessions can be reached.

RUST_LOG=handstamp=debug tells why requests are refused.";
