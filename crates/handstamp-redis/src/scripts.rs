//! The verbs, as scripts that the server runs: each is one atomic step and one round trip.

/// A script with its hash, by which a server that has seen it knows it.
pub(crate) struct Script {
    text: &'static str,
    hash: String,
}

impl Script {
    fn new(text: &'static str) -> Self {
        Self {
            text,
            hash: redis::Script::new(text).get_hash().to_owned(),
        }
    }

    /// Runs it, if the server has seen it.
    pub(crate) fn by_hash(&self, call: &Call) -> redis::Cmd {
        call.command("EVALSHA", &self.hash)
    }

    /// Runs it, and lets the server see it.
    pub(crate) fn by_text(&self, call: &Call) -> redis::Cmd {
        call.command("EVAL", self.text)
    }
}

/// What a script is given.
pub(crate) struct Call {
    /// All in one slot.
    pub(crate) keys: Vec<String>,
    pub(crate) arguments: Vec<String>,
}

impl Call {
    fn command(&self, name: &str, script: &str) -> redis::Cmd {
        let mut command = redis::cmd(name);
        command
            .arg(script)
            .arg(self.keys.len())
            .arg(&self.keys)
            .arg(&self.arguments);
        command
    }
}

pub(crate) struct Scripts {
    pub(crate) create: Script,
    pub(crate) rotate: Script,
    pub(crate) admit: Script,
    pub(crate) revoke_session: Script,
    pub(crate) revoke_user: Script,
    pub(crate) revoke_token: Script,
    pub(crate) list: Script,
}

/// The first line holds the flags of a script. One that does not say that it only reads is refused by a replica, which
/// lags behind and would let in what was just revoked.
macro_rules! script {
    ($first_line:literal, $file:literal) => {
        Script::new(concat!(
            $first_line,
            "\n",
            include_str!("scripts/shared.lua"),
            include_str!($file)
        ))
    };
}

impl Scripts {
    pub(crate) fn new() -> Self {
        Self {
            // Where memory has run out nobody logs in, but whoever is logged in stays, and whoever logs out is out.
            create: script!("#!lua", "scripts/create.lua"),
            rotate: script!("#!lua flags=allow-oom", "scripts/rotate.lua"),
            admit: script!("#!lua flags=allow-oom", "scripts/admit.lua"),
            revoke_session: script!("#!lua flags=allow-oom", "scripts/revoke_session.lua"),
            revoke_user: script!("#!lua flags=allow-oom", "scripts/revoke_user.lua"),
            revoke_token: script!("#!lua flags=allow-oom", "scripts/revoke_token.lua"),
            list: script!("#!lua flags=allow-oom", "scripts/list.lua"),
        }
    }
}
