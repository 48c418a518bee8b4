//! The arguments, and the text of `--help`.

#![expect(
    clippy::doc_markdown,
    reason = "clap prints the documentation as it stands"
)]

use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use handstamp_axum::handstamp::limit::Network;

use super::listen::Listen;
use crate::accounts::new_user_name::NewUserName;
use crate::accounts::user_name::UserName;
use crate::audit::Head;

/// Login with cookies and JWTs.
///
/// Every JWT_* and HANDSTAMP_* variable of the environment is a setting. An invalid one stops the
/// start, with a message that lists all problems.
///
/// Users and sessions are kept in one database: a file of SQLite, unless --database names another
/// one or --redis another place for sessions. Sessions survive a restart, a log-out takes effect at
/// once, and several servers can share a PostgreSQL database.
///
/// Until the first user is added with `handstamp user add`, and while the server listens on a
/// loopback address without a public origin or a trusted proxy, the demo users user1/password1 and
/// user2/password2 exist, and the page at / can be tried with them. They log in by a loopback Host
/// and without any header of a proxy. Through a proxy that sends a loopback Host and no such header
/// everyone can: start with --no-demo behind it. When the first user is added, or the server starts
/// without demo users, their sessions are ended.
#[derive(Debug, Parser)]
#[command(
    name = "handstamp",
    version,
    after_help = AFTER_HELP
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    #[command(flatten)]
    pub(super) serve: ServeArguments,

    #[command(flatten)]
    pub(super) storage: StorageArguments,
}

impl Arguments {
    /// Reads the arguments of this process, or ends it with what is wrong with them.
    pub(crate) fn of_this_process() -> Self {
        Self::try_parse().unwrap_or_else(|mut error| {
            // Other programs have a command for it, which clap takes for `user` written wrong. What
            // is like one of ours, clap suggests itself.
            let serve = ContextValue::String("serve".to_owned());
            if error.get(ContextKind::InvalidSubcommand) == Some(&serve) {
                error.remove(ContextKind::SuggestedSubcommand);
            }
            if error.kind() == ErrorKind::InvalidSubcommand
                && error.get(ContextKind::SuggestedSubcommand).is_none()
            {
                let tip =
                    "`handstamp` without a command serves, and `handstamp help` lists the commands";
                let tips = ContextValue::StyledStrs(vec![tip.into()]);
                error.insert(ContextKind::Suggested, tips);
            }
            error.exit()
        })
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Manages the users who can log in
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Tells how the service is configured
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Verifies the audit log
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Prints a script by which a shell completes commands and options
    ///
    /// Write it to ~/.local/share/bash-completion/completions/handstamp for bash, to
    /// ~/.config/fish/completions/handstamp.fish for fish, and for zsh to a file `_handstamp` in a
    /// folder of $fpath.
    Completions { shell: Shell },
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Prints every setting with its source and value, and every warning
    ///
    /// It takes the options with which the service is started, reads the same environment, and
    /// makes and connects to nothing: it needs no database. The status is 0 if a service would
    /// start with these settings, as far as they tell.
    ///
    /// A line is the name, the source and the value. Sources are: argument, environment, file (of
    /// a variable that ends with _FILE), handstamp (which chose the value by where it listens, or
    /// made the key), and default. Secrets are never printed.
    Check {
        #[command(flatten)]
        serve: ServeArguments,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Checks that no record was changed, removed, inserted or moved, and prints the head
    ///
    /// The status is 0 for a log that is intact. Of one that is not, the first line that breaks the
    /// chain is named, and the status is 1.
    ///
    /// Who can write the file can also make a new chain, or remove the last records. Only a head
    /// that is kept elsewhere shows it: give the one that an earlier run has printed with --expect.
    Verify {
        /// The log, or its files in order, the oldest first; /dev/stdin for one that another
        /// program decompresses [default: that of --audit-log]
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// A head that was printed earlier, which must be in the log
        #[arg(long, value_name = "NUMBER:HASH")]
        expect: Option<Head>,
    },
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Where to listen: ADDRESS:PORT, NAME:PORT, or a port of 127.0.0.1; port 0 takes a free one
    /// [default: $PORT, else 8000]
    ///
    /// Of a name that has several addresses, one of IPv4 is used if there is one. localhost is
    /// 127.0.0.1, and 0.0.0.0:8000 is port 8000 of all addresses of this host.
    #[arg(long, value_name = "ADDRESS:PORT|PORT")]
    pub(super) listen: Option<Listen>,

    /// The origin at which browsers see the service, as https://app.example.com [default:
    /// $HANDSTAMP_PUBLIC_ORIGIN, else none]
    ///
    /// Requests that other sites start are refused by it, and cookies are Secure.
    #[arg(long, value_name = "URL")]
    pub(super) public_origin: Option<String>,

    /// A proxy whose X-Forwarded-For is trusted; may be given more than once [default: none]
    #[arg(long, value_name = "ADDRESS|NETWORK")]
    pub(super) trusted_proxy: Vec<Network>,

    /// Where to serve GET /metrics for Prometheus: ADDRESS:PORT, NAME:PORT, or a port of 127.0.0.1
    /// [default: $HANDSTAMP_METRICS, else nowhere]
    ///
    /// Whoever can connect to it reads how many requests, log-ins and sessions there are, and
    /// nothing of users. It is never served on the address of --listen.
    #[arg(long, value_name = "ADDRESS:PORT|PORT")]
    pub(super) metrics: Option<Listen>,

    /// The OpenTelemetry collector to which the metrics are sent by HTTP, as http://127.0.0.1:4318
    /// [default: $HANDSTAMP_OTLP, else none]
    ///
    /// The variables OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_EXPORTER_OTLP_HEADERS,
    /// OTEL_EXPORTER_OTLP_TIMEOUT and OTEL_METRIC_EXPORT_INTERVAL are read as OpenTelemetry
    /// defines them. The program must be built with the feature `otlp`.
    #[arg(long, value_name = "URL")]
    pub(super) otlp: Option<String>,

    /// There are no demo users
    #[arg(long)]
    pub(super) no_demo: bool,
}

impl ServeArguments {
    pub(super) fn is_given(&self) -> bool {
        self.listen.is_some()
            || self.public_origin.is_some()
            || !self.trusted_proxy.is_empty()
            || self.metrics.is_some()
            || self.otlp.is_some()
            || self.no_demo
    }
}

// The values are texts because clap repeats a value that it cannot read, and these may hold
// passwords.
#[derive(Debug, Args)]
pub(super) struct StorageArguments {
    /// The database of users and sessions: sqlite://PATH or postgres://USER@HOST/NAME [default:
    /// $DATABASE_URL, else handstamp/handstamp.db in $XDG_STATE_HOME, else in ~/.local/state]
    ///
    /// Serving creates it. `user add` creates a file in a folder that exists, and other commands
    /// create nothing.
    ///
    /// Other users of this host can read the arguments of a process. A password is safer in
    /// DATABASE_URL, PGPASSWORD or ~/.pgpass.
    #[arg(long, value_name = "URL", global = true)]
    pub(super) database: Option<String>,

    /// Another place for sessions: redis://HOST[:PORT] or rediss://HOST [default: $REDIS_URL, else
    /// the database]
    ///
    /// Redis 7.0 or Valkey 7.2, with `maxmemory-policy noeviction`, and with `appendonly yes`
    /// unless a restart of Redis may log all users out. Servers that use the same Redis and the
    /// same database number share their sessions. The commands that end sessions, user add,
    /// disable, passwd and remove, refuse another store than the server's. A password is safer in
    /// REDIS_URL.
    #[arg(long, value_name = "URL", global = true)]
    pub(super) redis: Option<String>,

    /// A file to which log-ins, log-outs, revocations and changes of users are appended, chained by
    /// hashes [default: $HANDSTAMP_AUDIT_LOG, else none]
    ///
    /// The commands that change users append to it as well: give them the same file. While it
    /// cannot be written, log-ins are refused, and log-outs are not. `handstamp audit verify`
    /// checks the chain. Its folder must exist, and the file is created for this user alone.
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) audit_log: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Adds a user and asks for the password
    Add {
        /// 1 to 64 visible characters of one script, without blanks; no two names differ only by
        /// case, which does not matter at log-in, or by characters that look alike
        name: NewUserName,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Lists all users, one per line: the name, a tab, and enabled or disabled
    List,
    /// Removes a user with all sessions and known devices, without asking
    ///
    /// The name is free for another user then. When the last user is removed, the demo users do
    /// not come back. To keep a user out for a while, use disable.
    Remove { name: UserName },
    /// Disables a user, who can no longer log in, and ends all sessions of the user
    Disable { name: UserName },
    /// Enables a disabled user, who can log in again
    Enable { name: UserName },
    /// Lets a user log in at once who was refused after too many wrong passwords
    ///
    /// So do enable and passwd. An address from which a hundred log-ins of any users failed has
    /// one attempt in nine seconds, until a quarter of an hour has passed.
    Unlock { name: UserName },
    /// Asks for a new password, and ends all sessions of the user
    Passwd {
        name: UserName,
        #[command(flatten)]
        password: PasswordSource,
    },
}

#[derive(Debug, Args)]
pub(super) struct PasswordSource {
    /// Reads the password from standard input, without its last line break, instead of asking
    #[arg(long)]
    pub(super) password_stdin: bool,
}

const AFTER_HELP: &str = "\
Routes: POST /login, /logout, /refresh, /posts, /sessions/revoke-others; GET /protected, /sessions, /names; \
DELETE /sessions/ID. GET /healthz tells that the process runs, GET /readyz that users and sessions can be reached.

RUST_LOG=info,handstamp::refusals=debug logs why requests are refused.";
