//! A recorder of the facade `metrics`, and the text that Prometheus reads.
//!
//! It keeps a number for each counter and gauge and fixed buckets for each histogram, so its memory
//! depends on the series alone: nothing must be read or cleaned up in time. Writing the text is the
//! only thing that takes a lock which recording does not.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{
    Counter, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

/// All series of this process. Clones are one registry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Registry(Arc<Mutex<BTreeMap<String, Family>>>);

/// The series of one name.
#[derive(Debug, Default)]
struct Family {
    help: String,
    /// By their labels, as the text has them.
    series: BTreeMap<String, Series>,
}

#[derive(Debug, Clone)]
enum Series {
    Counter(Arc<AtomicU64>),
    /// The bits of a floating-point number.
    Gauge(Arc<AtomicU64>),
    Histogram(Arc<Buckets>),
}

impl Registry {
    /// Returns all series in the [text format] of Prometheus.
    ///
    /// [text format]: https://prometheus.io/docs/instrumenting/exposition_formats/
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (name, family) in &*self.lock() {
            family.write(name, &mut text);
        }
        text
    }

    fn describe(&self, name: &KeyName, help: &str) {
        let mut families = self.lock();
        let family = families.entry(name.as_str().to_owned()).or_default();
        help.clone_into(&mut family.help);
    }

    fn register(&self, key: &Key, new: fn() -> Series) -> Series {
        let mut families = self.lock();
        let family = families.entry(key.name().to_owned()).or_default();
        let series = family.series.entry(labels(key));
        series.or_insert_with(new).clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Family>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name that is registered as another kind of series gives one that counts nothing.
impl Recorder for Registry {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&name, &help);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&name, &help);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&name, &help);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match self.register(key, || Series::Counter(Arc::default())) {
            Series::Counter(counter) => Counter::from_arc(counter),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        match self.register(key, || Series::Gauge(Arc::default())) {
            Series::Gauge(gauge) => Gauge::from_arc(gauge),
            _ => Gauge::noop(),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        match self.register(key, || Series::Histogram(Arc::default())) {
            Series::Histogram(histogram) => Histogram::from_arc(histogram),
            _ => Histogram::noop(),
        }
    }
}

impl Family {
    fn write(&self, name: &str, text: &mut String) {
        let Some(first) = self.series.values().next() else {
            return;
        };
        let kind = match first {
            Series::Counter(_) => "counter",
            Series::Gauge(_) => "gauge",
            Series::Histogram(_) => "histogram",
        };
        let help = self.help.replace('\\', r"\\").replace('\n', r"\n");
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, series) in &self.series {
            let braces = |labels: &str| match labels {
                "" => String::new(),
                _ => format!("{{{labels}}}"),
            };
            match series {
                Series::Counter(count) => {
                    let count = count.load(Ordering::Relaxed);
                    let _ = writeln!(text, "{name}{} {count}", braces(labels));
                }
                Series::Gauge(bits) => {
                    let value = f64::from_bits(bits.load(Ordering::Relaxed));
                    let _ = writeln!(text, "{name}{} {value}", braces(labels));
                }
                Series::Histogram(buckets) => {
                    let comma = if labels.is_empty() { "" } else { "," };
                    let mut count = 0;
                    for (bound, values) in buckets.read() {
                        count += values;
                        let labels = format!("{labels}{comma}le=\"{bound}\"");
                        let _ = writeln!(text, "{name}_bucket{{{labels}}} {count}");
                    }
                    let sum = f64::from_bits(buckets.sum.load(Ordering::Relaxed));
                    let labels = braces(labels);
                    let _ = writeln!(
                        text,
                        "{name}_sum{labels} {sum}\n{name}_count{labels} {count}"
                    );
                }
            }
        }
    }
}

/// How many values are at most as large as each bound, and larger than the one before.
#[derive(Debug, Default)]
struct Buckets {
    counts: [AtomicU64; BOUNDS.len()],
    larger: AtomicU64,
    sum: AtomicU64,
}

impl Buckets {
    /// Returns the bounds in ascending order, each with the values that no bound before has.
    fn read(&self) -> impl Iterator<Item = (String, u64)> {
        let counts = self.counts.iter().chain([&self.larger]);
        let bounds = BOUNDS.iter().map(f64::to_string);
        let bounds = bounds.chain(["+Inf".to_owned()]);
        bounds.zip(counts.map(|count| count.load(Ordering::Relaxed)))
    }
}

impl HistogramFn for Buckets {
    fn record(&self, value: f64) {
        let bucket = BOUNDS.partition_point(|bound| *bound < value);
        let count = self.counts.get(bucket).unwrap_or(&self.larger);
        count.fetch_add(1, Ordering::Relaxed);
        GaugeFn::increment(&self.sum, value);
    }
}

/// Returns the labels as the text has them, without braces.
fn labels(key: &Key) -> String {
    let label = |label: &metrics::Label| {
        let value = label.value().replace('\\', r"\\");
        let value = value.replace('"', "\\\"").replace('\n', r"\n");
        format!("{}=\"{value}\"", label.key())
    };
    key.labels().map(label).collect::<Vec<_>>().join(",")
}

/// In seconds: from a look into memory to a store that is given up.
pub(super) const BOUNDS: [f64; 12] = [
    0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];

#[cfg(test)]
mod tests {
    use metrics::{counter, describe_counter, gauge, histogram, with_local_recorder};

    use super::Registry;

    fn text(record: impl FnOnce()) -> String {
        let registry = Registry::default();
        with_local_recorder(&registry, record);
        registry.text()
    }

    #[test]
    fn each_kind_of_series_is_written_as_prometheus_reads_it() {
        type Record = fn();
        let rows: [(&str, Record, &str); 6] = [
            ("nothing", || (), ""),
            (
                "a counter, at zero and counted",
                || {
                    describe_counter!("a_total", "All\nof \\ them.");
                    drop(counter!("a_total", "b" => "zero"));
                    counter!("a_total", "b" => "more").increment(2);
                },
                "# HELP a_total All\\nof \\\\ them.\n# TYPE a_total counter\n\
                 a_total{b=\"more\"} 2\na_total{b=\"zero\"} 0\n",
            ),
            (
                "a gauge without labels",
                || {
                    gauge!("g").increment(2.5);
                    gauge!("g").decrement(1);
                },
                "# HELP g \n# TYPE g gauge\ng 1.5\n",
            ),
            (
                "a value of a label that must be escaped",
                || counter!("a_total", "b" => "\"\\\n").increment(1),
                "# HELP a_total \n# TYPE a_total counter\na_total{b=\"\\\"\\\\\\n\"} 1\n",
            ),
            (
                "a name of two kinds is of the first",
                || {
                    counter!("a_total").increment(1);
                    gauge!("a_total").set(7);
                },
                "# HELP a_total \n# TYPE a_total counter\na_total 1\n",
            ),
            (
                "a name that is only described",
                || describe_counter!("a_total", "All."),
                "",
            ),
        ];
        for (sentence, record, expected) in rows {
            assert_eq!(text(record), expected, "{sentence}");
        }
    }

    #[test]
    fn a_histogram_counts_each_value_in_its_bucket_and_in_all_larger_ones() {
        let text = text(|| {
            let seconds = histogram!("s", "a" => "b");
            for value in [0.0001, 0.0002, 0.003, 4.0, 60.0] {
                seconds.record(value);
            }
        });
        for line in [
            "# TYPE s histogram",
            "s_bucket{a=\"b\",le=\"0.0001\"} 1",
            "s_bucket{a=\"b\",le=\"0.0005\"} 2",
            "s_bucket{a=\"b\",le=\"0.0025\"} 2",
            "s_bucket{a=\"b\",le=\"0.005\"} 3",
            "s_bucket{a=\"b\",le=\"1\"} 3",
            "s_bucket{a=\"b\",le=\"5\"} 4",
            "s_bucket{a=\"b\",le=\"+Inf\"} 5",
            "s_sum{a=\"b\"} 64.0033",
            "s_count{a=\"b\"} 5",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}: {text}");
        }
    }
}
