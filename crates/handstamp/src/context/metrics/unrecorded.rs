//! What is left of the metrics without the feature: nothing.

#![expect(clippy::unused_self, reason = "as the one that counts has it")]

use super::{Asked, Uneventful};
use crate::context::EventKind;
use crate::error::{RejectionKind, StoreError};

pub(in crate::context) struct Metrics;

/// When the answer began to be waited for: it is not read.
pub(in crate::context) struct Since;

impl Metrics {
    pub(in crate::context) fn new() -> Self {
        Self
    }

    pub(in crate::context) fn admitted(&self) {}

    pub(in crate::context) fn anonymous(&self) {}

    pub(in crate::context) fn refused(&self, _: &RejectionKind) {}

    pub(in crate::context) fn event(&self, _: EventKind) {}

    pub(in crate::context) fn refreshed(&self, _: Uneventful) {}

    pub(in crate::context) fn ask(&self) -> Since {
        Since
    }

    pub(in crate::context) fn answered<T>(&self, _: Asked, _: Since, _: &Result<T, StoreError>) {}
}
