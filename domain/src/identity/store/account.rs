//! Accounts and credentials.

use std::collections::{BTreeSet, HashMap};

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::identity::{account, role_grant};
use fengqiao_entity::value::{BlindIndex, SealedBytes};

use crate::identity::administered::Administered;
use crate::identity::mask::{masked_name, masked_phone};
use crate::identity::model::{Account, AccountState};
use crate::identity::phone::Phone;
use crate::identity::role::Role;
use crate::identity::store::grant;
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::whole::Person;
use crate::store::{Keyset, MOST_NAMED, Personal, Select, StoreError, Tx, counted, one_of};

const TABLE: &str = "accounts";
const NAME: Personal = Personal { table: TABLE, column: "name" };
const PHONE: Personal = Personal { table: TABLE, column: "phone" };

/// The sealed part of an account's row.
pub(crate) struct Sealed {
    pub(crate) name: SealedBytes,
    pub(crate) phone: Option<SealedBytes>,
    pub(crate) phone_blind: Option<BlindIndex>,
}

/// Seals a name and a telephone number for the row they will stand in.
pub(crate) fn seal(tx: &Tx, id: AccountId, name: &str, phone: Option<&Phone>) -> Result<Sealed, StoreError> {
    Ok(Sealed {
        name: tx.seal(NAME, id.uuid(), name)?,
        phone: phone.map(|phone| tx.seal(PHONE, id.uuid(), phone.digits())).transpose()?,
        phone_blind: phone.map(|phone| tx.blind(PHONE, phone.digits())).transpose()?,
    })
}

/// The blind indexes under which a telephone number may be kept.
pub(crate) fn blind_phone(tx: &Tx, phone: &Phone) -> Result<Vec<BlindIndex>, StoreError> {
    tx.blinds(PHONE, phone.digits())
}

/// An account's row as its reader sees it.
fn account_value(tx: &Tx, row: account::Model, staff: &BTreeSet<AccountId>) -> Result<Account, StoreError> {
    let staff = staff.contains(&row.id);
    let name = tx.unseal(NAME, row.id.uuid(), &row.name)?;
    let phone = row.phone.as_ref().map(|sealed| tx.unseal(PHONE, row.id.uuid(), sealed)).transpose()?;
    let whole = tx.scope().account() == Some(row.id) || (staff && tx.scope().is_staff());
    let state: AccountState =
        row.state.parse().map_err(|_| StoreError::corrupt(TABLE, "state", &row.state))?;
    Ok(Account {
        id: row.id,
        login: row.login,
        name: if whole { name } else { masked_name(&name) },
        name_masked: !whole,
        phone: phone.as_deref().map(masked_phone),
        staff,
        state,
        created_at: row.created_at,
        version: row.version,
    })
}

/// Whoever holds an account, whole.
pub(crate) fn whole(tx: &Tx, row: &account::Model) -> Result<Person, StoreError> {
    let phone = row.phone.as_ref().map(|sealed| tx.unseal(PHONE, row.id.uuid(), sealed)).transpose()?;
    Ok(Person { name: Some(tx.unseal(NAME, row.id.uuid(), &row.name)?), phone, address: None })
}

/// What whoever guesses its password knows of the caller's own account: login, name, telephone number.
pub(crate) fn known_of(tx: &Tx, row: &account::Model) -> Result<Vec<String>, StoreError> {
    let person = whole(tx, row)?;
    Ok([Some(row.login.clone()), person.name, person.phone].into_iter().flatten().collect())
}

/// An account's row by id.
pub(crate) async fn account_row(tx: &Tx, id: AccountId) -> Result<Option<account::Model>, StoreError> {
    tx.select::<account::Entity>().filter(account::Column::Id.eq(id)).one().await
}

/// An account's row by id, held so that neither it nor its grants change meanwhile.
pub(crate) async fn held_account_row(tx: &Tx, id: AccountId) -> Result<Option<account::Model>, StoreError> {
    tx.select::<account::Entity>().filter(account::Column::Id.eq(id)).hold().one().await
}

/// Active accounts by login.
pub(crate) async fn active_by_login(
    tx: &Tx,
    logins: &[String],
) -> Result<HashMap<String, AccountId>, StoreError> {
    let mut accounts = HashMap::new();
    for logins in logins.chunks(MOST_NAMED) {
        let named = account::Column::Login.is_in(logins.iter().map(String::as_str));
        let active = named.and(account::Column::State.eq("active"));
        let rows = tx.select::<account::Entity>().filter(active).all().await?;
        accounts.extend(rows.into_iter().map(|row| (row.login, row.id)));
    }
    Ok(accounts)
}

/// Accounts by id; those that the caller does not see are left out.
pub(crate) async fn accounts(tx: &Tx, ids: &[AccountId]) -> Result<Vec<Account>, StoreError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let found = one_of(account::Column::Id.into_expr(), ids.iter().copied());
    let rows = tx.select::<account::Entity>().filter(found).all().await?;
    values(tx, rows).await
}

async fn values(tx: &Tx, rows: Vec<account::Model>) -> Result<Vec<Account>, StoreError> {
    let ids: Vec<AccountId> = rows.iter().map(|row| row.id).collect();
    let staff = staff_among(tx, &ids).await?;
    rows.into_iter().map(|row| account_value(tx, row, &staff)).collect()
}

/// Which of the accounts hold a role of the staff now.
async fn staff_among(tx: &Tx, ids: &[AccountId]) -> Result<BTreeSet<AccountId>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let held = one_of(role_grant::Column::AccountId.into_expr(), ids.iter().copied())
        .and(role_grant::Column::Role.is_in(Role::staff().map(Role::key)))
        .and(role_grant::Column::RevokedAt.is_null())
        .and(role_grant::Column::SinceAt.lte(tx.now()))
        .and(role_grant::Column::UntilAt.gt(tx.now()));
    let rows = tx.select::<role_grant::Entity>().filter(held).all().await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

/// Which accounts a page shows.
#[derive(Clone, Debug)]
pub(crate) struct AccountPage {
    pub(crate) login_prefix: Option<String>,
    /// Only those with one of these indexes.
    pub(crate) phone_blind: Option<Vec<BlindIndex>>,
    pub(crate) state: Option<AccountState>,
    pub(crate) administered: Administered,
}

fn matching<'a>(tx: &'a Tx, wanted: &AccountPage) -> Select<'a, account::Entity> {
    let mut rows = tx.select::<account::Entity>();
    if let Some(prefix) = &wanted.login_prefix {
        // Logins are made of characters below `~`, so the prefix is a range of the index.
        let range = account::Column::Login.gte(prefix.as_str());
        rows = rows.filter(range.and(account::Column::Login.lt(format!("{prefix}~"))));
    }
    if let Some(blinds) = &wanted.phone_blind {
        rows =
            rows.filter(one_of(account::Column::PhoneBlind.into_expr(), blinds.iter().cloned())).find_first();
    }
    if let Some(state) = wanted.state {
        let state: &str = state.into();
        rows = rows.filter(account::Column::State.eq(state));
    }
    if let Some(held) = grant::within(&wanted.administered) {
        rows = rows.filter(account::Column::Id.in_subquery(grant::holders(tx, held)));
    }
    rows
}

/// How many accounts there are.
pub(crate) async fn accounts_count(tx: &Tx, wanted: &AccountPage) -> Result<u64, StoreError> {
    counted(matching(tx, wanted)).await
}

/// A page of accounts by login.
pub(crate) async fn accounts_page(
    tx: &Tx,
    wanted: &AccountPage,
    request: &PageRequest,
) -> Result<Page<Account>, StoreError> {
    let keyset = Keyset::<account::Entity> {
        column: account::Column::Login,
        id: account::Column::Id,
        descending: false,
        cursor: |row| Cursor::of(SortKey::Text(row.login.clone()), row.id.uuid()),
    };
    let page = keyset.page(matching(tx, wanted), request).await?;
    let (cursors, rows): (Vec<Cursor>, Vec<account::Model>) = page.rows.into_iter().unzip();
    let rows = cursors.into_iter().zip(values(tx, rows).await?).collect();
    Ok(Page { rows, has_previous: page.has_previous, has_next: page.has_next })
}

/// Disables an account and ends its sessions: whether it was active.
pub(crate) async fn disable_account(tx: &Tx, id: AccountId, now: Timestamp) -> Result<bool, StoreError> {
    let changed = tx
        .update::<account::Entity>()
        .set(account::Column::State, Expr::val("disabled"))
        .set(account::Column::SessionsFrom, Expr::val(now))
        .set(account::Column::Version, Expr::col(account::Column::Version).add(1))
        .filter(account::Column::Id.eq(id).and(account::Column::State.eq("active")))
        .run()
        .await?;
    Ok(changed == 1)
}

/// Ends the sessions of an account.
pub(crate) async fn sign_account_out(tx: &Tx, id: AccountId, now: Timestamp) -> Result<(), StoreError> {
    tx.update::<account::Entity>()
        .set(account::Column::SessionsFrom, Expr::val(now))
        .set(account::Column::Version, Expr::col(account::Column::Version).add(1))
        .filter(account::Column::Id.eq(id))
        .run()
        .await
        .map(drop)
}

/// Raises the version of an account that is held.
pub(crate) async fn touch_account(tx: &Tx, id: AccountId) -> Result<(), StoreError> {
    let next = Expr::col(account::Column::Version).add(1);
    let rows = tx.update::<account::Entity>().set(account::Column::Version, next);
    rows.filter(account::Column::Id.eq(id)).run().await.map(drop)
}

/// Makes an account active and ends its sessions.
pub(crate) async fn readmit_account(tx: &Tx, id: AccountId, now: Timestamp) -> Result<(), StoreError> {
    tx.update::<account::Entity>()
        .set(account::Column::State, Expr::val("active"))
        .set(account::Column::SessionsFrom, Expr::val(now))
        .set(account::Column::Version, Expr::col(account::Column::Version).add(1))
        .filter(account::Column::Id.eq(id))
        .run()
        .await
        .map(drop)
}
