//! The command line: arguments, settings, and the commands.
//!
//! It reads arguments and the environment, opens the storage, and either serves or changes an
//! account. Every error that ends the process is formatted here.

mod arguments;
mod environment;
mod failure;
mod password_input;
mod serve;
mod settings;
mod storage;
mod user;

pub(crate) use arguments::Arguments;
use arguments::Command;
pub(crate) use failure::Failure;

/// Executes the command that the arguments name.
pub(crate) async fn execute(arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        command,
        serve,
        storage,
    } = arguments;
    match command {
        None => serve::execute(serve, &storage).await,
        Some(_) if serve.is_given() => Err(Failure::usage(
            "--listen and --trusted-proxy are for serving, and this command does not serve",
        )),
        Some(Command::User { command }) => Box::pin(user::execute(command, &storage)).await,
    }
}
