//! Every interleaving, breadth first, so that what is found is found by a shortest way.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use crate::actions::{Action, possible};
use crate::properties::Property;
use crate::rules::Rule;
use crate::scenario::Scenario;
use crate::state::{Key, State};
use crate::step::{Answers, step};
use crate::trace::Trace;

/// What was seen: everything that can be reached, or all that is nearer than a broken property.
pub(crate) struct Explored {
    pub(crate) states: usize,
    pub(crate) transitions: usize,
    /// How many steps the farthest state is away from log-in.
    pub(crate) depth: usize,
    pub(crate) answers: Answers,
    pub(crate) broken: Option<(Property, Trace)>,
}

pub(crate) fn explore(rule: &dyn Rule, scenario: &Scenario) -> Explored {
    let first = State::after_log_in(scenario.losses);
    let mut seen: HashSet<Key, BuildHasherDefault<KeyHasher>> = HashSet::default();
    seen.insert(first.key());
    let mut nodes: Vec<Node> = Vec::new();
    let mut layer = vec![(None, first)];
    let mut explored = Explored {
        states: 0,
        transitions: 0,
        depth: 0,
        answers: Answers::default(),
        broken: None,
    };
    let mut actions = Vec::new();
    while !layer.is_empty() && explored.broken.is_none() {
        let mut next_layer = Vec::new();
        'layer: for (node, state) in &layer {
            possible(rule, state, scenario, &mut actions);
            for action in &actions {
                explored.transitions += 1;
                match step(rule, scenario, state, *action, &mut explored.answers) {
                    Err(property) => {
                        let trace = Trace::told(rule, scenario, &path(&nodes, *node, *action));
                        explored.broken = Some((property, trace));
                        break 'layer;
                    }
                    Ok(next) => {
                        let (next, _) = next.canonical();
                        if seen.insert(next.key()) {
                            let number = u32::try_from(nodes.len()).expect("fewer than 2^32");
                            nodes.push(Node {
                                from: *node,
                                action: *action,
                            });
                            next_layer.push((Some(number), next));
                        }
                    }
                }
            }
        }
        explored.depth += usize::from(!next_layer.is_empty());
        layer = next_layer;
    }
    explored.states = seen.len();
    explored
}

/// How a state was reached for the first time.
struct Node {
    from: Option<u32>,
    action: Action,
}

fn path(nodes: &[Node], mut from: Option<u32>, last: Action) -> Vec<Action> {
    let mut path = vec![last];
    while let Some(number) = from {
        let node = &nodes[number as usize];
        path.push(node.action);
        from = node.from;
    }
    path.reverse();
    path
}

/// Mixes the words of a key. The standard hasher takes most of the time without optimisation.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks_exact(8) {
            let word = u64::from_le_bytes(word.try_into().expect("there are eight"));
            self.0 = (self.0 ^ word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29);
        }
    }

    /// The length of the key, which is always the same.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
