//! The rounds, and what is made of them.

use std::collections::BTreeMap;
use std::error::Error;

use crate::running::{Route, Running, Turn};

/// All turns, by contender and route, in the order of the rounds.
pub struct Measured(BTreeMap<(&'static str, Route), Vec<Turn>>);

impl Measured {
    /// Lets all contenders have their turns. Every second round goes backwards, so that a machine
    /// that gets slower favours nobody.
    ///
    /// # Errors
    /// Returns an error if an answer is wrong.
    pub async fn by(running: &[Running], rounds: usize) -> Result<Self, Box<dyn Error>> {
        let mut measured = BTreeMap::<_, Vec<Turn>>::new();
        for round in 0..rounds {
            eprint!("\rround {} of {rounds}", round + 1);
            for route in [Route::Get, Route::Post] {
                let mut order: Vec<_> = running.iter().collect();
                if round % 2 == 1 {
                    order.reverse();
                }
                for one in order {
                    if one.routes().any(|its| its == route) {
                        let turns = measured.entry((one.contender.name, route)).or_default();
                        turns.push(one.turn(route).await?);
                    }
                }
            }
        }
        eprintln!();
        Ok(Self(measured))
    }

    /// Returns the turns of a contender, none if it was not measured.
    pub fn turns(&self, name: &str, route: Route) -> &[Turn] {
        let found = self
            .0
            .iter()
            .find(|((its, at), _)| *its == name && *at == route);
        found.map_or(&[], |(_, turns)| turns)
    }

    /// Returns processor times of all rounds, none if it was not measured.
    pub fn cpu(&self, name: &str, route: Route) -> Vec<f64> {
        self.turns(name, route)
            .iter()
            .map(|turn| turn.cpu)
            .collect()
    }

    /// Compares two contenders, round by round: how much more the first takes, as a share of what
    /// the second does.
    pub fn above(&self, name: &str, base: &str, route: Route) -> Option<Spread> {
        let pairs = self.cpu(name, route).into_iter().zip(self.cpu(base, route));
        Spread::of(pairs.map(|(one, base)| one / base - 1.0).collect())
    }
}

/// The median, and the quartiles around it.
#[derive(Clone, Copy)]
pub struct Spread {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

impl Spread {
    /// Returns `None` if there are no values.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| values.get(values.len() * quarter / 4).copied();
        Some(Self {
            low: at(1)?,
            median: at(2)?,
            high: at(3)?,
        })
    }

    /// Returns the median of one figure of all turns.
    pub fn median(turns: &[Turn], figure: impl Fn(&Turn) -> f64) -> Option<f64> {
        Self::of(turns.iter().map(figure).collect()).map(|spread| spread.median)
    }
}
