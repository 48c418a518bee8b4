//! Labels whose values are known before the first request, and the counters of all of them.

use std::marker::PhantomData;

use metrics::{Counter, counter, describe_counter};

/// A label with a closed set of values.
pub(super) trait Label: Copy + 'static {
    /// The name of the label.
    const NAME: &'static str;
    /// All values, each at its [`index`](Self::index).
    const ALL: &'static [Self];

    fn text(self) -> &'static str;

    fn index(self) -> usize;
}

/// One counter for each value of a label. All are made at once, so that each is there, at zero,
/// before it counts, and none can be added.
pub(super) struct Counters<L> {
    counters: Vec<Counter>,
    label: PhantomData<fn(L)>,
}

impl<L: Label> Counters<L> {
    pub(super) fn new(name: &'static str, help: &'static str) -> Self {
        describe_counter!(name, help);
        let counter = |value: &L| counter!(name, L::NAME => value.text());
        Self {
            counters: L::ALL.iter().map(counter).collect(),
            label: PhantomData,
        }
    }

    pub(super) fn add(&self, value: L) {
        // There is one for each value.
        if let Some(counter) = self.counters.get(value.index()) {
            counter.increment(1);
        }
    }
}

/// Makes the enum of a label, with the texts of its values.
macro_rules! label {
    (
        $(#[$about:meta])*
        $label:ident $name:literal {
            $($(#[$meaning:meta])* $value:ident $text:literal,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy)]
        pub(super) enum $label {
            $($(#[$meaning])* $value,)+
        }

        impl Label for $label {
            const NAME: &'static str = $name;
            const ALL: &'static [Self] = &[$(Self::$value,)+];

            fn text(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }

            fn index(self) -> usize {
                self as usize
            }
        }
    };
}

pub(super) use label;
