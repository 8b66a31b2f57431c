//! Tables of the kernel's ports: audit, outbox and idempotency.

pub mod audit_entry;
pub mod audit_head;
pub mod audit_pending;
pub mod audit_seal;
pub mod idempotency_record;
pub mod outbox_event;
pub mod outbox_head;
pub mod serial;
