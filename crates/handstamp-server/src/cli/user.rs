//! The command `handstamp user`, which manages accounts.
//!
//! A command changes the account before it ends the sessions. A concurrent log-in then either has
//! its session ended here, or finds the change when it is confirmed.

use tokio::signal::unix::{SignalKind, signal};

use super::arguments::{PasswordSource, StorageArguments, UserCommand};
use super::environment::Environment;
use super::failure::Failure;
use super::notes::Notes;
use super::output::print;
use super::password_input::{self, PasswordInputError};
use super::storage;
use crate::accounts::demo_users;
use crate::accounts::known_devices::KnownDevices;
use crate::accounts::new_user_name::NewUserName;
use crate::accounts::password::StoredHash;
use crate::accounts::user_name::UserName;
use crate::accounts::users::Users;
use crate::audit::Event;
use crate::storage::clock::now;
use crate::storage::database::Database;
use crate::storage::database_url::DatabaseUrl;
use crate::storage::missing::Missing;
use crate::storage::redis_server::RedisServer;
use crate::storage::sessions::Sessions;

pub(super) async fn execute(
    command: UserCommand,
    storage: &StorageArguments,
) -> Result<(), Failure> {
    let environment = Environment::of_this_process();
    let url = storage.database_url(&environment, Missing::Refuse)?;
    let redis = storage.redis(&environment)?;
    let missing = match command {
        UserCommand::Add { .. } => Missing::Create,
        _ => Missing::Refuse,
    };
    let notes = Notes::new(&command, storage.audit_log(&environment).as_deref())?;
    let (database, is_new) = storage::open_database(&url, missing).await?;
    if is_new {
        tracing::warn!("a new database was created in {url}");
    }
    match &redis {
        None => tracing::info!("users and sessions are those in {url}"),
        Some(redis) => tracing::info!("users are those in {url}, sessions those in {redis}"),
    }
    notes.compare(&command, &database).await?;
    let done = Box::pin(change(command, &url, &database, redis, &notes)).await;
    database.close().await;
    done.and_then(|()| notes.complete())
}

async fn change(
    command: UserCommand,
    url: &DatabaseUrl,
    database: &Database,
    redis: Option<RedisServer>,
    notes: &Notes,
) -> Result<(), Failure> {
    let users = &Users::new(database.clone());
    let sessions = storage::open_sessions_of_the_server(url, database, redis);
    match command {
        UserCommand::Add { name, password } => {
            let sessions = &sessions.await?;
            refuse_a_name_like_another(users, &name).await?;
            let hash = hash(password).await?;
            let name = name.into_name();
            let is_first = users.is_unused().await?;
            if !users.add(&name, &hash, now()).await? {
                return Err(Failure::new(format!(
                    "the user {name} exists already: another command has just added it. `handstamp user list` lists all names"
                )));
            }
            notes.add(Event::UserAdded, &name).await;
            // An earlier user may have had the same name. The demo ends with the first user.
            revoke_sessions(sessions, &name).await?;
            demo_users::revoke_sessions(users, sessions).await?;
            let demo = if is_first {
                "; it is the first one, so there are no demo users from now on"
            } else {
                ""
            };
            print(&format!("user {name} was added{demo}\n"))
        }
        UserCommand::List => {
            let mut lines = String::new();
            let listed = users.list().await?;
            if listed.is_empty() {
                tracing::warn!("{}", no_users(users.is_unused().await?));
            }
            for (name, may_log_in) in listed {
                let state = if may_log_in { "enabled" } else { "disabled" };
                lines.extend([&name, "\t", state, "\n"]);
            }
            print(&lines)
        }
        UserCommand::Remove { name } => {
            remove(&name, users, &sessions.await?, database, notes).await
        }
        UserCommand::Disable { name } => {
            let sessions = &sessions.await?;
            let name = stored(users, &name).await?;
            require(users.disable(&name, now()).await?, &name)?;
            notes.add(Event::UserDisabled, &name).await;
            let ended = revoke_sessions(sessions, &name).await?;
            notes.count(&name, ended).await;
            print(&format!(
                "user {name} is disabled; sessions ended: {ended}\n"
            ))
        }
        UserCommand::Enable { name } => {
            let name = stored(users, &name).await?;
            require(users.enable(&name).await?, &name)?;
            notes.add(Event::UserEnabled, &name).await;
            print(&format!("user {name} is enabled\n"))
        }
        UserCommand::Unlock { name } => {
            let name = stored(users, &name).await?;
            require(users.unlock(&name).await?, &name)?;
            notes.add(Event::UserUnlocked, &name).await;
            print(&format!("user {name} can log in again at once\n"))
        }
        UserCommand::Passwd { name, password } => {
            let sessions = &sessions.await?;
            // The user is looked up first, so that no password is typed in vain.
            let name = stored(users, &name).await?;
            let hash = hash(password).await?;
            require(users.set_password(&name, &hash).await?, &name)?;
            notes.add(Event::PasswordChanged, &name).await;
            let ended = revoke_sessions(sessions, &name).await?;
            notes.count(&name, ended).await;
            print(&format!(
                "user {name} has a new password; sessions ended: {ended}\n"
            ))
        }
    }
}

/// Removes a user. The user is disabled first: if the sessions could not be ended after the row was
/// gone, no command would know whose they are.
async fn remove(
    name: &UserName,
    users: &Users,
    sessions: &Sessions,
    database: &Database,
    notes: &Notes,
) -> Result<(), Failure> {
    let name = stored(users, name).await?;
    require(users.disable(&name, now()).await?, &name)?;
    notes.add(Event::UserDisabled, &name).await;
    let ended = sessions.revoke_all(name.as_str()).await.map_err(|error| {
        Failure::new(format!(
            "the user {name} is disabled, and was not removed, because the sessions cannot be ended: {error}. Run this \
             command again when the session store answers"
        ))
    })?;
    notes.count(&name, ended).await;
    let devices = KnownDevices::new(database.clone());
    let forgotten = devices.forget_all(&name).await?;
    require(users.remove(&name).await?, &name)?;
    notes.add(Event::UserRemoved, &name).await;
    if users.is_empty().await? {
        tracing::warn!("{}", no_users(false));
    }
    print(&format!(
        "user {name} was removed; sessions ended: {ended}, known devices forgotten: {forgotten}\n"
    ))
}

/// Refuses a name that people would confuse with that of another user. Of two commands at the same
/// time both may pass; the table itself still refuses names that differ by case alone.
async fn refuse_a_name_like_another(users: &Users, name: &NewUserName) -> Result<(), Failure> {
    let listed = users.list().await?;
    let Some((other, _)) = listed.iter().find(|(other, _)| name.looks_like(other)) else {
        return Ok(());
    };
    let name = name.name();
    Err(Failure::new(if name.as_str() == other {
        format!(
            "the user {name} exists already. `handstamp user passwd {name}` gives a new password; for another user, choose \
             another name"
        )
    } else {
        format!(
            "the user {other} exists already, and {name} looks like it: people would confuse them. Choose another name"
        )
    }))
}

/// Returns the name as the table has it. What is typed may be in another normalization form.
async fn stored(users: &Users, name: &UserName) -> Result<UserName, Failure> {
    let user = users.find(name).await?;
    user.map(|user| user.name).ok_or_else(|| unknown(name))
}

fn unknown(name: &UserName) -> Failure {
    Failure::new(format!(
        "there is no user {name}; `handstamp user list` lists all names"
    ))
}

/// Returns what is said where there are no users. Which demo users a server has is for the server
/// to know, by where it listens.
fn no_users(is_unused: bool) -> &'static str {
    if is_unused {
        "there are no users yet. Until the first is added, a server on a loopback address, without --public-origin, \
         --trusted-proxy and --no-demo, has the demo users user1 and user2, whose passwords are public. Add a user with \
         `handstamp user add NAME`"
    } else {
        "there are no users any more, and the demo users do not come back: no one can log in. Add a user with `handstamp \
         user add NAME`"
    }
}

async fn revoke_sessions(sessions: &Sessions, name: &UserName) -> Result<usize, Failure> {
    sessions.revoke_all(name.as_str()).await.map_err(|error| {
        Failure::new(format!(
            "the account of {name} was changed, but its sessions could not be ended and go on: {error}. When the session \
             store answers again, `handstamp user disable` ends them, and `handstamp user enable` lets {name} log in again"
        ))
    })
}

async fn hash(source: PasswordSource) -> Result<StoredHash, Failure> {
    // With a handler, Ctrl-C does not end the process before the terminal shows typed text again.
    let _interrupt = signal(SignalKind::interrupt()).map_err(Failure::new)?;
    let read = move || {
        let password = if source.password_stdin {
            password_input::from_standard_input()
        } else {
            password_input::from_terminal()
        };
        password.map(|password| StoredHash::new(&password))
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(hash)) => hash.map_err(Failure::new),
        Ok(Err(PasswordInputError::Interrupted)) => Err(Failure::interrupted()),
        Ok(Err(error)) => Err(Failure::new(error)),
        Err(error) => Err(Failure::new(error)),
    }
}

fn require(is_found: bool, name: &UserName) -> Result<(), Failure> {
    if is_found { Ok(()) } else { Err(unknown(name)) }
}
