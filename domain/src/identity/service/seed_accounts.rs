//! Loading accounts with their grants in bulk: the demo, an import.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use fengqiao_entity::identity::{account, credential, role_grant, role_grant_category};

use crate::identity::command::{self, SeedAccount, SeedGrant};
use crate::identity::error::IdentityError;
use crate::identity::model::{GrantTarget, RoleGrant};
use crate::identity::resolve;
use crate::identity::role::TargetKind;
use crate::identity::service::IdentityService;
use crate::identity::service::account_create::login_taken;
use crate::identity::store;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::{AccountId, Timestamp, UnitId};
use crate::kernel::scope::Scope;
use crate::org::directory;
use crate::store::{Begun, Done, StoreError, Tx};

#[derive(Default)]
struct Rows {
    accounts: Vec<account::Model>,
    credentials: Vec<credential::Model>,
    grants: Vec<role_grant::Model>,
    categories: Vec<role_grant_category::Model>,
}

impl IdentityService {
    /// Loads accounts, passwords and grants of one tenant in a few statements, all or none; gives
    /// their ids by login. Only the system may: nobody's grants limit it.
    ///
    /// # Errors
    /// [`Failure::Denied`] for anyone but the system; every mistake with the position of its account;
    /// [`IdentityError::LoginTaken`].
    pub async fn seed_accounts(
        &self,
        scope: &Scope,
        accounts: Vec<SeedAccount>,
    ) -> Result<HashMap<String, AccountId>, Failure<IdentityError>> {
        if !scope.is_system() {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Err(StoreError::Internal("a load carries no key".to_owned()).into()),
        };
        let levels = unit_kinds(&tx, &accounts).await?;
        let mut rows = Rows::default();
        let mut problems = vec![];
        for (position, seed) in accounts.into_iter().enumerate() {
            if let Err(mut found) = add(&tx, &levels, seed, &mut rows) {
                for problem in &mut found {
                    problem.path.splice(0..0, ["accounts".to_owned(), position.to_string()]);
                }
                problems.extend(found);
            }
        }
        if !problems.is_empty() {
            return Err(Failure::User(problems));
        }
        let Rows { accounts, credentials, grants, categories } = rows;
        let loaded = accounts.iter().map(|account| (account.login.clone(), account.id)).collect();
        tx.audit(
            "account.load",
            &scope.tenant(),
            json!({ "accounts": accounts.len(), "grants": grants.len() }),
        );
        tx.insert_all(accounts).await.map_err(|fault| login_taken(fault, "accounts"))?;
        tx.insert_all(credentials).await?;
        tx.insert_all(grants).await?;
        tx.insert_all(categories).await?;
        tx.commit(Done { id: scope.tenant().uuid(), version: 1 }).await?;
        Ok(loaded)
    }
}

/// The levels of all units that grants name, in one statement.
async fn unit_kinds(tx: &Tx, accounts: &[SeedAccount]) -> Result<BTreeMap<UnitId, TargetKind>, StoreError> {
    let mut units: Vec<UnitId> = accounts
        .iter()
        .flat_map(|seed| &seed.grants)
        .filter_map(|grant| match grant.target {
            GrantTarget::Unit(id) => Some(id),
            _ => None,
        })
        .collect();
    units.sort_unstable();
    units.dedup();
    let units = directory::units(tx, &units).await?;
    Ok(units.iter().map(|unit| (unit.id, resolve::kind_of(unit))).collect())
}

fn add(
    tx: &Tx,
    levels: &BTreeMap<UnitId, TargetKind>,
    seed: SeedAccount,
    rows: &mut Rows,
) -> Result<(), Vec<Problem<IdentityError>>> {
    let one = |path: &'static str| move |error| vec![Problem::at(path, error)];
    let login = command::login(&seed.login).map_err(one("login"))?;
    let name = command::name(&seed.name).map_err(one("name"))?;
    let phone = command::phone(seed.phone.as_deref()).map_err(one("phone"))?;
    let id = tx.new_id();
    let sealed = store::seal(tx, id, &name, phone.as_ref());
    let Ok(sealed) = sealed else { return Err(one("name")(IdentityError::InvalidText)) };
    for (position, grant) in seed.grants.into_iter().enumerate() {
        let grant = checked(tx, levels, id, grant);
        let grant = grant.map_err(|error| vec![Problem::at(&format!("grants.{position}"), error)])?;
        rows.categories.extend(store::category_rows(tx, &grant));
        rows.grants.push(store::grant_row(tx, &grant));
    }
    if let Some(digest) = seed.password {
        rows.credentials.push(store::credential_row(tx, id, digest));
    }
    rows.accounts.push(account::Model {
        tenant_id: tx.scope().tenant(),
        id,
        login,
        name: sealed.name,
        phone: sealed.phone,
        phone_blind: sealed.phone_blind,
        state: "active".to_owned(),
        sessions_from: Timestamp(0),
        second_factor_at: None,
        created_at: tx.now(),
        version: 1,
    });
    Ok(())
}

fn checked(
    tx: &Tx,
    levels: &BTreeMap<UnitId, TargetKind>,
    account: AccountId,
    seed: SeedGrant,
) -> Result<RoleGrant, IdentityError> {
    let kind = match seed.target {
        GrantTarget::Platform => TargetKind::Platform,
        GrantTarget::Grid(_) => TargetKind::Grid,
        GrantTarget::Group(_) => TargetKind::Group,
        GrantTarget::Organisation(_) => TargetKind::Organisation,
        GrantTarget::Unit(id) => levels.get(&id).copied().ok_or(IdentityError::NotFound)?,
    };
    if !seed.role.fits(kind) {
        return Err(IdentityError::RoleTargetMismatch);
    }
    let mut categories = seed.categories;
    categories.sort_unstable();
    categories.dedup();
    Ok(RoleGrant {
        id: tx.new_id(),
        account,
        role: seed.role,
        target: seed.target,
        since: tx.now(),
        until: None,
        categories,
        ceiling: seed.role.ceiling(),
        granted_by: None,
        revoked_at: None,
        version: 1,
    })
}
