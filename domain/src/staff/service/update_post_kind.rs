//! Change a kind of post. Its role and targets stay: its holders have them.

use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::staff::command::{self, UpdatePostKind};
use crate::staff::error::StaffError;
use crate::staff::model::PostKind;
use crate::staff::service::{Answer, StaffService, mistake, permit_district, recorded};
use crate::staff::store;
use crate::store::{Begun, Done};

impl StaffService {
    /// Changes a kind of post. Needs `STAFF_MANAGE` over the whole district.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`.
    pub async fn update_post_kind(&self, scope: &Scope, command: UpdatePostKind) -> Answer<PostKind> {
        permit_district(scope)?;
        let name = |text: Option<&str>, path: &str| {
            text.map(|text| command::name(text, path)).transpose().map_err(mistake)
        };
        let name_zh = name(command.name_zh.as_deref(), "nameZh")?;
        let name_en = name(command.name_en.as_deref(), "nameEn")?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.post_kind_done(scope, done).await,
        };
        let Some(before) = store::locked_post_kind(&tx, command.post_kind).await? else {
            return Err(Failure::user("postKindId", StaffError::NotFound));
        };
        if before.version != command.expected_version {
            let current_version = before.version;
            return Err(Failure::user("expectedVersion", StaffError::Conflict { current_version }));
        }
        let after = PostKind {
            name_zh: name_zh.unwrap_or_else(|| before.name_zh.clone()),
            name_en: name_en.unwrap_or_else(|| before.name_en.clone()),
            exclusive: command.exclusive.unwrap_or(before.exclusive),
            employment: command.employment.unwrap_or(before.employment),
            state: command.state.unwrap_or(before.state),
            version: before.version + 1,
            ..before
        };
        store::update_post_kind(&tx, &after, command.expected_version).await?;
        recorded(&mut tx, "post_kind.updated", "post_kind", &after.id, after.id.uuid(), after.version);
        tx.commit(Done { id: after.id.uuid(), version: after.version }).await?;
        Ok(after)
    }
}
