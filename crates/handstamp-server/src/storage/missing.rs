//! What is done where there is no database.

/// What is done where there is no file, or where there are no tables in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Create,
    /// A command that finds no database was probably started with another one than the server.
    Refuse,
}

/// What to do where a command finds no database.
pub(crate) const HELP: &str = "If it is the right place, start `handstamp` there once, which creates it. Otherwise name the \
                               database of the server with --database or DATABASE_URL";
