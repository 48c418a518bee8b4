//! Scopes and their wildcards.

/// Returns whether a token with the scope `granted` meets the demand `required`.
///
/// Exact names match with regard to case. `ns:*` grants `ns`, `ns:x` and `ns:x:y`; a required
/// `ns:*` is met only by itself or a wider one. `*` alone grants nothing but itself.
pub(crate) fn grants(granted: &str, required: &str) -> bool {
    if granted == required {
        return true;
    }
    match granted.strip_suffix(":*") {
        Some(namespace) => required
            .strip_prefix(namespace)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':')),
        None => false,
    }
}

/// The scopes that a route demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScopeDemand {
    /// Every one of them. An empty list is always met.
    All(Vec<String>),
    /// At least one of them. An empty list is never met.
    Any(Vec<String>),
}

impl ScopeDemand {
    pub(crate) fn is_met_by<'t, S: Iterator<Item = &'t str>>(
        &self,
        provided: impl Fn() -> S,
    ) -> bool {
        let has = |required: &String| provided().any(|granted| grants(granted, required));
        match self {
            Self::All(required) => required.iter().all(has),
            Self::Any(required) => required.iter().any(has),
        }
    }

    pub(crate) fn names(&self) -> &[String] {
        let (Self::All(required) | Self::Any(required)) = self;
        required
    }
}

#[cfg(test)]
mod tests {
    use super::grants;

    #[test]
    fn a_scope_grants_what_the_original_says() {
        let rows = [
            ("a scope grants itself", "users:read", "users:read", true),
            ("case matters", "Users:read", "users:read", false),
            (
                "a namespace wildcard grants a name in it",
                "admin:*",
                "admin:users",
                true,
            ),
            (
                "a namespace wildcard grants names deeper in it",
                "admin:*",
                "admin:users:read",
                true,
            ),
            (
                "a namespace wildcard grants the namespace itself",
                "admin:*",
                "admin",
                true,
            ),
            (
                "a namespace wildcard grants itself",
                "admin:*",
                "admin:*",
                true,
            ),
            (
                "a wider wildcard grants a narrower one",
                "admin:*",
                "admin:users:*",
                true,
            ),
            (
                "a narrower wildcard does not grant a wider one",
                "admin:users:*",
                "admin:*",
                false,
            ),
            (
                "a namespace is not a prefix of letters",
                "admin:*",
                "administrator",
                false,
            ),
            (
                "a plain name is not a wildcard",
                "admin",
                "admin:users",
                false,
            ),
            (
                "a required wildcard is not met by a plain name",
                "admin:users",
                "admin:*",
                false,
            ),
            ("a lone star grants nothing else", "*", "users:read", false),
            ("a lone star grants itself", "*", "*", true),
            (
                "an empty namespace grants only what starts with a colon",
                ":*",
                "users:read",
                false,
            ),
            (
                "a star inside is a letter like any other",
                "a:*:b",
                "a:x:b",
                false,
            ),
            ("nothing grants an empty name", "users:read", "", false),
        ];
        for (row, granted, required, expected) in rows {
            assert_eq!(grants(granted, required), expected, "{row}");
        }
    }
}
