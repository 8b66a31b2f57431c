//! Loads accounts by id, many at a time, within one request.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use fengqiao_domain::Reader;
use fengqiao_domain::identity::{Account, IdentityService};
use fengqiao_domain::kernel::id::AccountId;

use crate::graphql::kit::fault::Fault;

/// Loads accounts as the caller sees them.
pub struct AccountLoader {
    /// The use cases.
    pub service: IdentityService,
    /// The request's snapshot.
    pub reader: Reader,
}

impl Loader<AccountId> for AccountLoader {
    type Value = Account;
    type Error = Fault;

    async fn load(&self, keys: &[AccountId]) -> Result<HashMap<AccountId, Account>, Self::Error> {
        self.service.accounts(self.reader.scope(), &self.reader, keys).await.map_err(Fault::from_failure)
    }
}
