//! Two recorders as one.

use std::sync::Arc;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

/// Records everything twice.
#[derive(Debug)]
pub(crate) struct Both<A, B>(pub(crate) A, pub(crate) B);

impl<A: Recorder, B: Recorder> Recorder for Both<A, B> {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_counter(name.clone(), unit, help.clone());
        self.1.describe_counter(name, unit, help);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_gauge(name.clone(), unit, help.clone());
        self.1.describe_gauge(name, unit, help);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_histogram(name.clone(), unit, help.clone());
        self.1.describe_histogram(name, unit, help);
    }

    fn register_counter(&self, key: &Key, of: &Metadata<'_>) -> Counter {
        let both = Both(
            self.0.register_counter(key, of),
            self.1.register_counter(key, of),
        );
        Counter::from_arc(Arc::new(both))
    }

    fn register_gauge(&self, key: &Key, of: &Metadata<'_>) -> Gauge {
        let both = Both(
            self.0.register_gauge(key, of),
            self.1.register_gauge(key, of),
        );
        Gauge::from_arc(Arc::new(both))
    }

    fn register_histogram(&self, key: &Key, of: &Metadata<'_>) -> Histogram {
        let both = Both(
            self.0.register_histogram(key, of),
            self.1.register_histogram(key, of),
        );
        Histogram::from_arc(Arc::new(both))
    }
}

impl CounterFn for Both<Counter, Counter> {
    fn increment(&self, value: u64) {
        self.0.increment(value);
        self.1.increment(value);
    }

    fn absolute(&self, value: u64) {
        self.0.absolute(value);
        self.1.absolute(value);
    }
}

impl GaugeFn for Both<Gauge, Gauge> {
    fn increment(&self, value: f64) {
        self.0.increment(value);
        self.1.increment(value);
    }

    fn decrement(&self, value: f64) {
        self.0.decrement(value);
        self.1.decrement(value);
    }

    fn set(&self, value: f64) {
        self.0.set(value);
        self.1.set(value);
    }
}

impl HistogramFn for Both<Histogram, Histogram> {
    fn record(&self, value: f64) {
        self.0.record(value);
        self.1.record(value);
    }
}
