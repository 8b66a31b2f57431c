//! Set what each grid of the tenant needs.

use std::collections::BTreeMap;

use crate::kernel::failure::Failure;
use crate::kernel::id::{PostKindId, StaffingRuleId};
use crate::kernel::scope::Scope;
use crate::staff::command::{LIST_LIMIT, SetRequirement};
use crate::staff::error::StaffError;
use crate::staff::model::{Requirement, StaffingRule};
use crate::staff::service::{Answer, StaffService, mistake, permit_district, recorded};
use crate::staff::store;
use crate::store::{Begun, Done};

impl StaffService {
    /// Sets the staffing rule from now on; the former one keeps answering for the past. Needs `STAFF_MANAGE`
    /// over the whole district.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown kind of post; `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `TOO_GREAT`.
    pub async fn set_staffing_rule(
        &self,
        scope: &Scope,
        requirements: Vec<SetRequirement>,
    ) -> Answer<StaffingRule> {
        permit_district(scope)?;
        if requirements.len() > LIST_LIMIT {
            return Err(Failure::user("requirements", StaffError::TooMany { limit: LIST_LIMIT }));
        }
        let requirements = requirements.into_iter().enumerate();
        let requirements = requirements.map(|(position, demand)| demand.checked(position));
        let requirements = requirements.collect::<Result<Vec<_>, _>>().map_err(mistake)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.rule_done(scope, done).await,
        };
        let known: BTreeMap<PostKindId, String> =
            store::post_kinds(&tx).await?.into_iter().map(|post| (post.id, post.code)).collect();
        let requirements = requirements.into_iter().enumerate();
        let requirements = requirements.map(|(position, demand)| by_codes(&known, position, demand));
        let requirements = requirements.collect::<Answer<Vec<Requirement>>>()?;
        let id: StaffingRuleId = tx.new_id();
        let serial = tx.take_serials(store::RULES, 1).await?;
        tx.insert(store::rule_row(&tx, id, serial, &requirements)?).await?;
        recorded(&mut tx, "staffing_rule.set", "staffing_rule", &id, id.uuid(), 1);
        let since = Some(tx.now());
        tx.commit(Done { id: id.uuid(), version: 1 }).await?;
        Ok(StaffingRule { id: Some(id), since, requirements })
    }

    async fn rule_done(&self, scope: &Scope, done: Done) -> Answer<StaffingRule> {
        let tx = self.db.reader(scope).tx().await?;
        let found = store::rule_by_id(&tx, StaffingRuleId::from_uuid(done.id)).await?;
        found.ok_or_else(|| Failure::user("", StaffError::NotFound))
    }
}

/// A demand as it is kept: kinds of posts by code, as the shipped rule names them.
fn by_codes(
    known: &BTreeMap<PostKindId, String>,
    position: usize,
    demand: SetRequirement,
) -> Answer<Requirement> {
    let code = |(place, id): (usize, &PostKindId)| {
        let path = format!("requirements.{position}.postKindIds.{place}");
        known.get(id).cloned().ok_or_else(|| Failure::user(&path, StaffError::NotFound))
    };
    Ok(Requirement {
        posts: demand.posts.iter().enumerate().map(code).collect::<Answer<_>>()?,
        name_zh: demand.name_zh,
        name_en: demand.name_en,
        grid_kind: demand.grid_kind,
        minimum: demand.minimum,
    })
}
