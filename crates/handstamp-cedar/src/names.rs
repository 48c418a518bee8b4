//! Tables of the names that a question can have, so that none is parsed.

use std::collections::HashMap;

/// Makes a table by the full name, and by the short one where it is of one only.
pub(crate) fn by_name<'s, T: Clone + PartialEq + 's>(
    all: impl Iterator<Item = &'s T>,
    full: impl Fn(&T) -> String,
    short: impl Fn(&T) -> String,
) -> HashMap<String, T> {
    let all: Vec<&T> = all.collect();
    let mut table = HashMap::new();
    for one in &all {
        let name = short(one);
        if all.iter().all(|other| other == one || short(other) != name) {
            table.insert(name, (*one).clone());
        }
    }
    for one in &all {
        table.insert(full(one), (*one).clone());
    }
    table
}
