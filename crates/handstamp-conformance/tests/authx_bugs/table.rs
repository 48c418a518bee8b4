//! The list.

use Case::{MustNotCompile, Row, Test};

pub(crate) struct Bug {
    pub(crate) number: u8,
    /// What AuthX does.
    pub(crate) authx: &'static str,
    /// Where it stands what is right.
    pub(crate) cases: &'static [Case],
}

#[derive(Debug)]
pub(crate) enum Case {
    /// A file of the conformance crate, and a row of it.
    Row(&'static str, &'static str),
    /// A folder next to this crate, or a path from there, and a test in it.
    Test(&'static str, &'static str),
    /// A program that must not compile.
    MustNotCompile(&'static str),
}

#[rustfmt::skip]
pub(crate) const BUGS: &[Bug] = &[
    Bug {
        number: 1,
        authx: "Its blocklist gets the text of a token, and base64 is decoded leniently: with `=` at its end a revoked token passes.",
        cases: &[
            Test("handstamp", "another_spelling_of_a_revoked_token_is_no_other_token"),
            Test("handstamp", "the_other_signature_of_a_revoked_token_revives_nothing"),
            Row("adapter/locations.rs", "padding after the token"),
        ],
    },
    Bug {
        number: 2,
        authx: "An access token in the query opens the refresh route, and the refresh token does not.",
        cases: &[
            Row("adapter/locations.rs", "an access token as a refresh token"),
            Row("adapter/locations.rs", "a refresh token as an access token"),
            Row("adapter/bodies/json.rs", "a refresh token"),
            Row("adapter/bodies/json.rs", "an access token"),
        ],
    },
    Bug {
        number: 3,
        authx: "A revoked cookie is refused with 401, and the answer has a new one that is good.",
        cases: &[
            Row("adapter/implicit/answers.rs", "a revoked cookie"),
            Row("adapter/implicit/answers.rs", "a revocation"),
            Row("adapter/implicit/sessions.rs", "what the handler revokes is not renewed"),
            Test("handstamp", "the_blocklist_is_asked_again"),
            Test("handstamp", "what_was_revoked_since_is_not_renewed"),
        ],
    },
    Bug {
        number: 4,
        authx: "Deletions are always `SameSite=lax`, without `Secure` and `HttpOnly`: browsers ignore them for `__Host-` and `__Secure-` names, and across sites.",
        cases: &[
            Row("adapter/set_cookies.rs", "every attribute that is configured is repeated"),
            Row("adapter/set_cookies.rs", "each token's SameSite and Path are repeated"),
            Row("adapter/set_cookies.rs", "cookies for other sites are unset for other sites"),
            Row("adapter/set_cookies.rs", "names with a prefix are unset with Secure"),
            Test("handstamp", "what_a_browser_would_drop_is_refused_when_the_configuration_is_built"),
        ],
    },
    Bug {
        number: 5,
        authx: "Shortly before a token's end, the deletions of a log-out are followed by new cookies.",
        cases: &[
            Row("adapter/implicit/answers.rs", "a log-out"),
            Row("adapter/implicit/answers.rs", "another log-in"),
            Row("adapter/implicit/answers.rs", "all cookies deleted"),
            Row("adapter/implicit/sessions.rs", "a log-out is not undone"),
            Test("handstamp", "some_answers_carry_nothing"),
        ],
    },
    Bug {
        number: 6,
        authx: "A POST with a wrong CSRF value gets its 401 with fresh cookies; so do 404s, and responses that shared caches keep.",
        cases: &[
            Row("adapter/implicit/answers.rs", "POST with a wrong CSRF value"),
            Row("adapter/implicit/answers.rs", "no such thing"),
            Row("adapter/implicit/answers.rs", "what other caches would have kept"),
            Test("handstamp", "some_answers_carry_nothing"),
        ],
    },
    Bug {
        number: 7,
        authx: "`get_access_token_from_request` and `verify_token` do not ask the blocklist, and the page's own `/refresh` is built of them: a revoked refresh token refreshes.",
        cases: &[
            Row("adapter/refusals.rs", "a revoked token"),
            Test("handstamp", "every_path_asks_the_blocklist"),
            Test("handstamp", "one_token_is_revoked_until_it_ends"),
            Test("handstamp", "tokens_without_a_session_end_by_their_ids"),
        ],
    },
    Bug {
        number: 8,
        authx: "A revoked session's token is still 200; and the route of the documentation lets any user revoke any other's.",
        cases: &[
            Row("adapter/refusals.rs", "a token of a session that was ended"),
            Row("adapter/sessions/refreshes.rs", "a copy, after the window"),
            Row("store/revoke_session.rs", "a session of another account is not revoked"),
            Test("handstamp", "each_way_to_revoke_ends_what_it_says"),
            Test("handstamp", "people_of_two_login_types_are_two"),
        ],
    },
    Bug {
        number: 9,
        authx: "`auth.rate_limited(...)` in a route, as the documentation shows it, makes a new limiter for each request: it never limits. An `async` key function is not awaited.",
        cases: &[
            Row("adapter/limits.rs", "one too many"),
            Row("adapter/limits.rs", "a third time"),
            Test("handstamp", "who_is_counted_together"),
        ],
    },
    Bug {
        number: 10,
        authx: "`not_equals` and `not_in` match an attribute that is missing, and a global evaluator that is false switches rules off that deny.",
        cases: &[
            Test("../examples/policies", "what_authx_lets_through_is_denied"),
            Test("../examples/policies", "a_claim_is_not_read_before_it_is_there"),
            Test("handstamp-cedar", "an_error_denies_whatever_other_policies_say"),
        ],
    },
    Bug {
        number: 11,
        authx: "A missing CSRF header is \"Token Error\", `MissingTokenError`: as if the user were logged out.",
        cases: &[
            Row("adapter/refusals.rs", "a POST without the CSRF header"),
            Row("adapter/rejections.rs", "a refresh without its CSRF value is told the cookie of the refresh token"),
            Row("adapter/csrf.rs", "an empty header"),
            Row("adapter/csrf.rs", "a missing CSRF value does not make a cookie 'not here': the query is not tried"),
        ],
    },
    Bug {
        number: 12,
        authx: "`verify_csrf=False` still wants some header, any header.",
        cases: &[
            Row("adapter/layers.rs", "no value, none asked"),
            Row("adapter/layers.rs", "a wrong value, none asked"),
            Row("adapter/layers.rs", "a token is still asked"),
            Row("adapter/layers.rs", "a bad one is still refused"),
        ],
    },
    Bug {
        number: 13,
        authx: "Refresh tokens work without limit, also for a thief with a copy; a log-out revokes nothing and takes no CSRF value.",
        cases: &[
            Row("adapter/sessions/refreshes.rs", "a copy, minutes later"),
            Row("adapter/sessions/log_outs.rs", "both"),
            Row("adapter/sessions/log_outs.rs", "no CSRF value"),
            Test("handstamp", "log_out_and_log_in_end_the_session_that_a_thief_was_given"),
        ],
    },
    Bug {
        number: 14,
        authx: "Secrets of one byte, tokens without an end, cookies that browsers drop, names that collide: all accepted. And `repr(config)` prints the secret.",
        cases: &[
            Test("handstamp", "rules"),
            Test("handstamp", "every_setting_does_something_and_refuses_nonsense"),
            Test("handstamp", "every_problem_is_reported_at_once"),
            Test("handstamp", "a_prefix_problem_names_all_that_is_lacking"),
            Test("handstamp", "debug_shows_settings_and_no_secrets"),
            Test("handstamp", "every_required_claim_has_its_form"),
        ],
    },
    Bug {
        number: 15,
        authx: "A cookie of 8379 bytes is set, the browser drops it, and the next request is a 401.",
        cases: &[
            Test("handstamp", "a_token_that_no_browser_keeps_is_not_set"),
            Test("handstamp", "sizes"),
            Test("handstamp-axum", "a_mistake_of_the_program_is_a_500_that_says_nothing"),
            Test("handstamp-actix", "a_mistake_of_the_program_is_a_500_that_says_nothing"),
        ],
    },
    Bug {
        number: 16,
        authx: "The last of several cookies wins, which is the one that a sibling subdomain can plant.",
        cases: &[
            Row("adapter/cookies.rs", "two users"),
            Row("adapter/cookies.rs", "a forged one before a good one"),
            Row("adapter/cookies.rs", "three forged ones and a good one"),
            Row("adapter/cookies.rs", "five different ones, a good one first"),
            Row("adapter/cookies.rs", "user 1 and admin 1 are two people"),
            Row("adapter/cookies.rs", "another user's refresh cookie before the own"),
            Row("adapter/cookies.rs", "under a prefix, a cookie without it is not read"),
            Test("handstamp", "of_several_cookies_the_newest_genuine_one_counts"),
        ],
    },
    Bug {
        number: 17,
        authx: "`data=` with a reserved name is a `TypeError`, or replaces `iat`, `jti` and `login_type` in silence.",
        cases: &[
            Test("handstamp", "what_cannot_be_issued"),
            Test("handstamp", "a_mistake_of_the_program_leaves_no_session"),
        ],
    },
    Bug {
        number: 18,
        authx: "A byte in a CSRF value that is not ASCII is a 500, whoever sends it.",
        cases: &[
            Row("adapter/csrf.rs", "bytes that are not UTF-8"),
            Row("adapter/csrf.rs", "the right value and a byte that is not ASCII"),
            Row("adapter/bodies/forms.rs", "a field that is no ASCII"),
            Row("adapter/bodies/forms.rs", "a part that is no ASCII"),
        ],
    },
    Bug {
        number: 19,
        authx: "`{\"access_token\":\"\\ud800\"}` is a 500.",
        cases: &[
            Row("adapter/bodies/json.rs", "a lone surrogate"),
            Row("adapter/bodies/json.rs", "half a character"),
            Test("handstamp", "a_member_of_json"),
            Test("handstamp", "the_words_repeat_nothing_that_was_sent"),
        ],
    },
    Bug {
        number: 20,
        authx: "A user name that is half a character is a 500; and a 422 repeats the password that was typed.",
        cases: &[
            Row("hostile/bodies.rs", "a lone surrogate"),
            Test("handstamp-server", "hostile_requests_are_refused"),
            Test("handstamp", "the_words_repeat_nothing_that_was_sent"),
        ],
    },
    Bug {
        number: 21,
        authx: "A header that is nested 5000 deep is a `RecursionError`, signed or not.",
        cases: &[
            Test("handstamp", "huge_and_deep_tokens_are_refused"),
            Test("handstamp", "accepted"),
            Test("handstamp", "refused"),
        ],
    },
    Bug {
        number: 22,
        authx: "Where CSRF values may be in forms, the guard eats the body: a route that reads it is a 500, \"Stream consumed\".",
        cases: &[
            Row("adapter/bodies/forms.rs", "in a field"),
            Row("adapter/bodies/forms.rs", "in a part"),
            Row("adapter/bodies/mod.rs", "an accepted request has its value in the header"),
            Row("adapter/bodies/contents.rs", "two files, and a field between them"),
        ],
    },
    Bug {
        number: 23,
        authx: "With `JWT_ACCESS_TOKEN_EXPIRES=None` every request with that cookie is a 500.",
        cases: &[
            Test("handstamp", "every_required_claim_has_its_form"),
            Test("handstamp", "times_are_seconds_that_every_reader_holds_exactly"),
            Test("handstamp", "what_cannot_be_issued"),
            Test("handstamp", "every_setting_does_something_and_refuses_nonsense"),
        ],
    },
    Bug {
        number: 24,
        authx: "A backend of the blocklist that is down, an unknown login type, a key or a subject getter that is not set: each a 500 at first use.",
        cases: &[
            Row("adapter/refusals.rs", "a blocklist that does not answer"),
            Row("adapter/refusals.rs", "a token of another login type"),
            Row("adapter/implicit/sessions.rs", "a store that is down for everything"),
            Test("handstamp", "code_is_held_to_the_same_rules"),
            Test("handstamp", "what_never_answers_is_given_up"),
            MustNotCompile("state_without_users"),
            MustNotCompile("state_without_auth"),
        ],
    },
    Bug {
        number: 25,
        authx: "Without `handle_errors(app)`, and before any guarded route has failed once, verifying by hand, WebSockets and rate limits answer 500.",
        cases: &[
            Row("adapter/refusals.rs", "no token at all"),
            Row("adapter/limits.rs", "one too many"),
            Row("adapter/upgrades.rs", "a page of ours without a cookie"),
            Row("adapter/sessions/log_outs.rs", "no CSRF value"),
            Test("handstamp-axum", "a_rejection_that_a_handler_passes_on_with_a_question_mark_is_the_whole_response"),
            Test("handstamp-actix", "a_rejection_that_a_handler_passes_on_with_a_question_mark_is_the_whole_response"),
        ],
    },
    Bug {
        number: 26,
        authx: "A policy that compares a number with a text, looks into a number, or has an evaluator that raises is a 500.",
        cases: &[
            Row("adapter/permissions.rs", "a rule that fails"),
            Test("../examples/policies", "what_authx_lets_through_is_denied"),
            Test("handstamp-cedar", "claims_of_another_type_deny"),
            Test("handstamp-cedar", "an_error_denies_whatever_other_policies_say"),
        ],
    },
    Bug {
        number: 27,
        authx: "`create_access_token(uid=5)` and `headers={\"alg\": \"none\"}` fail when they are called.",
        cases: &[
            MustNotCompile("bug_27_number_for_a_subject"),
            Row("adapter/locations.rs", "a token that says it needs no signature"),
            Test("handstamp", "the_header_never_chooses_an_algorithm"),
            Test("handstamp", "unknown_algorithms"),
            Test("handstamp", "a_known_token"),
        ],
    },
    Bug {
        number: 28,
        authx: "Eight documented settings are read by nothing.",
        cases: &[
            Test("handstamp", "every_setting_does_something_and_refuses_nonsense"),
            Test("handstamp", "every_setting_has_a_row"),
            Row("adapter/rejections.rs", "JWT_ERROR_MESSAGE_KEY names the member of the message"),
            Row("adapter/sessions/log_ins.rs", "where sessions are not tracked, tokens have none"),
            Row("adapter/sessions/activity.rs", "JWT_SESSION_UPDATE_LAST_ACTIVE={value}, {seconds} s later"),
        ],
    },
    Bug {
        number: 29,
        authx: "`extra_dict`, by which a handler reads custom claims, is always empty.",
        cases: &[
            Test("handstamp", "a_verified_token_tells_what_it_says"),
            Test("handstamp", "a_refresh_keeps_everything_but_freshness"),
        ],
    },
    Bug {
        number: 30,
        authx: "A renewed token has the subject, and nothing else: `[\"admin:*\"]` is `null` on the second request.",
        cases: &[
            Row("adapter/implicit/tokens.rs", "implicit refresh keeps all that the token says"),
            Row("adapter/implicit/tokens.rs", "implicit refresh: two tabs at once"),
            Test("handstamp", "the_new_token_says_the_same"),
        ],
    },
    Bug {
        number: 31,
        authx: "`JWT_IMPLICIT_REFRESH_METHOD_INCLUDE=[\"GET\"]` switches GET off.",
        cases: &[
            Row("adapter/implicit/lists.rs", "a method that is included"),
            Row("adapter/implicit/lists.rs", "a method that is not included"),
            Test("handstamp", "lists_say_which_requests_renew"),
        ],
    },
    Bug {
        number: 32,
        authx: "While keys rotate, an expired token of the current key is \"Signature verification failed\", and a client does not refresh.",
        cases: &[
            Test("handstamp", "a_previous_secret_still_reads"),
            Test("handstamp", "a_forged_token_is_never_called_expired"),
        ],
    },
    Bug {
        number: 33,
        authx: "`set_access_cookies(max_age=0)` falls back to the setting.",
        cases: &[
            Test("handstamp", "cookies_live_as_long_as_they_are_told"),
        ],
    },
    Bug {
        number: 34,
        authx: "With `JWT_ENCODE_AUDIENCE` alone, or `audience=`, the log-in itself answers 422: to set a cookie its token is verified.",
        cases: &[
            Row("adapter/set_cookies.rs", "a log-in with {settings:?} sets its cookies"),
        ],
    },
    Bug {
        number: 35,
        authx: "422 where the documentation says 401, and 401 without `WWW-Authenticate`, which RFC 9110 demands.",
        cases: &[
            Row("adapter/refusals.rs", "no token at all"),
            Row("adapter/refusals.rs", "a token for another audience"),
            Row("adapter/refusals.rs", "a token of another issuer with the same key"),
            Row("adapter/refusals.rs", "a token past its end"),
        ],
    },
    Bug {
        number: 36,
        authx: "`bearer` is refused, `Bearer ` is deleted wherever it stands, and another scheme or an empty header hides a good cookie.",
        cases: &[
            Row("adapter/locations.rs", "a scheme has no case"),
            Row("adapter/locations.rs", "the scheme twice"),
            Row("adapter/locations.rs", "another scheme is not here"),
            Row("adapter/locations.rs", "an empty header is not here"),
            Test("handstamp", "a_token_stands_after_its_scheme"),
        ],
    },
    Bug {
        number: 37,
        authx: "A charset after `application/json`, or capitals in it, and the token is not found.",
        cases: &[
            Row("adapter/bodies/json.rs", "a charset"),
            Row("adapter/bodies/json.rs", "another case"),
            Row("adapter/bodies/json.rs", "JSON as text, which any page may send"),
            Test("handstamp", "a_body_is_what_its_content_type_says"),
        ],
    },
    Bug {
        number: 38,
        authx: "`verify_token(token)` on a GET with cookies is always `CSRFError`.",
        cases: &[
            Row("adapter/csrf.rs", "{method} without the CSRF header"),
            Test("handstamp", "a_request_with_a_token_cookie_repeats_its_value"),
        ],
    },
    Bug {
        number: 39,
        authx: "Cookies are lost when the route returns a response of its own, or raises.",
        cases: &[
            Row("adapter/set_cookies.rs", "cookies survive on an error"),
            Row("adapter/set_cookies.rs", "a cookie of the application's own is kept"),
            Test("handstamp-axum", "cookies_go_out_with_a_rejection_too"),
            Test("handstamp-axum", "parts_before_the_body_count_in_the_order_they_are_written"),
            Test("handstamp-actix", "cookies_go_out_with_a_rejection_too"),
            Test("handstamp-actix", "cookies_count_in_the_order_they_are_written"),
        ],
    },
    Bug {
        number: 40,
        authx: "A function that is not `async` and returns a coroutine is true for every token: all are \"revoked\".",
        cases: &[
            MustNotCompile("bug_40_blocklist_that_is_not_awaited"),
            Test("handstamp", "every_path_asks_the_blocklist"),
            Test("handstamp-tower", "a_request_that_is_dropped_while_the_blocklist_thinks_goes_no_further"),
        ],
    },
    Bug {
        number: 41,
        authx: "At a WebSocket `?token=` and `Authorization` are read whatever is configured, cookies and `Origin` never.",
        cases: &[
            Row("adapter/upgrades.rs", "a WebSocket with a token in {place}, where {location} count"),
            Row("adapter/upgrades.rs", "a page of another site"),
            Row("adapter/upgrades.rs", "a client that names no origin"),
            Row("adapter/upgrades.rs", "a WebSocket {row}, where no public origin is known"),
        ],
    },
    Bug {
        number: 42,
        authx: "`JWT_TOKEN_LOCATION=cookies` or `JWT_ACCESS_TOKEN_EXPIRES=900` in the environment crash `import authx`, which also sets up logging for the whole program.",
        cases: &[
            Test("handstamp-conformance", "nothing_happens_before_it_is_asked_for"),
        ],
    },
    Bug {
        number: 43,
        authx: "The store of its rate limiter never shrinks, all clients behind a proxy are one, and `Retry-After` is the whole window, however much of it is over.",
        cases: &[
            Row("adapter/limits.rs", "through two proxies"),
            Row("adapter/limits.rs", "a forged address in front"),
            Row("adapter/limits.rs", "a little too early"),
            Row("adapter/limits.rs", "after the wait"),
            Test("handstamp", "memory_is_bounded_and_callers_without_a_bucket_of_their_own_are_limited_too"),
            Test("handstamp", "entries_of_full_buckets_go_as_others_come"),
        ],
    },
    Bug {
        number: 44,
        authx: "Two login types have the same four cookies unless the names are changed: a log-in as an admin logs the user out. Its OpenAPI lacks the refresh route, every 401 and the CSRF header.",
        cases: &[
            Test("handstamp", "each_has_a_type_and_names_of_its_own"),
            Test("handstamp", "three_stand_beside_each_other"),
            Test("handstamp", "a_token_opens_the_routes_of_its_own_type_only"),
            Test("handstamp", "a_request_must_present_what_the_route_demands"),
            Test("handstamp", "responses_name_the_codes_by_status"),
            Test("handstamp", "the_ready_routes_are_described"),
        ],
    },
    Bug {
        number: 45,
        authx: "A user who is gone is `null`, with 200. And where no scopes are asked for, one way of asking passes for a token whose scopes are `null`, and fails for `[]`.",
        cases: &[
            Row("adapter/refusals.rs", "a token of a user who is gone"),
            Row("adapter/layers.rs", "nothing where nothing is enough"),
            Row("adapter/layers.rs", "anything where nothing is enough"),
            Test("handstamp", "scopes_and_login_types"),
        ],
    },
];
