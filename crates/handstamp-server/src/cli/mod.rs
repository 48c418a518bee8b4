//! The command line: arguments, settings, and the commands.
//!
//! It reads arguments and the environment, opens the storage, and either serves or changes an
//! account. Every error that ends the process is formatted here.

mod arguments;
mod audit;
mod config;
mod environment;
mod failure;
mod listen;
mod monitoring;
mod notes;
mod output;
mod password_input;
mod plan;
mod serve;
mod settings;
mod storage;
mod user;

pub(crate) use arguments::Arguments;
use arguments::Command;
use clap::CommandFactory as _;
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
            "--listen, --public-origin, --trusted-proxy, --metrics, --otlp and --no-demo are for serving, and this command does not \
             serve. \
             Leave them out, or write them after `config check`",
        )),
        Some(Command::Config { command }) => Box::pin(config::execute(command, &storage)).await,
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            let mut command = Arguments::command();
            clap_complete::generate(shell, &mut command, "handstamp", &mut script);
            output::print(&String::from_utf8_lossy(&script))
        }
        Some(Command::Audit { command }) => audit::execute(command, &storage).await,
        Some(Command::User { command }) => Box::pin(user::execute(command, &storage)).await,
    }
}
