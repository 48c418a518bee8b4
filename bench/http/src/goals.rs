//! What handstamp promises of its cost, and whether that is so.

use std::fmt::Write as _;

use crate::measure::{Measured, Spread};
use crate::running::Route;

/// A figure that is made of the processor times of one round: `(of - minus) / over`.
struct Goal {
    title: &'static str,
    route: Route,
    of: &'static str,
    /// Nothing is subtracted for a ratio.
    minus: Option<&'static str>,
    over: &'static str,
    at_most: f64,
    /// What is not good enough, but not refused.
    limit: Option<f64>,
}

/// Returns lines of Markdown, and whether all goals are met of which there are figures.
pub fn judge(measured: &Measured) -> (String, bool) {
    let mut lines = String::from(HEAD);
    let mut all_met = true;
    for goal in &GOALS {
        let Some(found) = goal.figure(measured) else {
            continue;
        };
        let is_met = found.median <= goal.at_most;
        all_met &= is_met;
        let verdict = match goal.limit {
            _ if is_met => "met",
            Some(limit) if found.median <= limit => "MISSED, within the limit",
            Some(_) => "MISSED, and the limit too",
            None => "MISSED",
        };
        // Writing to a text cannot fail.
        let _ = writeln!(
            lines,
            "| {} | {} | {} | {} to {} | {verdict} |",
            goal.title,
            goal.show_at_most(),
            goal.show(found.median),
            goal.show(found.low),
            goal.show(found.high),
        );
    }
    (lines, all_met)
}

impl Goal {
    fn figure(&self, measured: &Measured) -> Option<Spread> {
        let of = measured.cpu(self.of, self.route);
        let over = measured.cpu(self.over, self.route);
        let minus = match self.minus {
            Some(name) => measured.cpu(name, self.route),
            None => vec![0.0; of.len()],
        };
        let rounds = of.into_iter().zip(minus).zip(over);
        Spread::of(
            rounds
                .map(|((of, minus), over)| (of - minus) / over)
                .collect(),
        )
    }

    fn show(&self, value: f64) -> String {
        match self.minus {
            Some(_) => format!("{:+.1} %", value * 100.0),
            None => format!("{value:.2}"),
        }
    }

    fn show_at_most(&self) -> String {
        let goal = self.show(self.at_most);
        self.limit.map_or(goal.clone(), |limit| {
            format!("{goal}; limit {}", self.show(limit))
        })
    }
}

const HEAD: &str = "\
| processor time of the server for one request | goal, at most | median | quartiles | |
|---|---:|---:|---:|---|
";

const GOALS: [Goal; 7] = [
    Goal {
        title: "protected GET on axum, above the unprotected route",
        route: Route::Get,
        of: "handstamp-axum",
        minus: Some("axum"),
        over: "axum",
        at_most: 0.12,
        limit: Some(0.18),
    },
    Goal {
        title: "POST with CSRF on axum, above the unprotected route",
        route: Route::Post,
        of: "handstamp-axum",
        minus: Some("axum"),
        over: "axum",
        at_most: 0.14,
        limit: None,
    },
    Goal {
        title: "protected GET on actix-web, above the unprotected route",
        route: Route::Get,
        of: "handstamp-actix",
        minus: Some("actix"),
        over: "actix",
        at_most: 0.12,
        limit: Some(0.18),
    },
    Goal {
        title: "POST with CSRF on actix-web, above the unprotected route",
        route: Route::Post,
        of: "handstamp-actix",
        minus: Some("actix"),
        over: "actix",
        at_most: 0.14,
        limit: None,
    },
    Goal {
        title: "protected GET on axum, to the jar and jsonwebtoken",
        route: Route::Get,
        of: "handstamp-axum",
        minus: None,
        over: "jar",
        at_most: 0.60,
        limit: None,
    },
    Goal {
        title: "protected GET on axum without a store, to axum-login with its memory store",
        route: Route::Get,
        of: "handstamp-axum",
        minus: None,
        over: "axum-login",
        at_most: 0.66,
        limit: None,
    },
    Goal {
        title: "sessions in memory, above no store, in points of the unprotected route",
        route: Route::Get,
        of: "handstamp-axum-memory",
        minus: Some("handstamp-axum"),
        over: "axum",
        at_most: 0.02,
        limit: None,
    },
];
