//! The table of the policy: cases in sentences, and every combination of its inputs.

use std::collections::BTreeMap;

use crate::Location;
use crate::csrf::method::{Method, Transport};
use crate::csrf::policy::{
    Case, Configured, CsrfDemand, OriginRule, Protection, PublicOrigin, Required, required,
};
use crate::purpose::sealed::Kind;

const LOCATIONS: [Location; 4] = [
    Location::Headers,
    Location::Cookies,
    Location::Query,
    Location::Json,
];
const DEMANDS: [CsrfDemand; 3] = [CsrfDemand::Check, CsrfDemand::SkipToken, CsrfDemand::Skip];
const PURPOSES: [Kind; 2] = [Kind::Access, Kind::Refresh];
const METHODS: [Method; 4] = [
    Method::Safe,
    Method::ListedSafe,
    Method::Unsafe,
    Method::ListedUnsafe,
];
const TRANSPORTS: [Transport; 2] = [Transport::Http, Transport::WebSocket];
const PROTECTIONS: [Protection; 3] = [Protection::On, Protection::Off, Protection::Unchecked];
const ORIGINS: [PublicOrigin; 2] = [PublicOrigin::Set, PublicOrigin::Unset];

#[test]
fn the_table_in_sentences() {
    use CsrfDemand::{Check, Skip, SkipToken};
    use Kind::{Access, Refresh};
    use Location::{Cookies, Headers, Json, Query};
    use Method::{ListedSafe, ListedUnsafe, Safe, Unsafe};
    use OriginRule::{Handshake, Stated, StatedOrHost, StatedOrProgram, StatedOrToken};
    use Protection::{Off, On, Unchecked};
    use PublicOrigin::{Set, Unset};
    use Required::{Nothing, Origin, OriginAndToken, Token};
    use Transport::{Http, WebSocket};

    let token = |location, purpose, demand, method, transport| Case::Token {
        location,
        demand,
        purpose,
        method,
        transport,
    };
    let cookie =
        |purpose, demand, method, transport| token(Cookies, purpose, demand, method, transport);
    let tokenless = |method, transport| Case::Tokenless { method, transport };
    #[rustfmt::skip]
    let rows = [
        ("a token in a header proves nothing more", token(Headers, Access, Check, ListedUnsafe, Http), On, Set, Nothing),
        ("a token in the query proves nothing more", token(Query, Access, Check, ListedUnsafe, Http), On, Set, Nothing),
        ("a refresh token in a JSON body proves nothing more", token(Json, Refresh, Check, ListedUnsafe, Http), On, Set, Nothing),
        ("a token in a header opens a WebSocket from anywhere", token(Headers, Access, Check, Safe, WebSocket), On, Set, Nothing),

        ("GET reads, so a cookie is enough", cookie(Access, Check, Safe, Http), On, Set, Nothing),
        ("GET that is listed is treated as POST", cookie(Access, Check, ListedSafe, Http), On, Set, OriginAndToken(StatedOrToken)),
        ("POST proves its origin and its value", cookie(Access, Check, ListedUnsafe, Http), On, Set, OriginAndToken(StatedOrToken)),
        ("POST without a public origin proves its value", cookie(Access, Check, ListedUnsafe, Http), On, Unset, Token),
        ("an unlisted PROPFIND states its origin", cookie(Access, Check, Unsafe, Http), On, Set, Origin(Stated)),
        ("an unlisted PROPFIND without a public origin is open", cookie(Access, Check, Unsafe, Http), On, Unset, Nothing),
        ("a refresh by GET proves its origin and its value", cookie(Refresh, Check, Safe, Http), On, Set, OriginAndToken(StatedOrToken)),
        ("a refresh by GET without a public origin proves its value", cookie(Refresh, Check, Safe, Http), On, Unset, Token),

        ("POST with protection off states its origin", cookie(Access, Check, ListedUnsafe, Http), Off, Set, Origin(Stated)),
        ("POST with protection off and no public origin is open", cookie(Access, Check, ListedUnsafe, Http), Off, Unset, Nothing),
        ("a refresh with protection off states its origin", cookie(Refresh, Check, Safe, Http), Off, Set, Origin(Stated)),

        ("POST on a route that reads unconfigured cookies proves its value", cookie(Access, Check, ListedUnsafe, Http), Unchecked, Unset, Token),
        ("so does a method that no setting lists", cookie(Access, Check, Unsafe, Http), Unchecked, Unset, Token),
        ("so does GET there that is listed", cookie(Access, Check, ListedSafe, Http), Unchecked, Unset, Token),
        ("GET there that is not listed proves nothing", cookie(Access, Check, Safe, Http), Unchecked, Unset, Nothing),

        ("a webhook states its origin or is a program", cookie(Access, SkipToken, ListedUnsafe, Http), On, Set, Origin(StatedOrProgram)),
        ("a webhook without a public origin is open", cookie(Access, SkipToken, ListedUnsafe, Http), On, Unset, Nothing),
        ("a webhook by GET is open", cookie(Access, SkipToken, Safe, Http), On, Set, Nothing),
        ("a route without CSRF is open", cookie(Access, Skip, ListedUnsafe, Http), On, Set, Nothing),
        ("a refresh on a route without CSRF is open", cookie(Refresh, Skip, ListedUnsafe, Http), On, Set, Nothing),

        ("a WebSocket proves its origin in the handshake", cookie(Access, Check, Safe, WebSocket), On, Set, Origin(Handshake)),
        ("a WebSocket without a public origin is refused", cookie(Access, Check, Safe, WebSocket), On, Unset, Origin(Handshake)),
        ("a WebSocket by a listed method proves its value as well", cookie(Access, Check, ListedSafe, WebSocket), On, Set, OriginAndToken(Handshake)),
        ("a WebSocket on a route without a value proves its origin", cookie(Access, SkipToken, Safe, WebSocket), On, Unset, Origin(Handshake)),
        ("a WebSocket on a route without CSRF is open", cookie(Access, Skip, Safe, WebSocket), On, Set, Nothing),

        ("a log-out proves its origin and its value", Case::LogOut, On, Set, OriginAndToken(StatedOrToken)),
        ("a log-out without a public origin proves its value", Case::LogOut, On, Unset, Token),
        ("a log-out with protection off states its origin", Case::LogOut, Off, Set, Origin(Stated)),
        ("a log-out with protection off and no public origin is open", Case::LogOut, Off, Unset, Nothing),

        ("a log-in by POST states its origin or is a program", tokenless(ListedUnsafe, Http), On, Set, Origin(StatedOrProgram)),
        ("without a public origin, Host tells it as well", tokenless(ListedUnsafe, Http), On, Unset, Origin(StatedOrHost)),
        ("so it does with protection off", tokenless(ListedUnsafe, Http), Off, Unset, Origin(StatedOrHost)),
        ("a log-out without a token as well", Case::TokenlessLogOut, On, Unset, Origin(StatedOrHost)),
        ("with a public origin, Host tells nothing", Case::TokenlessLogOut, On, Set, Origin(StatedOrProgram)),
        ("the page of the log-in form is open", tokenless(Safe, Http), On, Set, Nothing),
        ("it is open also where GET is listed", tokenless(ListedSafe, Http), On, Set, Nothing),
        ("a WebSocket without a token proves its origin", tokenless(Safe, WebSocket), Off, Unset, Origin(Handshake)),
    ];
    for (sentence, case, protection, public_origin, expected) in rows {
        let configured = Configured {
            protection,
            public_origin,
        };
        assert_eq!(required(case, configured), expected, "{sentence}");
    }
}

#[test]
fn every_combination_agrees_with_the_rules() {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for (case, configured) in combinations() {
        let found = required(case, configured);
        let expected = by_rules(case, configured);
        assert_eq!(found, expected, "{case:?} with {configured:?}");
        *counted.entry(format!("{found:?}")).or_default() += 1;
    }
    let counted: Vec<(&str, usize)> = counted.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    assert_eq!(
        counted,
        [
            ("Nothing", 1014),
            ("Origin(Handshake)", 94),
            ("Origin(Stated)", 9),
            ("Origin(StatedOrHost)", 9),
            ("Origin(StatedOrProgram)", 30),
            ("OriginAndToken(Handshake)", 26),
            ("OriginAndToken(StatedOrToken)", 15),
            ("Token", 15),
        ]
    );
}

fn combinations() -> impl Iterator<Item = (Case, Configured)> {
    let mut cases = vec![Case::LogOut, Case::TokenlessLogOut];
    for method in METHODS {
        for transport in TRANSPORTS {
            cases.push(Case::Tokenless { method, transport });
            for location in LOCATIONS {
                for demand in DEMANDS {
                    cases.extend(PURPOSES.map(|purpose| Case::Token {
                        location,
                        demand,
                        purpose,
                        method,
                        transport,
                    }));
                }
            }
        }
    }
    let configured = PROTECTIONS.into_iter().flat_map(|protection| {
        ORIGINS.map(|public_origin| Configured {
            protection,
            public_origin,
        })
    });
    let configured: Vec<Configured> = configured.collect();
    cases
        .into_iter()
        .flat_map(move |case| configured.clone().into_iter().map(move |one| (case, one)))
}

/// The policy as rules about the one proof and the other, where the table has rows.
fn by_rules(case: Case, configured: Configured) -> Required {
    let is_listed = |method| matches!(method, Method::ListedSafe | Method::ListedUnsafe);
    let is_safe = |method| matches!(method, Method::Safe | Method::ListedSafe);
    let has_origin = configured.public_origin == PublicOrigin::Set;

    let asks_value = match case {
        Case::Tokenless { .. } | Case::TokenlessLogOut => false,
        Case::LogOut => configured.protection != Protection::Off,
        Case::Token {
            location,
            demand,
            purpose,
            method,
            ..
        } => {
            let guards = match configured.protection {
                Protection::On => is_listed(method),
                Protection::Off => false,
                Protection::Unchecked => !is_safe(method) || is_listed(method),
            };
            let refreshes = purpose == Kind::Refresh && configured.protection != Protection::Off;
            location == Location::Cookies && demand == CsrfDemand::Check && (guards || refreshes)
        }
    };
    let tokenless = if has_origin {
        OriginRule::StatedOrProgram
    } else {
        OriginRule::StatedOrHost
    };
    let rule = match case {
        Case::TokenlessLogOut => Some(tokenless),
        Case::LogOut => has_origin.then_some(if asks_value {
            OriginRule::StatedOrToken
        } else {
            OriginRule::Stated
        }),
        Case::Tokenless { method, transport } => {
            if transport == Transport::WebSocket {
                Some(OriginRule::Handshake)
            } else {
                (!is_safe(method)).then_some(tokenless)
            }
        }
        Case::Token {
            location,
            demand,
            purpose,
            method,
            transport,
        } => {
            let only_reads = purpose == Kind::Access && is_safe(method) && !is_listed(method);
            if location != Location::Cookies || demand == CsrfDemand::Skip {
                None
            } else if transport == Transport::WebSocket {
                Some(OriginRule::Handshake)
            } else if !has_origin || only_reads {
                None
            } else if demand == CsrfDemand::SkipToken {
                Some(OriginRule::StatedOrProgram)
            } else if asks_value {
                Some(OriginRule::StatedOrToken)
            } else {
                Some(OriginRule::Stated)
            }
        }
    };
    match (rule, asks_value) {
        (None, false) => Required::Nothing,
        (None, true) => Required::Token,
        (Some(rule), false) => Required::Origin(rule),
        (Some(rule), true) => Required::OriginAndToken(rule),
    }
}
