//! What real HTTP clients sent to this program, sent again.

use handstamp_conformance::{LogOut, answers_recorded_clients};

use crate::service::Service;

#[test]
fn every_recorded_client_logs_in_reads_posts_refreshes_and_logs_out() {
    let server = Service::start(&[], &[]).unwrap();
    answers_recorded_clients(&server, LogOut::EndsTheSession);
}
