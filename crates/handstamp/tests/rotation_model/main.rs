//! A model of refresh rotation, explored to the end.
//!
//! A browser whose tabs share one cookie jar, a server, a store, perhaps a thief. Requests and
//! answers are under way independently of each other, so they overtake each other; answers get
//! lost, the store loses writes, time passes. The model tries everything that can happen, in every
//! order, and asks of each step what [`properties`] says.
//!
//! The states are finite: only how far generations are apart matters, and an age that is old is
//! old. So the model does not stop at some depth, but when it has seen every state there is.
//!
//! # What is assumed
//! With a window of W:
//! * A refresh takes less than W, from the moment a tab reads the jar until the answer arrives or
//!   is lost. What takes longer can be refused: `what_the_window_is_for` shows how. An answer that
//!   was lost may be missed for any time.
//! * An answer with the refresh token that was presented leaves the refresh cookie alone.
//! * The store sees the access tokens. Where it does not, a refresh may take half of W only, and an
//!   answer that is lost is missed for W only: `without_confirmation_a_lost_answer_logs_out`.
//! * The store may lose its last writes, but neither the session's creation nor its end: no rule
//!   can know of a log-out that was forgotten.
//! * No session and no token gets too old here, and nobody logs in again in the same browser.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing test panics"
)]

mod actions;
mod explore;
mod properties;
mod rules;
mod scenario;
mod state;
mod step;
mod trace;

use crate::explore::{Explored, explore};
use crate::properties::{ALL, Property, WITH_A_THIEF};
use crate::rules::ours::Ours;
use crate::rules::proposed::{Confirmation, Proposed};
use crate::rules::rivals::{
    OneBehindIsFine, SecondLine, SecondSuccessor, StrictSingleUse, WindowFromExchange,
};
use crate::rules::{RefreshCookie, Rule};
use crate::scenario::{Scenario, Thief};

/// A refresh takes less than the window of two ticks.
const HONEST: Scenario = Scenario {
    name: "tabs, lost and late answers",
    delay: Some(1),
    answers_get_lost: true,
    lost_in_a_row: Some(2),
    exchanges: 3,
    losses: 0,
    thief: None,
    checked: &ALL,
};

const THIEF: Scenario = Scenario {
    name: "a thief, and answers that get lost as often as they like",
    lost_in_a_row: None,
    thief: Some(Thief::Any),
    checked: &WITH_A_THIEF,
    ..HONEST
};

/// The rule, with a window of so many ticks.
fn rule(window: u8) -> Proposed {
    Proposed {
        window,
        cookie: RefreshCookie::WhenItChanges,
        confirmation: Confirmation::ByUse,
        late_in_a_row: Some(2),
    }
}

#[test]
fn nobody_is_logged_out_by_accident() {
    let explored = holds(&Ours::new(2), &HONEST);
    assert_eq!(explored.answers.reused, 0);
    assert!(explored.depth >= 14);
    let finer = Scenario {
        name: "the same by a finer clock",
        delay: Some(2),
        ..HONEST
    };
    holds(&Ours::new(3), &finer);
}

#[test]
fn nobody_is_logged_out_when_the_store_loses_writes() {
    let losses = Scenario {
        name: "two losses of up to three writes",
        losses: 2,
        ..HONEST
    };
    let explored = holds(&Ours::new(2), &losses);
    assert_eq!(explored.answers.reused, 0);
    assert!(explored.answers.recovered > 0);
}

#[test]
fn a_thief_is_found_out_by_the_next_refresh_of_either_side() {
    let explored = holds(&Ours::new(2), &THIEF);
    let (both, thief) = (explored.answers.reused, explored.answers.reused_by_thief);
    assert!(0 < thief && thief < both);
}

// Unoptimized these two take half a minute and more: `scripts/test --full` runs them, optimized.
#[cfg(not(debug_assertions))]
#[test]
fn a_thief_is_found_out_although_the_store_loses_writes() {
    finds_the_thief(&Scenario {
        name: "a thief, and one loss of up to three writes",
        losses: 1,
        ..THIEF
    });
}

#[cfg(not(debug_assertions))]
#[test]
fn a_thief_is_found_out_although_the_store_loses_writes_twice() {
    finds_the_thief(&Scenario {
        name: "a thief, and two losses with two refreshes at once",
        losses: 2,
        exchanges: 2,
        ..THIEF
    });
}

#[cfg(not(debug_assertions))]
fn finds_the_thief(losses: &Scenario) {
    let explored = holds(&Ours::new(2), losses);
    let (both, thief) = (explored.answers.reused, explored.answers.reused_by_thief);
    assert!(0 < thief && thief < both);
}

/// A thief who exchanges each token first, uses nothing, and leaves the late answer to the browser.
const KEEPS_STEP: Scenario = Scenario {
    name: "a thief who keeps step, and no answer that gets lost",
    answers_get_lost: false,
    thief: Some(Thief::KeepsStep),
    checked: &[Property::NoSessionEnds],
    ..THIEF
};

#[test]
fn a_thief_who_keeps_step_is_found_out_in_the_third_round() {
    let trace = fails(&Ours::new(2), &KEEPS_STEP);
    assert_eq!(trace.matches("reissued late").count(), 2);
    assert_eq!(trace.matches("the thief asks").count(), 3);
    let end = trace.lines().last().expect("a step");
    assert!(
        end.contains("the server answers token 3: refused, the session ends"),
        "{end}"
    );
}

#[test]
fn without_a_count_a_thief_who_keeps_step_is_never_found_out() {
    let uncounted = Proposed {
        late_in_a_row: None,
        ..rule(2)
    };
    let explored = holds(&uncounted, &KEEPS_STEP);
    assert!(explored.answers.reissued_late > 0);
    let round = Scenario {
        checked: &[Property::WhoKeepsStepIsFoundOut],
        ..KEEPS_STEP
    };
    fails(&uncounted, &round);
}

#[test]
fn a_third_lost_answer_in_a_row_logs_out() {
    let three = Scenario {
        name: "answers of three generations in a row get lost",
        lost_in_a_row: Some(3),
        checked: &[Property::NobodyIsLoggedOutByAccident],
        ..HONEST
    };
    let trace = fails(&Ours::new(2), &three);
    assert_eq!(trace.matches("an answer is lost").count(), 3);
}

#[test]
fn what_the_window_is_for() {
    let slow = Scenario {
        name: "a request takes any time",
        delay: None,
        checked: &[Property::NobodyIsLoggedOutByAccident],
        ..HONEST
    };
    fails(&Ours::new(2), &slow);
}

#[test]
fn without_acknowledgement_a_lost_answer_logs_out() {
    let at_once = Proposed {
        confirmation: Confirmation::AtOnce,
        ..rule(3)
    };
    let none_lost = Scenario {
        name: "no confirmation, and every answer arrives",
        answers_get_lost: false,
        ..HONEST
    };
    holds(&at_once, &none_lost);
    let lost = Scenario {
        name: "no confirmation",
        checked: &[Property::NobodyIsLoggedOutByAccident],
        ..HONEST
    };
    fails(&at_once, &lost);
}

#[test]
fn a_cookie_set_by_every_answer_goes_back_in_time() {
    let always = Proposed {
        cookie: RefreshCookie::Always,
        ..rule(2)
    };
    let cookie = Scenario {
        name: "every answer sets the refresh cookie",
        exchanges: 2,
        checked: &[Property::NobodyIsLoggedOutByAccident],
        ..HONEST
    };
    fails(&always, &cookie);
}

#[test]
fn a_window_from_the_exchange_logs_out_after_a_lost_answer() {
    let at_once = Scenario {
        name: "the window begins with the exchange",
        delay: Some(1),
        checked: &[Property::NobodyIsLoggedOutByAccident],
        ..HONEST
    };
    fails(&WindowFromExchange { window: 5 }, &at_once);
    let none_lost = Scenario {
        name: "the window begins with the exchange, and every answer arrives",
        answers_get_lost: false,
        delay: Some(2),
        ..HONEST
    };
    holds(&WindowFromExchange { window: 5 }, &none_lost);
}

#[test]
fn strict_single_use_logs_out_two_tabs() {
    let two_tabs = Scenario {
        name: "strict single use",
        answers_get_lost: false,
        checked: &[Property::NobodyIsLoggedOutByAccident],
        ..HONEST
    };
    let rival = StrictSingleUse;
    fails(&rival, &two_tabs);
}

#[test]
fn one_behind_is_fine_never_finds_the_thief_who_stays_behind() {
    let thief = Scenario {
        name: "one behind is always fine",
        checked: &[Property::ReuseEndsTheSession],
        ..THIEF
    };
    fails(&OneBehindIsFine, &thief);
}

#[test]
fn a_second_successor_kills_its_sibling() {
    let siblings = Scenario {
        name: "a second successor in the window",
        delay: Some(0),
        answers_get_lost: false,
        exchanges: 2,
        checked: &[Property::NobodyIsLoggedOutByAccident],
        ..HONEST
    };
    let rival = SecondSuccessor;
    fails(&rival, &siblings);
}

#[test]
fn a_second_line_is_the_thiefs_own() {
    let thief = Scenario {
        name: "a second successor with a line of its own",
        checked: &[Property::ReuseEndsTheSession],
        ..THIEF
    };
    fails(&SecondLine, &thief);
}

/// Explores everything, and shows how much that was.
fn holds(rule: &dyn Rule, scenario: &Scenario) -> Explored {
    let explored = explore(rule, scenario);
    if let Some((property, trace)) = &explored.broken {
        panic!("{}: not so: {property}\n{trace}", scenario.name);
    }
    println!(
        "{}: {} states, {} transitions, all within {} steps\n    {:?}",
        scenario.name, explored.states, explored.transitions, explored.depth, explored.answers
    );
    explored
}

/// Explores until the one property breaks that is checked, shows how, and returns that.
fn fails(rule: &dyn Rule, scenario: &Scenario) -> String {
    let explored = explore(rule, scenario);
    let Some((property, trace)) = &explored.broken else {
        panic!("{}: after all, {:?}", scenario.name, scenario.checked);
    };
    println!("{}: not so: {property}\n{trace}", scenario.name);
    trace.to_string()
}
