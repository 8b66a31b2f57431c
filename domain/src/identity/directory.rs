//! What other slices ask of the identity slice inside their own transaction.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::identity::administered::covers;
use crate::identity::command::GrantRole;
use crate::identity::error::IdentityError;
use crate::identity::model::{GrantTarget, RoleGrant};
use crate::identity::resolve::CategoryTree;
use crate::identity::role::{Role, TargetKind};
use crate::identity::{granting, limit, resolve, store};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, CategoryId, GridId, RoleGrantId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::place::Territory;
use crate::kernel::scope::{Held, Scope, Who};
use crate::kernel::whole::Whole;
use crate::store::{Db, StoreError, Tx, WriteTx};

/// What an account may do now; `None` when the caller sees no such account or it is disabled.
///
/// By it a case is handed only to somebody who may work it where it lies.
pub(crate) async fn held_by(tx: &Tx, account: AccountId) -> Result<Option<Vec<Held>>, StoreError> {
    let row = store::account_row(tx, account).await?;
    if row.is_none_or(|row| row.state != "active") {
        return Ok(None);
    }
    let grants = store::grants_in_force(tx, account).await?;
    resolve::held(tx, &grants).await.map(Some)
}

/// The scope of an account with the grants it has now, for what is done in its name while it is away; `None` when the caller sees no
/// such account or it is disabled.
pub(crate) async fn scope_of(tx: &Tx, account: AccountId) -> Result<Option<Scope>, StoreError> {
    let held = held_by(tx, account).await?;
    Ok(held.map(|held| {
        let tenant = tx.scope().tenant();
        let who =
            Who { tenant, account: Some(account), session: None, held, system: false, reads_only: false };
        Scope::new(Arc::new(who), tx.scope().request_id())
    }))
}

/// The scope of an account that was recognised by a secret of its own, with the grants it has now; `None` when it is disabled.
pub(crate) async fn recognised(
    db: &Db,
    (tenant, account): (TenantId, AccountId),
    request_id: &str,
) -> Result<Option<Scope>, StoreError> {
    let who =
        Who { tenant, account: Some(account), session: None, held: vec![], system: false, reads_only: false };
    let bare = Scope::new(Arc::new(who), request_id);
    let reader = db.reader(&bare);
    scope_of(&*reader.tx().await?, account).await
}

/// The scope of somebody without an account and without a grant: for what everyone of a tenant reads, and nothing that is written. It
/// stays in the use case that asks for it.
pub(crate) fn nobody(tenant: TenantId, request_id: &str) -> Scope {
    let who = Who { tenant, account: None, session: None, held: vec![], system: false, reads_only: false };
    Scope::new(Arc::new(who), request_id)
}

/// Whether an account is one that was made for somebody of another tenant.
pub(crate) async fn is_guest(tx: &Tx, account: AccountId) -> Result<bool, StoreError> {
    store::was_lent(tx, account).await
}

/// Whether the caller sees such an account, and it is not disabled.
pub(crate) async fn is_active(tx: &Tx, account: AccountId) -> Result<bool, StoreError> {
    Ok(store::account_row(tx, account).await?.is_some_and(|row| row.state == "active"))
}

/// Whoever holds an account, whole: for a caller whose grants that allow it cover everything that it holds or will hold.
pub(crate) async fn whole(tx: &Tx, account: AccountId) -> Result<Whole, StoreError> {
    let Some(row) = store::account_row(tx, account).await? else { return Ok(Whole::Unknown) };
    let mut grants = store::grants_of(tx, &[account]).await?;
    grants.retain(|grant| grant.until.is_none_or(|until| until > tx.now()));
    if !covers(tx, Permission::PersonalReveal, &grants).await? && !mutant::active(Mutant::RevealAnywhere) {
        return Ok(Whole::Refused);
    }
    store::whole(tx, &row).map(Whole::of)
}

/// Whether the caller sees such an account, disabled or not.
pub(crate) async fn is_known(tx: &Tx, account: AccountId) -> Result<bool, StoreError> {
    Ok(store::account_row(tx, account).await?.is_some())
}

/// Staff who may work cases in a grid by a grant for just this grid, as far as the caller sees grants; whoever of them is disabled
/// is among them.
pub(crate) async fn workers_of_grid(tx: &Tx, grid: GridId, most: u64) -> Result<Vec<AccountId>, StoreError> {
    let works = |role: &Role| role.permissions().holds(Permission::CaseStart);
    store::accounts_at_grid(tx, grid, Role::staff().filter(works), most).await
}

/// Grants a role, within the caller's own scope. The service must [`forget`] the account afterwards.
///
/// [`forget`]: crate::identity::IdentityService::forget
pub(crate) async fn give_role(
    tx: &mut WriteTx,
    command: GrantRole,
) -> Result<RoleGrant, Failure<IdentityError>> {
    granting::give(tx, command).await
}

/// Ends a grant at an instant, within the caller's own scope. The service must [`forget`] the account.
///
/// [`forget`]: crate::identity::IdentityService::forget
pub(crate) async fn end_role(
    tx: &mut WriteTx,
    id: RoleGrantId,
    at: Timestamp,
) -> Result<RoleGrant, Failure<IdentityError>> {
    granting::end(tx, id, at).await
}

/// Inserts grants as they are, in a few statements: for the system, whom nobody's grants limit.
pub(crate) async fn load_roles(tx: &Tx, grants: &[RoleGrant]) -> Result<(), StoreError> {
    tx.insert_all(grants.iter().map(|grant| store::grant_row(tx, grant)).collect()).await?;
    tx.insert_all(grants.iter().flat_map(|grant| store::category_rows(tx, grant)).collect()).await
}

/// Something that a role or a post can be held at.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// What a role must fit.
    pub(crate) kind: TargetKind,
    /// Whether it is dissolved.
    pub(crate) dissolved: bool,
    extent: limit::Extent,
}

impl Target {
    /// Whether a territory covers it as a whole.
    pub(crate) fn lies_in(&self, territory: &Territory) -> bool {
        self.extent.lies_in(territory)
    }
}

/// A target; `None` when there is none.
pub(crate) async fn target(tx: &Tx, target: GrantTarget) -> Result<Option<Target>, StoreError> {
    let found = resolve::target(tx, target).await?;
    Ok(found.map(|found| Target { kind: found.kind, dissolved: found.dissolved, extent: found.extent }))
}

/// Whether all of these are categories of the tenant.
pub(crate) async fn are_categories(tx: &Tx, ids: &[CategoryId]) -> Result<bool, StoreError> {
    Ok(ids.is_empty() || CategoryTree::load(tx).await?.unknown(ids).is_none())
}

/// Active accounts by login; unknown and disabled ones are left out.
pub(crate) async fn accounts_by_login(
    tx: &Tx,
    logins: &[String],
) -> Result<HashMap<String, AccountId>, StoreError> {
    store::active_by_login(tx, logins).await
}

/// The logins of accounts, as far as the caller sees them.
pub(crate) async fn logins(tx: &Tx, ids: &[AccountId]) -> Result<HashMap<AccountId, String>, StoreError> {
    let accounts = store::accounts(tx, ids).await?;
    Ok(accounts.into_iter().map(|account| (account.id, account.login)).collect())
}

/// Whether an account exists, and is active, as far as the caller sees.
pub(crate) async fn account_is_active(tx: &Tx, id: AccountId) -> Result<Option<bool>, StoreError> {
    Ok(store::held_account_row(tx, id).await?.map(|row| row.state == "active"))
}

/// Which of these accounts the caller may tie to something of theirs: those of which the caller's grants with this permission cover everything
/// that they hold or will hold. Who holds nothing is nobody's yet.
pub(crate) async fn covered_accounts(
    tx: &Tx,
    permission: Permission,
    ids: &[AccountId],
) -> Result<BTreeSet<AccountId>, StoreError> {
    let all = ids.iter().copied().collect();
    if ids.is_empty() || tx.scope().permits_district(permission) || mutant::active(Mutant::AnyAccount) {
        return Ok(all);
    }
    let mut held: HashMap<AccountId, Vec<RoleGrant>> = HashMap::new();
    for grant in store::grants_of(tx, ids).await? {
        if grant.until.is_none_or(|until| until > tx.now()) {
            held.entry(grant.account).or_default().push(grant);
        }
    }
    let mut covered: BTreeSet<AccountId> = all;
    for (account, grants) in held {
        if !covers(tx, permission, &grants).await? {
            covered.remove(&account);
        }
    }
    Ok(covered)
}
