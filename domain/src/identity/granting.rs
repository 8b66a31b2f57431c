//! Giving and ending a role inside a transaction: for the mutation, and for whatever comes with a role, such
//! as an appointment.

use std::collections::BTreeSet;

use serde_json::json;

use crate::identity::command::{CATEGORY_LIMIT, GrantRole};
use crate::identity::error::IdentityError;
use crate::identity::limit::{self, Wanted};
use crate::identity::model::{GrantTarget, RoleGrant};
use crate::identity::resolve::{self, CategoryTree, Target};
use crate::identity::role::Role;
use crate::identity::store;
use crate::identity::telling::{Changed, access_changed};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, CategoryId, RoleGrantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Held;
use crate::store::{StoreError, Tx, WriteTx};

/// Grants a role, never beyond the caller's own scope and never to the caller. What is lent is lent by [`lend`].
pub(super) async fn give(tx: &mut WriteTx, command: GrantRole) -> Result<RoleGrant, Failure<IdentityError>> {
    if command.role.is_lent() {
        return Err(Failure::user("role", IdentityError::NotPermitted));
    }
    lend(tx, command).await
}

/// The same of any role.
pub(super) async fn lend(tx: &mut WriteTx, command: GrantRole) -> Result<RoleGrant, Failure<IdentityError>> {
    let grant = drafted(tx, command)?;
    check_holder(tx, &grant).await?;
    let target = fitting_target(tx, &grant).await?;
    let categories = known_categories(tx, &grant).await?;
    let wanted = Wanted {
        extent: &target.extent,
        permissions: grant.role.permissions(),
        categories: categories.as_ref(),
        ceiling: grant.ceiling,
    };
    if !may_grant(tx, &wanted).await? {
        return Err(Failure::user("target", IdentityError::GrantExceedsScope));
    }
    tx.insert(store::grant_row(tx, &grant)).await.map_err(separated)?;
    tx.insert_all(store::category_rows(tx, &grant)).await?;
    tx.audit("role_grant.create", &grant.id, facts(&grant));
    tell(tx, &grant, "role_grant.created");
    Ok(grant)
}

/// What a resident takes for themselves when they make an account: their role where they say that they live. It lets nobody read what is
/// not their own.
pub(super) async fn settle(
    tx: &mut WriteTx,
    account: AccountId,
    home: GrantTarget,
) -> Result<(), Failure<IdentityError>> {
    let grant = settled(tx, account, home).await?;
    tx.insert(store::grant_row(tx, &grant)).await?;
    tx.audit("role_grant.create", &grant.id, facts(&grant));
    tell(tx, &grant, "role_grant.created");
    Ok(())
}

/// The same before it is written: where it can be held.
pub(super) async fn settled(
    tx: &Tx,
    account: AccountId,
    home: GrantTarget,
) -> Result<RoleGrant, Failure<IdentityError>> {
    let role = Role::Resident;
    let grant = RoleGrant {
        id: tx.new_id(),
        account,
        role,
        target: home,
        since: tx.now(),
        until: None,
        categories: vec![],
        ceiling: role.ceiling(),
        granted_by: None,
        revoked_at: None,
        version: 1,
    };
    fitting_target(tx, &grant).await?;
    Ok(grant)
}

/// Ends a grant: now, or at an instant to come. Whoever could give it may end it; ending an ended one, or
/// one later than it ends, changes nothing. What is lent is taken back by [`take_back`].
pub(super) async fn end(
    tx: &mut WriteTx,
    id: RoleGrantId,
    at: Timestamp,
) -> Result<RoleGrant, Failure<IdentityError>> {
    let lent = store::grant_by_id(tx, id).await?.is_some_and(|grant| grant.role.is_lent());
    if lent {
        Err(Failure::user("roleGrantId", IdentityError::NotPermitted))
    } else {
        take_back(tx, id, at).await
    }
}

/// The same of any role.
pub(super) async fn take_back(
    tx: &mut WriteTx,
    id: RoleGrantId,
    at: Timestamp,
) -> Result<RoleGrant, Failure<IdentityError>> {
    let Some(grant) = store::grant_by_id(tx, id).await? else {
        return Err(Failure::user("roleGrantId", IdentityError::NotFound));
    };
    if !may_take(tx, &grant).await? {
        return Err(Failure::user("roleGrantId", IdentityError::NotPermitted));
    }
    let ended = if at <= tx.now() || at <= grant.since {
        store::revoke_grant(tx, id, tx.now()).await?
    } else {
        store::shorten_grant(tx, id, at).await?
    };
    if ended {
        let facts = json!({ "account": grant.account.to_string(), "role": grant.role.key(), "at": at });
        tx.audit("role_grant.revoke", &id, facts);
    }
    let grant = store::grant_by_id(tx, id).await?;
    let grant = grant.ok_or_else(|| StoreError::corrupt("role_grants", "id", id))?;
    if ended {
        tell(tx, &grant, "role_grant.ended");
    }
    Ok(grant)
}

fn tell(tx: &mut WriteTx, grant: &RoleGrant, name: &'static str) {
    let (id, version) = (grant.id.uuid(), grant.version);
    access_changed(tx, grant.account, Changed { aggregate: "role_grant", id, version, name });
}

/// Whether the caller may grant or take what is wanted, by the grants that are in force in this
/// transaction: those of the scope may be some seconds old.
async fn may_grant(tx: &Tx, wanted: &Wanted<'_>) -> Result<bool, StoreError> {
    let Some(own) = tx.scope().account() else { return Ok(tx.scope().is_system()) };
    if mutant::active(Mutant::NoGrantLimit) {
        return Ok(true);
    }
    let grants = store::grants_in_force(tx, own).await?;
    let held: Vec<&Held> =
        tx.scope().held().iter().filter(|held| grants.iter().any(|grant| grant.id == held.grant)).collect();
    let security: BTreeSet<RoleGrantId> = grants
        .iter()
        .filter(|grant| grant.role == Role::SecurityAdministrator)
        .map(|grant| grant.id)
        .collect();
    Ok(limit::within(&held, &security, wanted))
}

/// Whether the caller could give each of these.
pub(super) async fn may_take_all(tx: &Tx, grants: &[RoleGrant]) -> Result<bool, StoreError> {
    for grant in grants {
        if !may_take(tx, grant).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn may_take(tx: &Tx, grant: &RoleGrant) -> Result<bool, StoreError> {
    let Some(target) = resolve::target(tx, grant.target).await? else { return Ok(false) };
    let categories = if grant.categories.is_empty() {
        None
    } else {
        Some(CategoryTree::load(tx).await?.below(&grant.categories))
    };
    let wanted = Wanted {
        extent: &target.extent,
        permissions: grant.role.permissions(),
        categories: categories.as_ref(),
        ceiling: grant.ceiling,
    };
    may_grant(tx, &wanted).await
}

async fn check_holder(tx: &Tx, grant: &RoleGrant) -> Result<(), Failure<IdentityError>> {
    let Some(holder) = store::held_account_row(tx, grant.account).await? else {
        return Err(Failure::user("accountId", IdentityError::NotFound));
    };
    if tx.scope().account() == Some(grant.account) {
        return Err(Failure::user("accountId", IdentityError::GrantToSelf));
    }
    if holder.state != "active" {
        return Err(Failure::user("accountId", IdentityError::AccountDisabled));
    }
    if store::was_lent(tx, grant.account).await? {
        return Err(Failure::user("accountId", IdentityError::NotPermitted));
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
        granted_by: tx.scope().account(),
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
