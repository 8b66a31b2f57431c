//! Create a kind of post.

use crate::kernel::failure::Failure;
use crate::kernel::id::PostKindId;
use crate::kernel::scope::Scope;
use crate::staff::command::CreatePostKind;
use crate::staff::error::StaffError;
use crate::staff::model::{PostKind, PostKindState};
use crate::staff::service::{Answer, StaffService, mistake, permit_district, recorded, taken};
use crate::staff::store;
use crate::store::{Begun, Done, Tx};

impl StaffService {
    /// Creates a kind of post. Needs `STAFF_MANAGE` over the whole district.
    ///
    /// # Errors
    /// `CODE_TAKEN`, `INVALID_CODE`, `POST_TARGET_MISMATCH`, `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`.
    pub async fn create_post_kind(&self, scope: &Scope, command: CreatePostKind) -> Answer<PostKind> {
        permit_district(scope)?;
        let command = command.checked().map_err(mistake)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.post_kind_done(scope, done).await,
        };
        let post = made(&tx, command);
        tx.insert(store::post_kind_row(&tx, &post)).await.map_err(taken)?;
        recorded(&mut tx, "post_kind.created", "post_kind", &post.id, post.id.uuid(), post.version);
        tx.commit(Done { id: post.id.uuid(), version: post.version }).await?;
        Ok(post)
    }

    /// The kind of post that an earlier use of the key made or changed.
    pub(super) async fn post_kind_done(&self, scope: &Scope, done: Done) -> Answer<PostKind> {
        let tx = self.db.reader(scope).tx().await?;
        let found = store::post_kind_by_id(&tx, PostKindId::from_uuid(done.id)).await?;
        found.ok_or_else(|| Failure::user("", StaffError::NotFound))
    }
}

/// A new kind of post with the values of a checked command.
pub(super) fn made(tx: &Tx, command: CreatePostKind) -> PostKind {
    PostKind {
        id: tx.new_id(),
        code: command.code,
        name_zh: command.name_zh,
        name_en: command.name_en,
        role: command.role,
        targets: command.targets,
        exclusive: command.exclusive,
        employment: command.employment,
        state: PostKindState::Active,
        version: 1,
    }
}
