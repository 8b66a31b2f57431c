//! The scope of an account from the command line, for what is done in its name there.

use std::sync::Arc;

use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::{resolve, store};
use crate::kernel::failure::Failure;
use crate::kernel::scope::{PlatformScope, Scope, Who};

impl IdentityService {
    /// The scope of `login@district` with the grants it has now, on the word of whoever runs the machine.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for an unknown account, [`IdentityError::AccountDisabled`].
    pub async fn scope_for(
        &self,
        platform: &PlatformScope,
        account: &str,
    ) -> Result<Scope, Failure<IdentityError>> {
        let (bare, account) = self.named(platform, account).await?;
        let tx = self.db().reader(&bare).tx().await?;
        let mut grants = store::grants_in_force(&tx, account).await?;
        // Nobody acts as an overseer but by a session at home.
        grants.retain(|grant| !grant.role.is_lent());
        let held = resolve::held(&tx, &grants).await?;
        let who = Who {
            tenant: bare.tenant(),
            account: Some(account),
            session: None,
            held,
            system: false,
            reads_only: false,
        };
        Ok(Scope::new(Arc::new(who), bare.request_id()))
    }
}
