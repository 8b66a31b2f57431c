//! Where a case goes when it comes in, asked of the store: its place, the office of the place, and who answers for it.

use crate::cases::error::CaseError;
use crate::cases::routing::{self, Arrival, Candidates};
use crate::cases::service::Answer;
use crate::cases::{store, target};
use crate::catalogue::{self, EffectiveTerms};
use crate::kernel::failure::Failure;
use crate::kernel::id::{CategoryId, UnitId};
use crate::kernel::place::{Place, Sensitivity};
use crate::org::PlaceSource;
use crate::programmes::Programme;
use crate::store::{StoreError, Tx};

/// What counts for cases of a category that cases are filed under.
pub(super) async fn terms(tx: &Tx, category: CategoryId) -> Answer<EffectiveTerms> {
    match catalogue::directory::category(tx, category).await? {
        None => Err(Failure::user("categoryId", CaseError::NotFound)),
        Some((category, _)) if !category.active => {
            Err(Failure::user("categoryId", CaseError::CategoryRetired))
        }
        Some((_, terms)) => Ok(terms),
    }
}

/// What decides where a case goes.
#[derive(Clone, Copy)]
pub(super) struct Matter<'a> {
    pub(super) category: CategoryId,
    pub(super) terms: &'a EffectiveTerms,
    pub(super) sensitivity: Sensitivity,
    pub(super) place: (Place, PlaceSource),
    /// The programme that the case follows, and the stage that it is at.
    pub(super) opens: (&'a Programme, &'a str),
}

/// Where it goes, and who could have it.
pub(super) async fn arrival(
    tx: &Tx,
    matter: Matter<'_>,
    district: UnitId,
) -> Result<(Arrival, Candidates), StoreError> {
    let Matter { category, terms, sensitivity, place: (place, source), opens: (programme, stage) } = matter;
    let mut candidates =
        Candidates { office: target::arrival(&place, sensitivity, district), owners: vec![], duty: None };
    let heard = routing::heeds_owner(programme, stage);
    if heard && routing::asks_owner(terms.routing, source, sensitivity) {
        let answering = catalogue::directory::answering(tx, category, &place).await?;
        candidates.duty = answering.duty;
        candidates.owners = store::access::with_open_cases(tx, &answering.organisations).await?;
    }
    Ok((routing::arrival(&candidates, terms.routing, source, sensitivity), candidates))
}
