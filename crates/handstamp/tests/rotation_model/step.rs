//! What an action does.

use std::iter;

use crate::actions::{Action, brings_the_current, looted};
use crate::properties::Property;
use crate::rules::{Answer, Continued, Rule, Way};
use crate::scenario::Scenario;
use crate::state::{End, Exchange, HISTORY, InARow, Jar, Loot, Row, State, Token};

/// The state after an action, or the property that it breaks.
pub(crate) fn step(
    rule: &dyn Rule,
    scenario: &Scenario,
    state: &State,
    action: Action,
    answers: &mut Answers,
) -> Result<State, Property> {
    let mut next = *state;
    match action {
        Action::Ask => {
            *free(&mut next) = Exchange::Asked {
                with: state.jar.refresh,
                left: scenario.delay.unwrap_or(ANY_TIME),
            };
        }
        Action::Answer(i) => {
            let Exchange::Asked { with, left } = state.exchanges[usize::from(i)] else {
                unreachable!("only a request is answered")
            };
            next.exchanges[usize::from(i)] =
                match refresh(rule, scenario, &mut next, with, answers)? {
                    // A refusal leaves the cookies alone.
                    None => Exchange::None,
                    Some(continued) => Exchange::Answered {
                        refresh: continued.sets_cookie.then_some(continued.token),
                        access: continued.token.generation,
                        left,
                    },
                };
        }
        Action::Deliver(i) => {
            let Exchange::Answered {
                refresh, access, ..
            } = state.exchanges[usize::from(i)]
            else {
                unreachable!("only an answer is delivered")
            };
            next.exchanges[usize::from(i)] = Exchange::None;
            next.jar = Jar {
                refresh: refresh.unwrap_or(state.jar.refresh),
                access,
            };
        }
        Action::LoseAnswer(i) => {
            let answer = state.exchanges[usize::from(i)];
            next.exchanges[usize::from(i)] = Exchange::None;
            if scenario.lost_in_a_row.is_some() && brings_the_current(state, answer) {
                let rows = iter::once(Some(state.row)).chain(state.earlier);
                for (lost, row) in next.truth.lost.iter_mut().zip(rows) {
                    if row.is_some_and(|row| row.current == state.row.current) {
                        *lost = lost.count();
                    }
                }
            }
        }
        Action::Use => use_access(rule, &mut next, state.jar.access)?,
        Action::Wait => wait(rule, &mut next),
        Action::LogOut => write(
            &mut next,
            Row {
                ended: Some(End::LoggedOut),
                ..state.row
            },
        ),
        Action::LoseWrites(writes) => lose_writes(&mut next, usize::from(writes)),
        Action::Steal => {
            next.loot = Some(Loot {
                presented: state.jar.refresh,
                latest: state.jar.refresh,
            });
        }
        Action::ThiefAsks(which) => {
            let token = looted(state, which);
            if let Some(continued) = refresh(rule, scenario, &mut next, token, answers)? {
                next.loot = Some(Loot {
                    presented: token,
                    latest: continued.token,
                });
            } else if state.row.ended.is_none() {
                answers.reused_by_thief += 1;
            }
        }
        Action::ThiefUses(which) => {
            use_access(rule, &mut next, looted(state, which).generation)?;
        }
    }
    Ok(next)
}

/// How often each answer was given.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Answers {
    pub(crate) rotated: u64,
    pub(crate) debounced: u64,
    pub(crate) arrived: u64,
    pub(crate) reissued: u64,
    pub(crate) reissued_late: u64,
    pub(crate) recovered: u64,
    pub(crate) reused: u64,
    /// Of those, where it was the thief who came with the older token.
    pub(crate) reused_by_thief: u64,
    pub(crate) ended: u64,
}

/// The server's part of a refresh.
fn refresh(
    rule: &dyn Rule,
    scenario: &Scenario,
    next: &mut State,
    token: Token,
    answers: &mut Answers,
) -> Result<Option<Continued>, Property> {
    let answer = rule.answer(next.row, token);
    let is_broken = |property: &&Property| property.is_broken(rule, next, token, &answer);
    if let Some(property) = scenario.checked.iter().find(is_broken) {
        return Err(*property);
    }
    let continued = match answer {
        Answer::Ended => {
            answers.ended += 1;
            return Ok(None);
        }
        Answer::Reused(row) => {
            answers.reused += 1;
            write(next, row);
            return Ok(None);
        }
        Answer::Continued(continued) => continued,
    };
    match continued.way {
        Way::Rotated => {
            answers.rotated += 1;
            next.truth.exchanged = Some((token, continued.token));
            next.truth.late = next.truth.late.next();
            used(next, token.generation);
        }
        Way::Recovered => {
            answers.recovered += 1;
            next.truth.exchanged = None;
            next.truth.late = InARow::default();
            used(next, token.generation);
        }
        Way::Acknowledged => {
            answers.arrived += 1;
            used(next, token.generation);
        }
        Way::Debounced => answers.debounced += 1,
        Way::Reissued => answers.reissued += 1,
        Way::ReissuedLate => {
            answers.reissued_late += 1;
            if next.row.age > 2 * rule.window() {
                next.truth.late = next.truth.late.count();
            }
        }
    }
    write(next, continued.row);
    match continued.way {
        Way::Rotated => next.truth.lost[0] = next.truth.lost[0].next(),
        Way::Recovered => next.truth.lost[0] = InARow::default(),
        _ => {}
    }
    Ok(Some(continued))
}

/// Uses an access token. It is one step: that a request with it takes its time shows the store
/// nothing new.
fn use_access(rule: &dyn Rule, next: &mut State, generation: u8) -> Result<(), Property> {
    if !rule.admits(next.row) {
        return Ok(());
    }
    if next.row.ended.is_some() {
        return Err(Property::TheEndIsFinal);
    }
    if generation == next.row.current.generation {
        used(next, generation);
        if !next.row.acknowledged {
            let row = rule.acknowledge(next.row);
            write(next, row);
        }
    }
    Ok(())
}

fn used(state: &mut State, generation: u8) {
    if generation > state.truth.used {
        state.truth.used = generation;
        state.truth.since = 0;
    }
}

fn write(state: &mut State, row: Row) {
    if row == state.row {
        return;
    }
    state.earlier.rotate_right(1);
    state.earlier[0] = Some(state.row);
    state.truth.lost.rotate_right(1);
    state.truth.lost[0] = state.truth.lost[1];
    state.row = row;
}

fn lose_writes(state: &mut State, writes: usize) {
    let Some(row) = state.earlier[writes - 1] else {
        unreachable!("there was such a write")
    };
    state.row = row;
    state.earlier.rotate_left(writes);
    state.earlier[HISTORY - writes..].fill(None);
    state.truth.lost.rotate_left(writes);
    state.truth.lost[1 + HISTORY - writes..].fill(InARow::default());
    state.losses -= 1;
    // What the store forgot nobody can hold against a token.
    let known = row.current.generation - u8::from(!row.acknowledged);
    state.truth.used = state.truth.used.min(known);
    state.truth.since = row.age;
    state.truth.exchanged = None;
    state.truth.late = row.late;
}

fn wait(rule: &dyn Rule, state: &mut State) {
    let after_the_window = rule.old().min(rule.window() + 1);
    let older = |row: &mut Row| {
        let old = if row.acknowledged {
            after_the_window
        } else {
            rule.old()
        };
        row.age = (row.age + 1).min(old);
    };
    older(&mut state.row);
    state.earlier.iter_mut().flatten().for_each(older);
    state.truth.since = (state.truth.since + 1).min(after_the_window);
    for exchange in &mut state.exchanges {
        if let Exchange::Asked { left, .. } | Exchange::Answered { left, .. } = exchange
            && *left != ANY_TIME
        {
            *left -= 1;
        }
    }
}

fn free(state: &mut State) -> &mut Exchange {
    let mut exchanges = state.exchanges.iter_mut();
    let free = exchanges.find(|exchange| **exchange == Exchange::None);
    free.expect("a tab asks only when it may")
}

/// More ticks than count.
const ANY_TIME: u8 = 14;
