//! The listing of `docs/monitoring.md`.

use std::error::Error;

use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Auth, Config, handstamp};
use metrics::Recorder;

/// Returns an `Auth` that counts.
///
/// # Errors
/// When a recorder was installed before.
pub fn counting(
    recorder: impl Recorder + Send + Sync + 'static,
    config: Config,
) -> Result<Auth, Box<dyn Error>> {
    let installed = metrics::set_global_recorder(recorder); // before the `Auth` is built
    installed.map_err(|_| "another recorder is installed")?;
    let auth = handstamp::Auth::builder(config).store(MemoryStore::new());
    Ok(auth.build()?.into())
}
