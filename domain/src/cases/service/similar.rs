//! Cases that are likely to be the same matter as one, before it is reported and when it is dispatched, as far as the caller sees
//! them.

use crate::cases::model::Case;
use crate::cases::service::{Answer, CaseService};
use crate::cases::similar::{Matter, SimilarCase, SimilarTo, alike};
use crate::cases::store::list;
use crate::catalogue::{self, Nearness};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Reader, StoreError, Tx};

impl CaseService {
    /// Cases like a matter that is about to be reported, the nearest first: at most ten. None of a category that there is not.
    ///
    /// # Errors
    /// As the database says.
    pub async fn similar_to_matter(
        &self,
        _scope: &Scope,
        reader: &Reader,
        matter: Matter,
    ) -> Answer<Vec<SimilarCase>> {
        let tx = reader.tx().await?;
        let Matter { category, point, grid } = matter;
        Ok(similar(&tx, SimilarTo { category, point, grid, at: tx.now(), case: None }).await?)
    }

    /// Cases like a case, the same way.
    ///
    /// # Errors
    /// As the database says.
    pub async fn similar_to_case(
        &self,
        scope: &Scope,
        reader: &Reader,
        case: &Case,
    ) -> Answer<Vec<SimilarCase>> {
        Ok(similar(&*reader.tx().await?, SimilarTo::case(case, case.point_for(scope))).await?)
    }
}

async fn similar(tx: &Tx, to: SimilarTo) -> Result<Vec<SimilarCase>, StoreError> {
    let Some((_, terms)) = catalogue::directory::category(tx, to.category).await? else { return Ok(vec![]) };
    let nearness = told_apart(terms.nearness);
    // How far away a case lies whose point is not told would tell it.
    let told =
        |case: &Case| to.point.is_none() || case.point.is_none() || case.point_for(tx.scope()).is_some();
    let near = list::near(tx, &to, nearness).await?.into_iter().filter(told).collect();
    Ok(alike(&to, nearness, near))
}

/// How near two cases must be, as a category says.
fn told_apart(nearness: Nearness) -> Nearness {
    let metres = if mutant::active(Mutant::FarIsSimilar) { 100_000 } else { nearness.metres };
    let hours = if mutant::active(Mutant::LongAgoIsSimilar) { 100_000 } else { nearness.hours };
    Nearness { metres, hours }
}
