//! The chain of the audit trail: the canonical form of an entry, and the hash that ties it to the one before.
//!
//! Form 1 is the text `fengqiao-audit-1` and then nine fields in this order: tenant, sequence, id, at, account, action, target,
//! request id, detail. Each is its length as eight bytes, most significant first, and its bytes; an account that is absent is
//! eight bytes of ones and nothing else. Ids are their sixteen bytes, numbers eight bytes most significant first, texts UTF-8 as
//! they are stored. Lengths stand before the fields, so that no two entries have the same form. The hash is SHA-256 of the
//! 32 bytes of the hash before, which are zero before the first entry, and of the form.

mod walk;

use aws_lc_rs::digest::{Context, SHA256};

use crate::kernel::id::{AccountId, AuditId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};

pub use walk::{Break, Fault, Sealed, Walk};

/// The form that is written now. Whoever changes it gives it another number, and keeps this one to verify with.
pub const FORMAT: i32 = 1;

/// Begins form 1, so that its hashes are those of nothing else.
const NAME: &[u8] = b"fengqiao-audit-1";

/// A hash of the chain.
pub type Link = [u8; 32];

/// What the first entry of a chain is tied to.
pub const BEGINNING: Link = [0; 32];

/// An entry of the trail as it is hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// Whose it is.
    pub tenant: TenantId,
    /// Id.
    pub id: AuditId,
    /// When the change was made.
    pub at: Timestamp,
    /// Who made it; absent for the system itself.
    pub account: Option<AccountId>,
    /// What was done.
    pub action: String,
    /// Text form of the id of what it was done to.
    pub target: String,
    /// Id of the request.
    pub request_id: String,
    /// Facts as JSON, as they are stored.
    pub detail: String,
}

/// The hash of an entry at a place of the chain.
#[must_use]
pub fn link(before: &Link, sequence: i64, entry: &Audited) -> Link {
    let mut hash = Context::new(&SHA256);
    hash.update(if mutant::active(Mutant::UnchainedAudit) { &BEGINNING } else { before });
    hash.update(NAME);
    let field = |hash: &mut Context, bytes: &[u8]| {
        hash.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    };
    field(&mut hash, entry.tenant.uuid().as_bytes());
    field(&mut hash, &sequence.to_be_bytes());
    field(&mut hash, entry.id.uuid().as_bytes());
    field(&mut hash, &entry.at.micros().to_be_bytes());
    match entry.account {
        Some(account) => field(&mut hash, account.uuid().as_bytes()),
        None => hash.update(&u64::MAX.to_be_bytes()),
    }
    for text in [&entry.action, &entry.target, &entry.request_id, &entry.detail] {
        field(&mut hash, text.as_bytes());
    }
    let mut link = BEGINNING;
    link.copy_from_slice(hash.finish().as_ref());
    link
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn entry() -> Audited {
        Audited {
            tenant: TenantId::from_uuid(Uuid::from_u128(1)),
            id: AuditId::from_uuid(Uuid::from_u128(2)),
            at: Timestamp(1_795_334_400_000_000),
            account: Some(AccountId::from_uuid(Uuid::from_u128(3))),
            action: "case.report".to_owned(),
            target: "case_x".to_owned(),
            request_id: "r".to_owned(),
            detail: "{}".to_owned(),
        }
    }

    /// Reckoned by another program from the words above: the form is a promise to whoever verifies years later.
    #[test]
    fn the_form_is_as_it_is_described() {
        let system = Audited { account: None, ..entry() };
        assert_eq!(
            hex::encode(link(&BEGINNING, 1, &entry())),
            "81eaa3c632d2bd975086f668aac602b63d959d3f20475050cee4ef080942e026"
        );
        assert_eq!(
            hex::encode(link(&[7; 32], 2, &system)),
            "c82f684d21a8f1dec4ef64eb492c185beb49baa5fbed3073dc5069c1d0b022be"
        );
    }

    #[test]
    fn whatever_differs_in_an_entry_its_place_or_what_came_before_differs_in_the_hash() {
        let known = link(&BEGINNING, 1, &entry());
        let (tenant, id) = (TenantId::from_uuid(Uuid::from_u128(9)), AuditId::from_uuid(Uuid::from_u128(9)));
        let text = || "other".to_owned();
        for other in [
            Audited { tenant, ..entry() },
            Audited { id, ..entry() },
            Audited { at: Timestamp(1), ..entry() },
            Audited { account: None, ..entry() },
            Audited { action: text(), ..entry() },
            Audited { target: text(), ..entry() },
            Audited { request_id: text(), ..entry() },
            Audited { detail: text(), ..entry() },
            // What stands at the border of two fields.
            Audited { action: "case.reportc".to_owned(), target: "ase_x".to_owned(), ..entry() },
        ] {
            assert_ne!(link(&BEGINNING, 1, &other), known, "{other:?}");
        }
        assert_ne!(link(&BEGINNING, 2, &entry()), known);
        assert_ne!(link(&[1; 32], 1, &entry()), known);
    }
}
