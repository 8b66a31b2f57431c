//! Adopt the shipped kinds of posts.

use std::collections::BTreeSet;

use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::staff::error::StaffError;
use crate::staff::model::PostKind;
use crate::staff::service::create_post_kind::made;
use crate::staff::service::{Answer, StaffService, mistake, permit_district, recorded, taken};
use crate::staff::{store, template};
use crate::store::{Begun, Done, StoreError};

impl StaffService {
    /// Creates those of the shipped kinds of posts whose codes the tenant does not have: all kinds it then
    /// has. Only those of some codes, when there are any. Doing it again changes nothing. Needs
    /// `STAFF_MANAGE` over the whole district.
    ///
    /// # Errors
    /// `NOT_FOUND` for a code that is not shipped.
    pub async fn adopt_post_kinds(&self, scope: &Scope, codes: &[String]) -> Answer<Vec<PostKind>> {
        permit_district(scope)?;
        let mut shipped = template::post_kinds().map_err(|fault| StoreError::Internal(fault.to_string()))?;
        let unknown = codes.iter().position(|code| shipped.iter().all(|row| row.code != *code));
        if let Some(position) = unknown {
            return Err(Failure::user(&format!("codes.{position}"), StaffError::NotFound));
        }
        shipped.retain(|row| codes.is_empty() || codes.contains(&row.code));
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Ok(store::post_kinds(&*self.db.reader(scope).tx().await?).await?),
        };
        let known: BTreeSet<String> =
            store::post_kinds(&tx).await?.into_iter().map(|post| post.code).collect();
        for row in shipped.into_iter().filter(|row| !known.contains(&row.code)) {
            let post = made(&tx, row.parsed().map_err(mistake)?);
            tx.insert(store::post_kind_row(&tx, &post)).await.map_err(taken)?;
            recorded(&mut tx, "post_kind.created", "post_kind", &post.id, post.id.uuid(), post.version);
        }
        let posts = store::post_kinds(&tx).await?;
        tx.commit(Done { id: scope.tenant().uuid(), version: 1 }).await?;
        Ok(posts)
    }
}
