//! What can happen next.

use crate::rules::{Answer, Rule, Way};
use crate::scenario::{Scenario, Thief};
use crate::state::{Exchange, State, Token};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// A tab sends a refresh with what the jar holds now.
    Ask,
    /// The server answers a request, and writes.
    Answer(u8),
    /// An answer arrives at the browser.
    Deliver(u8),
    /// An answer is lost: the network fails, the laptop sleeps, or the node crashes after its
    /// write.
    LoseAnswer(u8),
    /// The browser uses the access token it has.
    Use,
    /// A tick passes.
    Wait,
    LogOut,
    /// The store loses its last writes, so many: it goes back to an earlier row of its own. Never
    /// past the end of a session: no rule can know of a revocation that was forgotten.
    LoseWrites(u8),
    /// The thief copies the jar.
    Steal,
    /// The thief refreshes, and is answered at once: he can send at any time, so waiting gives him
    /// nothing new.
    ThiefAsks(Which),
    /// The thief uses an access token.
    ThiefUses(Which),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    PresentedToken,
    Latest,
}

/// What can happen in a scenario.
pub(crate) fn possible(
    rule: &dyn Rule,
    state: &State,
    scenario: &Scenario,
    actions: &mut Vec<Action>,
) {
    actions.clear();
    let mut under_way = 0;
    let mut urgent = false;
    for (i, exchange) in state.exchanges.iter().enumerate() {
        let again = i > 0 && state.exchanges[i - 1] == *exchange;
        let i = u8::try_from(i).expect("there are few");
        match *exchange {
            Exchange::None => {}
            Exchange::Asked { left, .. } => {
                under_way += 1;
                urgent |= left == 0;
                if !again {
                    actions.push(Action::Answer(i));
                }
            }
            Exchange::Answered { left, .. } => {
                under_way += 1;
                urgent |= left == 0;
                if !again {
                    actions.push(Action::Deliver(i));
                }
                if !again && may_be_lost(state, scenario, *exchange) {
                    actions.push(Action::LoseAnswer(i));
                }
            }
        }
    }
    if under_way < scenario.exchanges {
        actions.push(Action::Ask);
    }
    actions.push(Action::Use);
    if !urgent {
        actions.push(Action::Wait);
    }
    if state.row.ended.is_none() {
        actions.push(Action::LogOut);
    }
    if state.losses > 0 {
        for (writes, row) in (1..).zip(&state.earlier) {
            if row.is_some() {
                actions.push(Action::LoseWrites(writes));
            }
        }
    }
    if let Some(thief) = scenario.thief {
        match state.loot {
            None => actions.push(Action::Steal),
            Some(loot) if thief == Thief::KeepsStep => {
                let answer = rule.answer(state.row, loot.latest);
                if matches!(answer, Answer::Continued(continued) if continued.way == Way::Rotated) {
                    actions.push(Action::ThiefAsks(Which::Latest));
                }
            }
            Some(loot) => {
                for which in [Which::PresentedToken, Which::Latest] {
                    actions.push(Action::ThiefAsks(which));
                    actions.push(Action::ThiefUses(which));
                    if loot.presented == loot.latest {
                        break;
                    }
                }
            }
        }
    }
}

fn may_be_lost(state: &State, scenario: &Scenario, answer: Exchange) -> bool {
    let limit = scenario
        .lost_in_a_row
        .filter(|_| brings_the_current(state, answer));
    scenario.answers_get_lost
        && limit.is_none_or(|limit| {
            let lost = state.truth.lost[0];
            lost.current || lost.with_current() <= limit
        })
}

/// Whether the answer has the current token, which the browser does not have yet.
pub(crate) fn brings_the_current(state: &State, answer: Exchange) -> bool {
    let current = state.row.current;
    state.jar.refresh != current
        && matches!(answer, Exchange::Answered { refresh, .. } if refresh == Some(current))
}

pub(crate) fn looted(state: &State, which: Which) -> Token {
    let loot = state.loot.expect("a thief has stolen");
    match which {
        Which::PresentedToken => loot.presented,
        Which::Latest => loot.latest,
    }
}
