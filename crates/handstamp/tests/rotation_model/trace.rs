//! A way through the model, in words.

use std::fmt;

use crate::actions::{Action, looted};
use crate::rules::{Answer, Rule};
use crate::scenario::Scenario;
use crate::state::{BASE, End, Exchange, State, Token};
use crate::step::{Answers, step};

/// Steps in words. Tokens have the numbers they have in a session: 1 is the first.
pub(crate) struct Trace(Vec<String>);

impl Trace {
    pub(crate) fn told(rule: &dyn Rule, scenario: &Scenario, path: &[Action]) -> Self {
        let mut steps = Vec::new();
        let mut state = State::after_log_in(scenario.losses);
        let mut counted_lower = 0;
        let mut ticks = 0;
        for action in path {
            let numbers = Numbers(counted_lower);
            if *action == Action::Wait {
                ticks += 1;
            } else {
                if ticks > 0 {
                    steps.push(waited(ticks));
                    ticks = 0;
                }
                steps.push(numbers.words(rule, &state, *action));
            }
            // The last step may be the one that breaks a property.
            let Ok(next) = step(rule, scenario, &state, *action, &mut Answers::default()) else {
                break;
            };
            let (next, by) = next.canonical();
            state = next;
            counted_lower += by;
            if *action != Action::Wait
                && let Some(step) = steps.last_mut()
            {
                let stored = Numbers(counted_lower).stored(&state);
                *step = format!("{step:<66} {stored}");
            }
        }
        Self(steps)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in (1..).zip(&self.0) {
            writeln!(f, "{number:>4}. {step}")?;
        }
        Ok(())
    }
}

fn waited(ticks: u32) -> String {
    if ticks == 1 {
        "a tick passes".to_owned()
    } else {
        format!("{ticks} ticks pass")
    }
}

/// By how much the model counts generations lower than the session does.
struct Numbers(u8);

impl Numbers {
    fn number(&self, generation: u8) -> u8 {
        (generation + self.0 + 1).saturating_sub(BASE)
    }

    fn token(&self, token: Token) -> String {
        let sibling = ["", "b", "c", "d", "e", "f", "g", "h"][usize::from(token.sibling)];
        format!("{}{sibling}", self.number(token.generation))
    }

    /// What the store and the jar hold.
    fn stored(&self, state: &State) -> String {
        let row = &state.row;
        let current = self.token(row.current);
        let jar = self.token(state.jar.refresh);
        let is = match (row.ended, row.acknowledged) {
            (Some(End::LoggedOut), _) => "logged out",
            (Some(End::Reused), _) => "ended",
            (None, false) => "unacknowledged",
            (None, true) => "acknowledged",
        };
        let late = row.late.before + u8::from(row.late.current);
        let late = match late {
            0 => String::new(),
            late => format!(", {late} late"),
        };
        format!("[store: {current}, {is}{late}; jar: {jar}]")
    }

    fn words(&self, rule: &dyn Rule, state: &State, action: Action) -> String {
        match action {
            Action::Ask => format!("a tab asks with token {}", self.token(state.jar.refresh)),
            Action::Answer(i) => {
                let Exchange::Asked { with, .. } = state.exchanges[usize::from(i)] else {
                    unreachable!("only a request is answered")
                };
                let answer = self.answer(rule.answer(state.row, with));
                format!("the server answers token {}: {answer}", self.token(with))
            }
            Action::Deliver(i) => {
                let Exchange::Answered {
                    refresh, access, ..
                } = state.exchanges[usize::from(i)]
                else {
                    unreachable!("only an answer is delivered")
                };
                let tokens = match refresh {
                    None => format!("access token {} only", self.number(access)),
                    Some(token) => format!("token {}", self.token(token)),
                };
                format!("the browser receives an answer with {tokens}")
            }
            Action::LoseAnswer(_) => "an answer is lost".to_owned(),
            Action::Use => {
                let access = self.number(state.jar.access);
                format!("the browser uses access token {access}")
            }
            Action::Wait => waited(1),
            Action::LogOut => "the user logs out".to_owned(),
            Action::LoseWrites(1) => "the store loses its last write".to_owned(),
            Action::LoseWrites(writes) => format!("the store loses its last {writes} writes"),
            Action::Steal => format!("a thief copies token {}", self.token(state.jar.refresh)),
            Action::ThiefAsks(which) => {
                let token = looted(state, which);
                let answer = self.answer(rule.answer(state.row, token));
                format!("the thief asks with token {}: {answer}", self.token(token))
            }
            Action::ThiefUses(which) => {
                let access = self.number(looted(state, which).generation);
                format!("the thief uses access token {access}")
            }
        }
    }

    fn answer(&self, answer: Answer) -> String {
        match answer {
            Answer::Ended => "refused, the session had ended".to_owned(),
            Answer::Reused(_) => "refused, the session ends".to_owned(),
            Answer::Continued(continued) => {
                format!("{}, token {}", continued.way, self.token(continued.token))
            }
        }
    }
}
