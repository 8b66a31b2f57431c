//! What the caller may do.

use std::collections::BTreeSet;

use crate::identity::error::IdentityError;
use crate::identity::model::{GrantTarget, Viewer};
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::store::{Reader, StoreError};

impl IdentityService {
    /// The caller's account, permissions, grants in force and the targets of these.
    ///
    /// # Errors
    /// [`Failure::Denied`] for the system, which is nobody.
    pub async fn viewer(&self, scope: &Scope, reader: &Reader) -> Result<Viewer, Failure<IdentityError>> {
        let Some(id) = scope.account() else { return Err(Failure::Denied) };
        let tx = reader.tx().await?;
        let account = store::accounts(&tx, &[id]).await?.pop();
        let account = account.ok_or_else(|| StoreError::corrupt("accounts", "id", id))?;
        let grants = store::grants_in_force(&tx, id).await?;
        let targets: BTreeSet<GrantTarget> = grants.iter().map(|grant| grant.target).collect();
        Ok(Viewer {
            account,
            session: scope.session(),
            permissions: scope.permissions(),
            grants,
            targets: targets.into_iter().collect(),
        })
    }
}
