//! Every chain of renewals ends.

use std::time::Duration;

use proptest::prelude::*;

use super::{Answer, log_in, record, refreshed, renewed, with_sessions};
use crate::Require;
use crate::clock::UnixTime;
use crate::session::ClientInfo;
use crate::testing::{Head, NOW, ask, builder};

proptest! {
    /// However often and whenever requests come, a renewed token has the time of the log-in, and
    /// expires within the limit.
    #[test]
    fn no_chain_outlives_its_session_or_log_in(
        visits in prop::collection::vec(0_u64..1500, 1..60),
        access in 1_u64..1200,
        refresh in 1200_u64..12_000,
        absolute in 1_u64..12_000,
        delta in 1_u64..2000,
        leeway in 0_u64..60,
        has_session: bool,
    ) {
        let span = Duration::from_secs;
        let config = builder()
            .access_token_expires(span(access))
            .refresh_token_expires(span(refresh))
            .session_absolute(span(absolute))
            .implicit_refresh_deltatime(span(delta))
            .decode_leeway(span(leeway))
            .session_tracking(has_session);
        let (auth, clock) = with_sessions(config);
        let tokens = log_in(&auth, ClientInfo::new());
        let end = NOW + if has_session { refresh.min(absolute) } else { refresh };
        let mut current = tokens.access().as_str().to_owned();
        let mut at = NOW;
        for visit in visits {
            at += visit;
            clock.set(UnixTime::from_secs(at));
            let head = Head::new("GET").access(&current);
            let Ok(token) = ask(&auth, &head, &Require::access()) else {
                break;
            };
            prop_assert!(at < end + leeway, "accepted {} s after the end", at - end);
            let csrf = token.csrf().map(str::to_owned);
            let old_end = token.expires_at();
            let Some(cookies) = refreshed(&auth, token, &Answer(200, &[])) else {
                continue;
            };
            current = renewed(&cookies);
            let token = record(&auth, &current);
            prop_assert!(token.expires_at() > old_end);
            prop_assert!(token.expires_at().as_secs() <= end);
            prop_assert!(token.expires_at().as_secs() <= at + access);
            prop_assert_eq!(token.authenticated_at().as_secs(), NOW);
            prop_assert_eq!(token.csrf().map(str::to_owned), csrf);
            prop_assert!(!token.is_fresh());
        }
    }
}
