//! Reading accounts.

use std::collections::HashMap;

use crate::identity::administered::Administered;
use crate::identity::error::IdentityError;
use crate::identity::model::{Account, AccountState};
use crate::identity::phone::Phone;
use crate::identity::service::IdentityService;
use crate::identity::store::{self, AccountPage};
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Reader, StoreError, Tx};

/// Which accounts a list shows.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// Logins that begin with this.
    pub login_prefix: Option<String>,
    /// Accounts with exactly this telephone number.
    pub phone: Option<Phone>,
    /// Accounts in this state.
    pub state: Option<AccountState>,
}

impl IdentityService {
    /// An account. Staff see every account of the tenant, everyone else their own.
    ///
    /// # Errors
    /// As the store says.
    pub async fn account(
        &self,
        _scope: &Scope,
        reader: &Reader,
        id: AccountId,
    ) -> Result<Option<Account>, Failure<IdentityError>> {
        Ok(store::accounts(&*reader.tx().await?, &[id]).await?.pop())
    }

    /// Accounts by id, for loaders; those that the caller does not see are left out.
    ///
    /// # Errors
    /// As the store says.
    pub async fn accounts(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[AccountId],
    ) -> Result<HashMap<AccountId, Account>, Failure<IdentityError>> {
        let found = store::accounts(&*reader.tx().await?, ids).await?;
        Ok(found.into_iter().map(|account| (account.id, account)).collect())
    }

    /// A page of the accounts that the caller administers, by login: the tenant's, or those of whoever
    /// holds or will hold a role in the caller's territory.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::AccountRead`], [`Failure::Overloaded`] when the day's lookups by number are used up.
    pub async fn accounts_page(
        &self,
        scope: &Scope,
        reader: &Reader,
        filter: &AccountFilter,
        request: &PageRequest,
    ) -> Result<Page<Account>, Failure<IdentityError>> {
        let tx = self.listing(scope, reader).await?;
        if filter.phone.is_some() {
            self.count_lookup(scope).await?;
        }
        Ok(store::accounts_page(&tx, &wanted(&tx, filter).await?, request).await?)
    }

    /// How many accounts the filter finds, counted no further than the page's limit of counting.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::AccountRead`].
    pub async fn accounts_count(
        &self,
        scope: &Scope,
        reader: &Reader,
        filter: &AccountFilter,
    ) -> Result<u64, Failure<IdentityError>> {
        let tx = self.listing(scope, reader).await?;
        Ok(store::accounts_count(&tx, &wanted(&tx, filter).await?).await?)
    }

    async fn listing(
        &self,
        scope: &Scope,
        reader: &Reader,
    ) -> Result<std::sync::Arc<Tx>, Failure<IdentityError>> {
        if !scope.permits(Permission::AccountRead) {
            return Err(Failure::Denied);
        }
        Ok(reader.tx().await?)
    }
}

async fn wanted(tx: &Tx, filter: &AccountFilter) -> Result<AccountPage, StoreError> {
    let prefix = filter.login_prefix.as_deref().map(str::trim).filter(|prefix| !prefix.is_empty());
    Ok(AccountPage {
        login_prefix: prefix.map(str::to_owned),
        phone_blind: filter.phone.as_ref().map(|phone| store::blind_phone(tx, phone)).transpose()?,
        state: filter.state,
        administered: Administered::of(tx).await?,
    })
}
