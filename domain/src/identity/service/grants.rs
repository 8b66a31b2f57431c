//! Reading role grants.

use std::collections::HashMap;

use crate::identity::administered::Administered;
use crate::identity::error::IdentityError;
use crate::identity::model::{GrantTarget, RoleGrant};
use crate::identity::role::Role;
use crate::identity::service::IdentityService;
use crate::identity::store::{self, GrantPage};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, RoleGrantId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::{Reader, StoreError, Tx};

/// Which grants a list shows.
#[derive(Clone, Debug, Default)]
pub struct GrantFilter {
    /// Grants at exactly this target.
    pub target: Option<GrantTarget>,
    /// Grants of this role.
    pub role: Option<Role>,
    /// Grants that count now; without it also those to come, past and revoked.
    pub in_force: bool,
}

impl IdentityService {
    /// A grant. Everyone sees their own, staff those of the staff, and whoever administers accounts those
    /// of everybody in their territory.
    ///
    /// # Errors
    /// As the store says.
    pub async fn role_grant(
        &self,
        scope: &Scope,
        reader: &Reader,
        id: RoleGrantId,
    ) -> Result<Option<RoleGrant>, Failure<IdentityError>> {
        let tx = reader.tx().await?;
        let Some(grant) = store::grant_by_id(&tx, id).await? else { return Ok(None) };
        let administered = Administered::of(&tx).await?;
        Ok(shown(scope, &administered, &grant).then_some(grant))
    }

    /// What accounts hold, will hold or held, revoked grants left out: for loaders.
    ///
    /// # Errors
    /// As the store says.
    pub async fn role_grants_of(
        &self,
        scope: &Scope,
        reader: &Reader,
        accounts: &[AccountId],
    ) -> Result<HashMap<AccountId, Vec<RoleGrant>>, Failure<IdentityError>> {
        let tx = reader.tx().await?;
        let administered = Administered::of(&tx).await?;
        let mut found: HashMap<AccountId, Vec<RoleGrant>> = HashMap::new();
        for grant in store::grants_of(&tx, accounts).await? {
            if shown(scope, &administered, &grant) {
                found.entry(grant.account).or_default().push(grant);
            }
        }
        Ok(found)
    }

    /// A page of grants, newest first: who works in a grid, who handles for a town.
    ///
    /// # Errors
    /// As the store says.
    pub async fn role_grants_page(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &GrantFilter,
        request: &PageRequest,
    ) -> Result<Page<RoleGrant>, Failure<IdentityError>> {
        let tx = reader.tx().await?;
        Ok(store::grants_page(&tx, &wanted(&tx, filter).await?, request).await?)
    }

    /// How many grants the filter finds, counted no further than the page's limit of counting.
    ///
    /// # Errors
    /// As the store says.
    pub async fn role_grants_count(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &GrantFilter,
    ) -> Result<u64, Failure<IdentityError>> {
        let tx = reader.tx().await?;
        Ok(store::grants_count(&tx, &wanted(&tx, filter).await?).await?)
    }
}

/// Where residents live is not for every member of the staff to list.
fn shown(scope: &Scope, administered: &Administered, grant: &RoleGrant) -> bool {
    grant.role.is_staff() || scope.account() == Some(grant.account) || administered.holds(grant.target)
}

async fn wanted(tx: &Tx, filter: &GrantFilter) -> Result<GrantPage, StoreError> {
    Ok(GrantPage {
        target: filter.target,
        role: filter.role,
        administered: Administered::of(tx).await?,
        in_force: filter.in_force,
    })
}
