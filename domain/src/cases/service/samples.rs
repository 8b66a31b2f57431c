//! Reading samples of closed cases: whoever draws them where one was drawn sees it, and of its cases those that they see.

use crate::cases::sampling::{CaseSample, SampledCase};
use crate::cases::service::{Answer, CaseService};
use crate::cases::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::CaseSampleId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::permission::Permission;
use crate::kernel::place::Territory;
use crate::kernel::scope::Scope;
use crate::store::Reader;

/// Where the caller draws samples and sees those of others.
pub(super) fn territory(scope: &Scope) -> Territory {
    let everywhere = scope.is_system() || mutant::active(Mutant::NoSampleReach);
    let mut covered = Territory { district: everywhere, ..Territory::default() };
    for held in scope.held().iter().filter(|held| held.permissions.holds(Permission::CaseSample)) {
        covered.district |= held.territory.district;
        covered.towns.extend(&held.territory.towns);
        covered.villages.extend(&held.territory.villages);
    }
    covered
}

impl CaseService {
    /// A sample; none for whom it is not.
    ///
    /// # Errors
    /// As the database says.
    pub async fn sample(
        &self,
        scope: &Scope,
        reader: &Reader,
        id: CaseSampleId,
    ) -> Answer<Option<CaseSample>> {
        if !scope.permits(Permission::CaseSample) {
            return Ok(None);
        }
        Ok(store::sample::by_id(&*reader.tx().await?, &territory(scope), id).await?)
    }

    /// A page of samples, newest first. Needs `CASE_SAMPLE`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn samples(
        &self,
        scope: &Scope,
        reader: &Reader,
        page: &PageRequest,
    ) -> Answer<Page<CaseSample>> {
        if !scope.permits(Permission::CaseSample) {
            return Err(Failure::Denied);
        }
        Ok(store::sample::page(&*reader.tx().await?, &territory(scope), page).await?)
    }

    /// How many samples there are, counted no further than the page limit of counts. Needs `CASE_SAMPLE`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_samples(&self, scope: &Scope, reader: &Reader) -> Answer<u64> {
        if !scope.permits(Permission::CaseSample) {
            return Err(Failure::Denied);
        }
        Ok(store::sample::count(&*reader.tx().await?, &territory(scope)).await?)
    }

    /// A page of the cases of a sample that the caller was given, in the order in which they were drawn.
    ///
    /// # Errors
    /// As the database says.
    pub async fn sampled(
        &self,
        scope: &Scope,
        reader: &Reader,
        sample: CaseSampleId,
        page: &PageRequest,
    ) -> Answer<Page<SampledCase>> {
        if !scope.permits(Permission::CaseSample) {
            return Err(Failure::Denied);
        }
        Ok(store::sample::item_page(&*reader.tx().await?, sample, page).await?)
    }

    /// How many of the cases of a sample the caller sees.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_sampled(&self, scope: &Scope, reader: &Reader, sample: CaseSampleId) -> Answer<u64> {
        if !scope.permits(Permission::CaseSample) {
            return Err(Failure::Denied);
        }
        Ok(store::sample::count_items(&*reader.tx().await?, sample).await?)
    }
}
