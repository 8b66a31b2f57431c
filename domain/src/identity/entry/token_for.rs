//! A token from the command line, without a password.

use crate::identity::entry::opened_by;
use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::kernel::failure::Failure;
use crate::kernel::scope::PlatformScope;

impl IdentityService {
    /// An access token of a new session for `login@district` on the word of whoever runs the machine.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for an unknown account, [`IdentityError::AccountDisabled`].
    pub async fn token_for(
        &self,
        platform: &PlatformScope,
        account: &str,
    ) -> Result<String, Failure<IdentityError>> {
        let (scope, account) = self.named(platform, account).await?;
        let tx = self.begin_bare(&scope).await?;
        Ok(self.open_session(tx, account, opened_by("command_line")).await?.access_token)
    }
}
