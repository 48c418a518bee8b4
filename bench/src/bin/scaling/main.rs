//! Measures how handstamp grows: with a second core, with sessions in memory, with tabs that
//! refresh at one moment, with what a request and its token contain, and what databases that many
//! nodes share pay for it.
//!
//! Arguments are the parts to measure: `threads`, `storm`, `contents`, `databases`; without any,
//! all. Panics if an answer is wrong.

mod bare;
mod contents;
mod databases;
#[path = "../endurance/stores.rs"]
mod measured;
mod plot;
mod storm;
mod threads;

use std::env;

fn main() {
    let chosen: Vec<String> = env::args().skip(1).collect();
    let parts: [(&str, fn()); 4] = [
        ("threads", threads::measure),
        ("storm", storm::measure),
        ("contents", contents::measure),
        ("databases", databases::measure),
    ];
    for (name, measure) in parts {
        if chosen.is_empty() || chosen.iter().any(|part| part == name) {
            measure();
            println!();
        }
    }
}

fn median<T: Copy>(mut values: Vec<T>, order: impl Fn(&T, &T) -> std::cmp::Ordering) -> T {
    values.sort_by(order);
    values[values.len() / 2]
}
