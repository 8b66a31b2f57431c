//! Tells other processes that an account may do something else from now on.

use serde_json::json;
use uuid::Uuid;

use crate::kernel::event::{ACCESS, EventDraft};
use crate::kernel::id::AccountId;
use crate::kernel::place::Visibility;
use crate::store::WriteTx;

/// What changed of what an account may do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Changed {
    /// One of [`ACCESS`].
    pub(super) aggregate: &'static str,
    /// Bare id of it.
    pub(super) id: Uuid,
    /// Its version after the change.
    pub(super) version: i64,
    /// Name of the event.
    pub(super) name: &'static str,
}

/// Records that what an account may do has changed, or that a session of it has ended: whoever remembers it forgets it.
/// It does not say who did it and why, which is for the audit trail.
pub(super) fn access_changed(tx: &mut WriteTx, account: AccountId, changed: Changed) {
    debug_assert!(ACCESS.contains(&changed.aggregate), "nobody would hear of {}", changed.aggregate);
    tx.record(EventDraft {
        aggregate: changed.aggregate,
        aggregate_id: changed.id,
        version: changed.version,
        name: changed.name,
        payload: json!({ "account": account.uuid() }),
        before: None,
        after: Visibility { internal: true, principals: vec![account.uuid()], ..Visibility::default() },
    });
}

/// Records that a session has ended before its time.
pub(super) fn session_ended(tx: &mut WriteTx, account: AccountId, session: Uuid) {
    access_changed(
        tx,
        account,
        Changed { aggregate: "session", id: session, version: 1, name: "session.ended" },
    );
}
