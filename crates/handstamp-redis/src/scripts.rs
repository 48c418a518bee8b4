//! The Lua scripts that the server runs: each is one atomic step and one round trip, shorter than a
//! millisecond.

/// A script and the hash by which a server knows it.
pub(crate) struct Script {
    text: String,
    hash: String,
}

impl Script {
    fn new(text: String) -> Self {
        let hash = redis::Script::new(&text).get_hash().to_owned();
        Self { text, hash }
    }

    /// Returns the command that runs it on a server that has loaded it.
    pub(crate) fn by_hash(&self, call: &Call) -> redis::Cmd {
        call.command("EVALSHA", &self.hash)
    }

    /// Returns the command that runs it, and loads it into the server.
    pub(crate) fn by_text(&self, call: &Call) -> redis::Cmd {
        call.command("EVAL", &self.text)
    }
}

/// The keys and arguments of a call.
pub(crate) struct Call {
    /// All in one slot of a cluster.
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
    pub(crate) look: Script,
    pub(crate) session: Script,
    pub(crate) update_session: Script,
    pub(crate) revoke_session: Script,
    pub(crate) revoke_user: Script,
    pub(crate) end_revoked: Script,
    pub(crate) end_excess: Script,
    pub(crate) crowded_accounts: Script,
    pub(crate) revoke_token: Script,
    pub(crate) redeem: Script,
    pub(crate) list: Script,
    pub(crate) least_used: Script,
    pub(crate) charge: Script,
    pub(crate) refund: Script,
}

impl Scripts {
    pub(crate) fn new() -> Self {
        Self::behind(include_str!("scripts/shared.lua"))
    }

    /// Uses the instant in milliseconds under this key instead of the server's clock.
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

    /// Prepends the shared functions to each script.
    fn behind(shared: &str) -> Self {
        // The first line contains the flags. No script but `look` declares that it only reads, so
        // that a replica, which may lack a revocation, refuses all of them. With `allow-oom` a full
        // server refuses log-ins only: refreshes and log-outs still work.
        let any_time = |text| Script::new(format!("#!lua flags=allow-oom\n{shared}{text}"));
        // `admit` for a server that has just refused it as a primary, because it takes no writes. A
        // write that it meets is an error.
        let look = format!(
            "#!lua flags=no-writes\n{shared}{}",
            include_str!("scripts/admit.lua")
        );
        let with_memory = |text| Script::new(format!("#!lua\n{shared}{text}"));
        Self {
            create: with_memory(include_str!("scripts/create.lua")),
            rotate: any_time(include_str!("scripts/rotate.lua")),
            admit: any_time(include_str!("scripts/admit.lua")),
            look: Script::new(look),
            session: any_time(include_str!("scripts/session.lua")),
            update_session: with_memory(include_str!("scripts/update_session.lua")),
            revoke_session: any_time(include_str!("scripts/revoke_session.lua")),
            revoke_user: any_time(include_str!("scripts/revoke_user.lua")),
            end_revoked: any_time(include_str!("scripts/end_revoked.lua")),
            end_excess: any_time(include_str!("scripts/end_excess.lua")),
            crowded_accounts: any_time(include_str!("scripts/crowded_accounts.lua")),
            revoke_token: any_time(include_str!("scripts/revoke_token.lua")),
            redeem: any_time(include_str!("scripts/redeem.lua")),
            list: any_time(include_str!("scripts/list.lua")),
            least_used: any_time(include_str!("scripts/least_used.lua")),
            charge: with_memory(include_str!("scripts/charge.lua")),
            refund: any_time(include_str!("scripts/refund.lua")),
        }
    }
}
