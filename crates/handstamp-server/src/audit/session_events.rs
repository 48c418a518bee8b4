//! Events of sessions, which the library reports, as records.

use handstamp_axum::handstamp::session::{EventKind, SessionEvent};
use handstamp_axum::handstamp::store::EndReason;
use handstamp_axum::handstamp::store::rotation::Reuse;

use super::log::AuditLog;
use super::record::{By, Event, Record};
use super::request::AuditedRequest;

/// Records an event, if it is one of those that are kept. A log-in is not: it is refused where it
/// cannot be recorded, so its route does it.
pub(crate) fn record(log: &AuditLog, event: &SessionEvent) {
    let (kind, reason) = match event.kind {
        EventKind::Adopted => (Event::SessionAdopted, None),
        EventKind::Reused(reuse) => {
            let reason = match reuse {
                Reuse::Recent => "recent",
                Reuse::Stale => "stale",
                Reuse::Late => "late",
            };
            (Event::RefreshReused, Some(reason))
        }
        EventKind::Revoked(EndReason::LoggedOut) => (Event::LogOut, None),
        EventKind::Revoked(reason) => (Event::SessionEnded, Some(reason.name())),
        _ => return,
    };
    let request = AuditedRequest::current();
    if request
        .as_ref()
        .is_some_and(|request| request.hides(&event.session))
    {
        return;
    }
    let by = match event.kind {
        EventKind::Revoked(EndReason::Limit) => By::Service,
        // A replay proves that there are two holders, and not who of them this is.
        EventKind::Reused(_) => By::Client,
        _ if request.is_some() => By::User,
        _ => By::Service,
    };
    let mut record = Record::new(kind, by)
        .of_account(&event.account)
        .in_session(&event.session);
    if let Some(request) = &request {
        record = record.by_client(request.client());
    }
    if let Some(reason) = reason {
        record = record.because(reason);
    }
    log.record(record);
}
