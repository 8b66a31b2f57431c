//! Granting a role.

use std::collections::BTreeSet;

use serde_json::json;

use crate::identity::command::{CATEGORY_LIMIT, GrantRole};
use crate::identity::error::IdentityError;
use crate::identity::limit::Wanted;
use crate::identity::model::{GrantTarget, RoleGrant};
use crate::identity::resolve::{self, CategoryTree, Target};
use crate::identity::service::{IdentityService, acting, may_grant};
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::{CategoryId, RoleGrantId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError, Tx};

impl IdentityService {
    /// Grants a role to an account, never beyond the caller's own scope and never to the caller.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::GrantManage`]; [`IdentityError::GrantExceedsScope`],
    /// [`IdentityError::GrantToSelf`], [`IdentityError::AdministratorsSeparated`]; what is wrong with
    /// the values.
    pub async fn role_grant_create(
        &self,
        scope: &Scope,
        command: GrantRole,
    ) -> Result<RoleGrant, Failure<IdentityError>> {
        if !scope.permits(Permission::GrantManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.grant_again(scope, RoleGrantId::from_uuid(done.id)).await,
        };
        let grant = drafted(&tx, command)?;
        self.check_holder(&tx, &grant).await?;
        let target = fitting_target(&tx, &grant).await?;
        let categories = known_categories(&tx, &grant).await?;
        let wanted = Wanted {
            extent: &target.extent,
            permissions: grant.role.permissions(),
            categories: categories.as_ref(),
            ceiling: grant.ceiling,
        };
        if !may_grant(&tx, &wanted).await? {
            return Err(Failure::user("target", IdentityError::GrantExceedsScope));
        }
        tx.insert(store::grant_row(&tx, &grant)).await.map_err(separated)?;
        tx.insert_all(store::category_rows(&tx, &grant)).await?;
        tx.audit("role_grant.create", &grant.id, facts(&grant));
        tx.commit(Done { id: grant.id.uuid(), version: grant.version }).await?;
        self.cache().drop_account(scope.tenant(), grant.account);
        Ok(grant)
    }

    /// The grant that an earlier use of the key made or changed.
    pub(super) async fn grant_again(
        &self,
        scope: &Scope,
        id: RoleGrantId,
    ) -> Result<RoleGrant, Failure<IdentityError>> {
        let tx = self.db().reader(scope).tx().await?;
        store::grant_by_id(&tx, id).await?.ok_or_else(|| Failure::user("", IdentityError::NotFound))
    }

    async fn check_holder(&self, tx: &Tx, grant: &RoleGrant) -> Result<(), Failure<IdentityError>> {
        let Some(holder) = store::held_account_row(tx, grant.account).await? else {
            return Err(Failure::user("accountId", IdentityError::NotFound));
        };
        if acting(tx) == Some(grant.account) {
            return Err(Failure::user("accountId", IdentityError::GrantToSelf));
        }
        if holder.state != "active" {
            return Err(Failure::user("accountId", IdentityError::AccountDisabled));
        }
        let mut held = store::grants_of(tx, &[grant.account]).await?.into_iter();
        let lasts = |held: &RoleGrant| held.until.is_none_or(|until| until > tx.now());
        if held.any(|held| lasts(&held) && held.role.excludes(grant.role))
            && !mutant::active(Mutant::NoSeparation)
        {
            return Err(Failure::user("role", IdentityError::AdministratorsSeparated));
        }
        Ok(())
    }
}

fn drafted(tx: &Tx, command: GrantRole) -> Result<RoleGrant, Failure<IdentityError>> {
    let since = command.since.unwrap_or_else(|| tx.now());
    if command.until.is_some_and(|until| until <= since || until <= tx.now()) {
        return Err(Failure::user("untilAt", IdentityError::InvalidPeriod));
    }
    if command.categories.len() > CATEGORY_LIMIT {
        return Err(Failure::user("categoryIds", IdentityError::TooMany { limit: CATEGORY_LIMIT }));
    }
    let categories: BTreeSet<CategoryId> = command.categories.into_iter().collect();
    Ok(RoleGrant {
        id: tx.new_id(),
        account: command.account,
        role: command.role,
        target: command.target,
        since,
        until: command.until,
        categories: categories.into_iter().collect(),
        ceiling: command.ceiling.unwrap_or_else(|| command.role.ceiling()),
        granted_by: acting(tx),
        revoked_at: None,
        version: 1,
    })
}

async fn fitting_target(tx: &Tx, grant: &RoleGrant) -> Result<Target, Failure<IdentityError>> {
    let Some(target) = resolve::target(tx, grant.target).await? else {
        return Err(Failure::user("target", IdentityError::NotFound));
    };
    if !grant.role.fits(target.kind) {
        return Err(Failure::user("target", IdentityError::RoleTargetMismatch));
    }
    if target.dissolved {
        return Err(Failure::user("target", IdentityError::TargetDissolved));
    }
    Ok(target)
}

/// The wanted categories with everything below them; `None` when every category is wanted.
async fn known_categories(
    tx: &Tx,
    grant: &RoleGrant,
) -> Result<Option<BTreeSet<CategoryId>>, Failure<IdentityError>> {
    if grant.categories.is_empty() {
        return Ok(None);
    }
    let tree = CategoryTree::load(tx).await?;
    match tree.unknown(&grant.categories) {
        Some(_) => Err(Failure::user("categoryIds", IdentityError::NotFound)),
        None => Ok(Some(tree.below(&grant.categories))),
    }
}

/// The key that separates the administrators, in the caller's words.
fn separated(fault: StoreError) -> Failure<IdentityError> {
    match fault {
        StoreError::Conflict { constraint } if constraint.contains("admin_slot") => {
            Failure::user("role", IdentityError::AdministratorsSeparated)
        }
        other => other.into(),
    }
}

fn target_text(target: GrantTarget) -> String {
    match target {
        GrantTarget::Platform => "platform".to_owned(),
        GrantTarget::Unit(id) => id.to_string(),
        GrantTarget::Grid(id) => id.to_string(),
        GrantTarget::Group(id) => id.to_string(),
        GrantTarget::Organisation(id) => id.to_string(),
    }
}

fn facts(grant: &RoleGrant) -> serde_json::Value {
    json!({
        "account": grant.account.to_string(),
        "role": grant.role.key(),
        "target": target_text(grant.target),
        "since": grant.since,
        "until": grant.until,
        "categories": grant.categories.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "ceiling": grant.ceiling.rank(),
    })
}
