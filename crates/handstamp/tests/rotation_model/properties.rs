//! What has to hold, step by step.

use std::fmt;

use crate::rules::{Answer, Rule, Way};
use crate::state::{State, Token};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Property {
    /// Without a thief no refresh is refused before log-out.
    NobodyIsLoggedOutByAccident,
    /// A token, a later one of which was used longer ago than the window, ends the session, whoever
    /// presents it.
    ReuseEndsTheSession,
    /// Who presents the same token is given the same successor, or nothing.
    HoldersConverge,
    /// After the end of a session nothing of it is accepted.
    TheEndIsFinal,
    /// The generation falls only when the store loses writes.
    GenerationsRise,
    /// No three generations in a row go on only by an answer later than two windows.
    WhoKeepsStepIsFoundOut,
    /// No session ends by a refresh: for scenarios that show how one does.
    NoSessionEnds,
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NobodyIsLoggedOutByAccident => "nobody is logged out by accident",
            Self::ReuseEndsTheSession => "an old token that comes back ends the session",
            Self::HoldersConverge => "holders of one token converge",
            Self::TheEndIsFinal => "the end is final",
            Self::GenerationsRise => "generations rise",
            Self::WhoKeepsStepIsFoundOut => {
                "no three generations in a row go on only by a late answer"
            }
            Self::NoSessionEnds => "no session ends by a refresh",
        })
    }
}

pub(crate) const ALL: [Property; 6] = [
    Property::NobodyIsLoggedOutByAccident,
    Property::ReuseEndsTheSession,
    Property::HoldersConverge,
    Property::TheEndIsFinal,
    Property::GenerationsRise,
    Property::WhoKeepsStepIsFoundOut,
];

/// With a thief, answers may get lost as often as they like, so the user may be logged out.
pub(crate) const WITH_A_THIEF: [Property; 5] = [
    Property::ReuseEndsTheSession,
    Property::HoldersConverge,
    Property::TheEndIsFinal,
    Property::GenerationsRise,
    Property::WhoKeepsStepIsFoundOut,
];

impl Property {
    /// Whether this answer to this refresh token breaks it.
    pub(crate) fn is_broken(
        self,
        rule: &dyn Rule,
        state: &State,
        token: Token,
        answer: &Answer,
    ) -> bool {
        let truth = &state.truth;
        let continued = match answer {
            Answer::Ended => return false,
            Answer::Reused(_) => {
                return match self {
                    Self::NobodyIsLoggedOutByAccident => state.loot.is_none(),
                    Self::NoSessionEnds => true,
                    _ => false,
                };
            }
            Answer::Continued(continued) => continued,
        };
        match self {
            Self::NobodyIsLoggedOutByAccident | Self::NoSessionEnds => false,
            Self::ReuseEndsTheSession => {
                token.generation < truth.used && truth.since > rule.window()
            }
            Self::HoldersConverge => truth
                .exchanged
                .is_some_and(|(from, to)| from == token && to != continued.token),
            Self::TheEndIsFinal => state.row.ended.is_some(),
            Self::GenerationsRise => {
                continued.row.current.generation < state.row.current.generation
            }
            Self::WhoKeepsStepIsFoundOut => {
                let late = truth.late;
                continued.way == Way::ReissuedLate
                    && state.row.age > 2 * rule.window()
                    && !late.current
                    && late.with_current() > 2
            }
        }
    }
}
