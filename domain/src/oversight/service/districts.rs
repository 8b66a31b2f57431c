//! The districts that the caller may read by their leave.

use crate::kernel::failure::Failure;
use crate::kernel::id::{OversightGrantId, Timestamp};
use crate::kernel::scope::Scope;
use crate::oversight::model::OverseenDistrict;
use crate::oversight::service::{Answer, OversightService};
use crate::store::Reader;

impl OversightService {
    /// Those that they may read now or later, by code.
    ///
    /// # Errors
    /// [`Failure::Denied`] for the system, which is nobody.
    pub async fn districts(&self, scope: &Scope, reader: &Reader) -> Answer<Vec<OverseenDistrict>> {
        let Some(account) = scope.account() else { return Err(Failure::Denied) };
        let now = self.db.now();
        let offered = reader.tx().await?.lookup_oversight(account).await?;
        let lasting = offered.into_iter().filter(|row| now < Timestamp(row.until_at));
        let mut districts: Vec<OverseenDistrict> = lasting
            .map(|row| OverseenDistrict {
                grant: OversightGrantId::from_uuid(row.id),
                code: row.code,
                name: row.name,
                since: Timestamp(row.since_at),
                until: Timestamp(row.until_at),
            })
            .collect();
        districts.sort_by(|left, right| (&left.code, left.since).cmp(&(&right.code, right.since)));
        Ok(districts)
    }
}
