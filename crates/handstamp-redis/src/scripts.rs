//! The verbs, as scripts that the server runs: each is one atomic step and one round trip.

/// A script with its hash, by which a server that has seen it knows it.
pub(crate) struct Script {
    text: String,
    hash: String,
}

impl Script {
    fn new(text: String) -> Self {
        let hash = redis::Script::new(&text).get_hash().to_owned();
        Self { text, hash }
    }

    /// Runs it, if the server has seen it.
    pub(crate) fn by_hash(&self, call: &Call) -> redis::Cmd {
        call.command("EVALSHA", &self.hash)
    }

    /// Runs it, and lets the server see it.
    pub(crate) fn by_text(&self, call: &Call) -> redis::Cmd {
        call.command("EVAL", &self.text)
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
    pub(crate) session: Script,
    pub(crate) revoke_session: Script,
    pub(crate) revoke_user: Script,
    pub(crate) revoke_token: Script,
    pub(crate) list: Script,
}

impl Scripts {
    pub(crate) fn new() -> Self {
        Self::behind(include_str!("scripts/shared.lua"))
    }

    /// By what is kept under this key, in milliseconds, instead of the server's clock.
    #[cfg(test)]
    pub(crate) fn by_clock_in(key: &str) -> Self {
        let shared = include_str!("scripts/shared.lua");
        let (clock, time) = (
            "redis.call('TIME')",
            format!("{{ 0, redis.call('GET', '{key}') * 1000 }}"),
        );
        assert_eq!(shared.matches(clock).count(), 1);
        Self::behind(&shared.replace(clock, &time))
    }

    /// With what they share in front.
    fn behind(shared: &str) -> Self {
        // The first line holds the flags. A script that does not say that it only reads is refused by a replica, which
        // lags behind and would let in what was just revoked. Where memory has run out, nobody logs in; but whoever is
        // logged in stays, and whoever logs out is out.
        let any_time = |text| Script::new(format!("#!lua flags=allow-oom\n{shared}{text}"));
        let with_memory = |text| Script::new(format!("#!lua\n{shared}{text}"));
        Self {
            create: with_memory(include_str!("scripts/create.lua")),
            rotate: any_time(include_str!("scripts/rotate.lua")),
            admit: any_time(include_str!("scripts/admit.lua")),
            session: any_time(include_str!("scripts/session.lua")),
            revoke_session: any_time(include_str!("scripts/revoke_session.lua")),
            revoke_user: any_time(include_str!("scripts/revoke_user.lua")),
            revoke_token: any_time(include_str!("scripts/revoke_token.lua")),
            list: any_time(include_str!("scripts/list.lua")),
        }
    }
}
