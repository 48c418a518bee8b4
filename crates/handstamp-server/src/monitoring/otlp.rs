//! A recorder of the facade `metrics` that sends what it counts to an OpenTelemetry collector.
//!
//! The SDK sends from a thread of its own, each minute unless `OTEL_METRIC_EXPORT_INTERVAL` says
//! otherwise, and logs what fails. A collector that is away holds up no request.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key as SeriesKey, KeyName, Metadata,
    Recorder, SharedString, Unit,
};
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry::{Key, KeyValue};
use opentelemetry_otlp::{MetricExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{SdkMeterProvider, Temporality};

use super::collector::Collector;
use super::recorder::BOUNDS;

/// Sends to a collector until it is stopped.
#[derive(Debug)]
pub(crate) struct Otlp(SdkMeterProvider);

impl Otlp {
    pub(crate) fn new(collector: &Collector) -> Result<Self, Box<dyn Error>> {
        let exporter = MetricExporter::builder()
            .with_http()
            .with_endpoint(collector.to_string())
            // Each message has all counts, so that a lost one loses nothing.
            .with_temporality(Temporality::Cumulative)
            .build()?;
        let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter);
        Ok(Self(provider.with_resource(resource()?).build()))
    }

    pub(crate) fn recorder(&self) -> OtlpRecorder {
        OtlpRecorder {
            meter: self.0.meter("handstamp"),
            help: Mutex::default(),
        }
    }

    /// Sends what was counted last. A collector that does not answer in this time is left.
    pub(crate) async fn stop(self, within: Duration) {
        let stop = tokio::task::spawn_blocking(move || self.0.shutdown());
        let problem = match tokio::time::timeout(within, stop).await {
            Ok(Ok(Ok(()))) => return,
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the collector does not answer".to_owned(),
        };
        tracing::warn!("the last metrics were not sent: {problem}");
    }
}

/// Who sends. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` come first.
///
/// The instance is this process: without it, the counts of two nodes would be those of one series.
fn resource() -> Result<Resource, getrandom::Error> {
    let given = Resource::builder().build();
    let is_given = |name: &'static str| {
        let value = given.get(&Key::from_static_str(name));
        value.is_some_and(|value| !value.as_str().starts_with("unknown_service"))
    };
    let own = [
        ("service.name", "handstamp".to_owned()),
        ("service.version", env!("CARGO_PKG_VERSION").to_owned()),
        ("service.instance.id", format!("{:016x}", getrandom::u64()?)),
    ];
    let own = own.into_iter().filter(|(name, _)| !is_given(name));
    let own = own.map(|(name, value)| KeyValue::new(name, value));
    Ok(Resource::builder().with_attributes(own).build())
}

/// Makes an instrument of the SDK for each series.
#[derive(Debug)]
pub(crate) struct OtlpRecorder {
    meter: Meter,
    help: Mutex<BTreeMap<String, String>>,
}

impl OtlpRecorder {
    fn describe(&self, name: &KeyName, help: &str) {
        let mut helps = self.help.lock().unwrap_or_else(PoisonError::into_inner);
        helps.insert(name.as_str().to_owned(), help.to_owned());
    }

    fn help(&self, key: &SeriesKey) -> String {
        let helps = self.help.lock().unwrap_or_else(PoisonError::into_inner);
        helps.get(key.name()).cloned().unwrap_or_default()
    }
}

impl Recorder for OtlpRecorder {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&name, &help);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&name, &help);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&name, &help);
    }

    fn register_counter(&self, key: &SeriesKey, _: &Metadata<'_>) -> Counter {
        let counter = self.meter.u64_counter(key.name().to_owned());
        let counter = counter.with_description(self.help(key)).build();
        let labels = labels(key);
        // The series is there from the start.
        counter.add(0, &labels);
        Counter::from_arc(Arc::new(Counted { counter, labels }))
    }

    fn register_gauge(&self, key: &SeriesKey, _: &Metadata<'_>) -> Gauge {
        let bits = Arc::new(AtomicU64::new(0));
        let (read, labels) = (Arc::clone(&bits), labels(key));
        let gauge = self.meter.f64_observable_gauge(key.name().to_owned());
        let gauge = gauge
            .with_description(self.help(key))
            .with_callback(move |observer| {
                observer.observe(f64::from_bits(read.load(Ordering::Relaxed)), &labels);
            });
        let _callback_of_the_meter = gauge.build();
        Gauge::from_arc(bits)
    }

    fn register_histogram(&self, key: &SeriesKey, _: &Metadata<'_>) -> Histogram {
        let histogram = self.meter.f64_histogram(key.name().to_owned());
        let histogram = histogram.with_description(self.help(key));
        let histogram = histogram.with_boundaries(BOUNDS.to_vec()).build();
        let labels = labels(key);
        Histogram::from_arc(Arc::new(Measured { histogram, labels }))
    }
}

struct Counted {
    counter: opentelemetry::metrics::Counter<u64>,
    labels: Vec<KeyValue>,
}

impl CounterFn for Counted {
    fn increment(&self, value: u64) {
        self.counter.add(value, &self.labels);
    }

    /// No series of this program is set to a count that is kept elsewhere.
    fn absolute(&self, _: u64) {}
}

struct Measured {
    histogram: opentelemetry::metrics::Histogram<f64>,
    labels: Vec<KeyValue>,
}

impl HistogramFn for Measured {
    fn record(&self, value: f64) {
        self.histogram.record(value, &self.labels);
    }
}

fn labels(key: &SeriesKey) -> Vec<KeyValue> {
    let label =
        |label: &metrics::Label| KeyValue::new(label.key().to_owned(), label.value().to_owned());
    key.labels().map(label).collect()
}
