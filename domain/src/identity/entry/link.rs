//! Links to files: made for a signed-in caller, followed without a token.

use std::sync::Arc;

use uuid::Uuid;

use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::settings::MOST_LINK_SECONDS;
use crate::identity::token::{Bearer, LinkUse};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::store::StoreError;

/// Who follows a link, and where it leads.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The scope of whoever it was made for, as it is now.
    pub scope: Scope,
    /// What it is for.
    pub purpose: LinkUse,
    /// The bare id of the file.
    pub file: Uuid,
}

impl IdentityService {
    /// A link to a file that counts for some seconds, an hour at most; none for the system, which has no session.
    ///
    /// # Errors
    /// As the cryptographic library says.
    pub fn sign_link(
        &self,
        scope: &Scope,
        purpose: LinkUse,
        file: Uuid,
        seconds: i64,
    ) -> Result<Option<String>, StoreError> {
        let Some((account, session)) = scope.account().zip(scope.session()) else { return Ok(None) };
        let expires_at = self.db().now().plus_seconds(seconds.min(MOST_LINK_SECONDS));
        let bearer = Bearer { tenant: scope.tenant(), account, session, expires_at };
        let link = self.keys().sign_link(&self.rules(), &bearer, purpose, file);
        link.map(Some).map_err(|fault| StoreError::Internal(fault.to_string()))
    }

    /// Who follows a link: its session must be live, and counts with the grants it has now.
    ///
    /// # Errors
    /// [`IdentityError::TokenInvalid`], whatever is wrong with it.
    pub async fn follow_link(&self, link: &str, request_id: &str) -> Result<Linked, Failure<IdentityError>> {
        let invalid = || Failure::user("", IdentityError::TokenInvalid);
        let now = self.db().now();
        let opened = self.keys().verify_link(&self.rules(), link, now);
        let (bearer, purpose, file) = opened.map_err(|_| invalid())?;
        let who = Arc::new(self.read_who(&bearer, request_id).await?.ok_or_else(invalid)?);
        Ok(Linked { scope: Scope::new(who, request_id), purpose, file })
    }
}
