//! What other slices ask of cases inside their own transaction.

use std::collections::BTreeSet;

use crate::cases::door::finds_the_door;
use crate::cases::model::{Audience, Case, TimelineEntry};
use crate::cases::store;
use crate::cases::store::seal::{self, Column};
use crate::cases::{access, actor};
use crate::kernel::id::{CaseId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::place::{Address, Visibility};
use crate::kernel::whole::{Person, Whole};
use crate::programmes::{CaseAct, Relation};
use crate::store::{StoreError, Tx};

/// A case as whoever asks sees it now, with what people wrote.
pub(crate) struct CaseDigest {
    /// The case.
    pub(crate) case: Case,
    /// What was seen or heard.
    pub(crate) description: String,
    /// The address where it occurred, as whoever asks is told it.
    pub(crate) address: Option<Address>,
    /// The entry that was asked for; none where whoever asks may not read it.
    pub(crate) entry: Option<TimelineEntry>,
    /// The entry of the result that stands; none without one, and where whoever asks may not read it.
    pub(crate) result: Option<TimelineEntry>,
}

/// A case with the entry that made a version of it; none when whoever asks does not see it.
pub(crate) async fn digest(tx: &Tx, id: CaseId, version: i64) -> Result<Option<CaseDigest>, StoreError> {
    let Some(case) = store::by_id(tx, id).await? else { return Ok(None) };
    let open = |column, sealed: &[u8]| seal::open(tx.vault(), tx.scope().tenant(), column, id.uuid(), sealed);
    let description = open(Column::Description, &case.sealed.description)?;
    let address = address(tx, &case)?;
    let entry = store::entry::at_version(tx, id, version).await?;
    let result = match case.resolution {
        Some(_) => store::entry::latest_of(tx, id, CaseAct::Complete).await?,
        None => None,
    };
    Ok(Some(CaseDigest { case, description, address, entry, result }))
}

fn address(tx: &Tx, case: &Case) -> Result<Option<Address>, StoreError> {
    let Some(sealed) = &case.sealed.address else { return Ok(None) };
    let (scope, row) = (tx.scope(), case.id.uuid());
    if !finds_the_door(scope, case) {
        return Ok(Some(Address::ToVillage));
    }
    let opened = seal::open(tx.vault(), scope.tenant(), Column::Address, row, sealed)?;
    Ok(Some(Address::Whole(opened)))
}

/// Whoever reported a case, whole, and where it occurred: for a caller with a grant that allows it and by which the case is theirs. Of the reporter
/// only who may read of them is told, and of an anonymous one nobody.
pub(crate) async fn whole_reporter(tx: &Tx, id: CaseId) -> Result<Whole, StoreError> {
    let Some(case) = store::by_id(tx, id).await? else { return Ok(Whole::Unknown) };
    let actor = actor::somebody(tx.scope(), &case);
    let masked = [Relation::Assignee, Relation::Territory]
        .into_iter()
        .any(|relation| actor.may(relation, Permission::ReporterRead));
    let allowed = actor::allowed_by_own_grant(tx.scope(), Permission::PersonalReveal, &case)
        || mutant::active(Mutant::RevealAnywhere);
    let of_reporter = masked && !case.anonymous;
    if !allowed || !of_reporter && case.sealed.address.is_none() {
        return Ok(Whole::Refused);
    }
    let open = |column, sealed: &Option<Vec<u8>>, told: bool| {
        let sealed = sealed.as_deref().filter(|_| told);
        sealed
            .map(|sealed| seal::open(tx.vault(), tx.scope().tenant(), column, id.uuid(), sealed))
            .transpose()
    };
    Ok(Whole::of(Person {
        name: open(Column::ReporterName, &case.sealed.reporter_name, of_reporter)?,
        phone: open(Column::ReporterPhone, &case.sealed.reporter_phone, of_reporter)?,
        address: open(Column::Address, &case.sealed.address, true)?,
    }))
}

/// A case as whoever asks sees it now, with what people wrote of how it stands.
pub(crate) struct CaseStanding {
    /// The case.
    pub(crate) case: Case,
    /// What was seen or heard.
    pub(crate) description: String,
    /// The address where it occurred, as whoever asks is told it.
    pub(crate) address: Option<Address>,
    /// When something was done to it last that whoever asks may read.
    pub(crate) updated_at: Timestamp,
    /// What was written last when its state changed; none where nothing was, and where whoever asks may not read it.
    pub(crate) note: Option<String>,
}

/// How some cases stand, in their order.
pub(crate) async fn standings(tx: &Tx, cases: Vec<Case>) -> Result<Vec<CaseStanding>, StoreError> {
    let ids: Vec<CaseId> = cases.iter().map(|case| case.id).collect();
    // What staff write for staff, and when, does not leave.
    let mut updated = store::entry::latest_for_everyone(tx, &ids).await?;
    let mut notes = store::entry::notes_for_everyone(tx, &ids).await?;
    let standing = |case: Case| {
        let (row, tenant) = (case.id.uuid(), tx.scope().tenant());
        let open = |column, sealed: &[u8]| seal::open(tx.vault(), tenant, column, row, sealed);
        let updated_at = updated.remove(&case.id).unwrap_or(case.opened_at);
        let note = notes.remove(&case.id);
        Ok(CaseStanding {
            description: open(Column::Description, &case.sealed.description)?,
            address: address(tx, &case)?,
            updated_at,
            note,
            case,
        })
    };
    cases.into_iter().map(standing).collect()
}

/// Cases by number, in no order; those out of reach are left out.
pub(crate) async fn by_numbers(tx: &Tx, numbers: &[String]) -> Result<Vec<Case>, StoreError> {
    store::by_numbers(tx, numbers).await
}

/// Who sees a case now, as everyone who reads of it does.
pub(crate) async fn visibility(tx: &Tx, case: &Case) -> Result<Visibility, StoreError> {
    let rows = store::access::of_case(tx, case.id).await?;
    Ok(access::visibility(case, &rows, tx.now(), Audience::Everyone))
}

/// Those of some cases that came from a system.
pub(crate) async fn of_source(
    tx: &Tx,
    source: &str,
    cases: &[CaseId],
) -> Result<BTreeSet<CaseId>, StoreError> {
    let cases = store::by_ids(tx, cases).await?.into_iter();
    let came = cases.filter(|case| case.external.as_ref().is_some_and(|external| external.source == source));
    Ok(came.map(|case| case.id).collect())
}

/// The case with a number in another system; none when whoever asks does not see it.
pub(crate) async fn by_external(tx: &Tx, source: &str, number: &str) -> Result<Option<Case>, StoreError> {
    store::by_external(tx, source, number).await
}

/// Cases by id, in no order; those out of reach are left out.
pub(crate) async fn by_ids(tx: &Tx, ids: &[CaseId]) -> Result<Vec<Case>, StoreError> {
    store::by_ids(tx, ids).await
}
