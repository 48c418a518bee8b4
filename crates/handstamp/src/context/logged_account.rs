//! How the log names an account.

use std::fmt::{self, Write as _};

use crate::config::Config;
use crate::store::AccountId;

/// An account as the log shows it: the start of a hash, or with `HANDSTAMP_LOG_SUBJECTS` its login
/// type and subject.
pub(crate) struct LoggedAccount<'a> {
    account: &'a AccountId,
    by_subject: bool,
}

impl<'a> LoggedAccount<'a> {
    pub(crate) fn new(account: &'a AccountId, config: &Config) -> Self {
        Self {
            account,
            by_subject: config.settings.log_subjects,
        }
    }
}

/// Percent-encodes what could end a line or a field, look like a hash, or change the direction of
/// the text. The id has encoded some characters before, and `%` itself.
impl fmt::Display for LoggedAccount<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.by_subject {
            return write!(f, "{:?}", self.account);
        }
        for character in self.account.as_str().chars() {
            if character.is_alphanumeric() || PLAIN.contains(character) {
                f.write_char(character)?;
            } else {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    write!(f, "%{byte:02X}")?;
                }
            }
        }
        Ok(())
    }
}

const PLAIN: &str = "-._~@+:/%";

#[cfg(test)]
mod tests {
    use super::LoggedAccount;
    use crate::store::AccountId;
    use crate::testing::builder;

    #[test]
    fn a_subject_is_shown_if_the_setting_says_so_and_forges_nothing() {
        let hash = format!("{:?}", AccountId::new(None, "alice"));
        // (what it is, the setting, login type, subject, what is logged)
        let rows = [
            ("a hash by default", false, None, "alice", hash.as_str()),
            ("the subject", true, None, "alice", "alice"),
            (
                "an address",
                true,
                None,
                "a.b+c@example.com",
                "a.b+c@example.com",
            ),
            ("other letters", true, None, "józef-日本", "józef-日本"),
            ("a login type", true, Some("admin"), "alice", "admin:alice"),
            (
                "a colon of its own",
                true,
                None,
                "admin:alice",
                "admin%3Aalice",
            ),
            (
                "a line and a field",
                true,
                None,
                "x\r\n2026 INFO kind=Reused account=\"bob\"",
                "x%0D%0A2026%20INFO%20kind%3DReused%20account%3D%22bob%22",
            ),
            ("what looks like a hash", true, None, "#AAAA", "%23AAAA"),
            ("a terminal's escape", true, None, "\u{1b}[2Jx", "%1B%5B2Jx"),
            (
                "a separator of lines",
                true,
                None,
                "a\u{2028}b",
                "a%E2%80%A8b",
            ),
            (
                "text from right to left",
                true,
                None,
                "a\u{202e}b",
                "a%E2%80%AEb",
            ),
        ];
        for (sentence, log_subjects, login_type, subject, expected) in rows {
            let config = builder().log_subjects(log_subjects).build().unwrap();
            let account = AccountId::new(login_type, subject);
            let logged = LoggedAccount::new(&account, &config).to_string();
            assert_eq!(logged, expected, "{sentence}");
        }
    }
}
