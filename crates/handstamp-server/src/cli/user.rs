//! `handstamp user …`: who can log in.

use std::io::{self, ErrorKind, Write as _};

use tokio::signal::unix::{SignalKind, signal};

use super::storage;
use crate::accounts::password::StoredHash;
use crate::accounts::user_name::UserName;
use crate::accounts::users::Users;
use crate::cli::arguments::{PasswordFrom, Storage, UserCommand};
use crate::cli::environment::Environment;
use crate::cli::failure::Failure;
use crate::cli::password_input::{self, AskError};
use crate::storage::clock::now;
use crate::storage::sessions::Sessions;

/// Does one command.
pub(crate) async fn run(command: UserCommand, storage: &Storage) -> Result<(), Failure> {
    let environment = Environment::of_this_process();
    let location = storage.location(&environment)?;
    let redis = storage.redis(&environment)?;
    let database = storage::open(&location).await?;
    let users = Users::new(database.clone());
    let done = match Sessions::open(&location, redis).await {
        Ok(sessions) => obey(command, &users, &sessions).await,
        Err(failure) => Err(failure),
    };
    database.close().await;
    done
}

/// Who changes an account does so first and ends sessions then: a log-in that is under way meanwhile either has its session
/// ended here, or sees the change when it confirms.
async fn obey(command: UserCommand, users: &Users, sessions: &Sessions) -> Result<(), Failure> {
    match command {
        UserCommand::Add { name, password } => {
            let hash = hash_of(password).await?;
            if !users.add(&name, &hash, now()).await? {
                return Err(Failure::new(format!(
                    "there is a user {name} already, or one whose name differs by case alone"
                )));
            }
            // Of somebody who had this name before, and of the demo, which ends with the first user.
            end_sessions(sessions, &name).await?;
            sessions.end_those_of_the_demo(users).await?;
            print(&format!("user {name} was added\n"))
        }
        UserCommand::List => {
            let mut lines = String::new();
            for (name, may_log_in) in users.list().await? {
                let state = if may_log_in { "enabled" } else { "disabled" };
                lines.extend([&name, "\t", state, "\n"]);
            }
            print(&lines)
        }
        UserCommand::Disable { name } => {
            known(&name, users.disable(&name, now()).await?)?;
            let ended = end_sessions(sessions, &name).await?;
            print(&format!(
                "user {name} is disabled; sessions ended: {ended}\n"
            ))
        }
        UserCommand::Enable { name } => {
            known(&name, users.enable(&name).await?)?;
            print(&format!("user {name} is enabled\n"))
        }
        UserCommand::Passwd { name, password } => {
            // Nobody types a password twice to hear that there is no such user.
            known(&name, users.find(&name).await?.is_some())?;
            let hash = hash_of(password).await?;
            known(&name, users.set_password(&name, &hash).await?)?;
            let ended = end_sessions(sessions, &name).await?;
            print(&format!(
                "user {name} has a new password; sessions ended: {ended}\n"
            ))
        }
    }
}

async fn end_sessions(sessions: &Sessions, name: &UserName) -> Result<usize, Failure> {
    sessions.end_all(name).await.map_err(|error| {
        Failure::new(format!(
            "the account of {name} was changed, but sessions go on, as they cannot be ended: {error}. Once that is mended, \
             `handstamp user disable` ends them, and `handstamp user enable` lets {name} log in again"
        ))
    })
}

async fn hash_of(source: PasswordFrom) -> Result<StoredHash, Failure> {
    // Else Ctrl-C ended the process before the terminal shows again what is typed.
    let _interrupt = signal(SignalKind::interrupt()).map_err(Failure::new)?;
    let ask = move || {
        let password = if source.password_stdin {
            password_input::from_standard_input()
        } else {
            password_input::from_terminal()
        };
        password.map(|password| StoredHash::of(&password))
    };
    match tokio::task::spawn_blocking(ask).await {
        Ok(Ok(hash)) => hash.map_err(Failure::new),
        Ok(Err(AskError::Interrupted)) => Err(Failure::interrupted()),
        Ok(Err(error)) => Err(Failure::new(error)),
        Err(error) => Err(Failure::new(error)),
    }
}

fn known(name: &UserName, is_known: bool) -> Result<(), Failure> {
    if is_known {
        Ok(())
    } else {
        Err(Failure::new(format!("there is no user {name}")))
    }
}

/// Who reads it may have read enough.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(error)),
        _ => Ok(()),
    }
}
