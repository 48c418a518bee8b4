//! What stands in for `otlp.rs` where the program is built without the feature `otlp`: nothing is
//! ever sent, since there is no value of this type.

use std::future::Ready;
use std::time::Duration;

use metrics::NoopRecorder;

use super::collector::Collector;

#[derive(Debug)]
pub(crate) enum Otlp {}

impl Otlp {
    /// Refuses, as reading the arguments does before.
    pub(crate) fn new(_: &Collector) -> Result<Self, &'static str> {
        Err("built without the feature `otlp`")
    }

    pub(crate) fn recorder(&self) -> NoopRecorder {
        match *self {}
    }

    pub(crate) fn stop(self, _: Duration) -> Ready<()> {
        match self {}
    }
}
