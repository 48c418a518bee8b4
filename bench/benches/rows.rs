//! Benchmarks every row of `handstamp_bench::rows` with criterion.

use criterion::{Criterion, criterion_group, criterion_main};
use handstamp_bench::rows::rows;

fn all_rows(criterion: &mut Criterion) {
    for row in rows() {
        let mut group = criterion.benchmark_group(row.name);
        for (contender, job) in row.contenders() {
            group.bench_function(contender, |bencher| bencher.iter(job));
        }
        group.finish();
    }
}

criterion_group!(benches, all_rows);
criterion_main!(benches);
