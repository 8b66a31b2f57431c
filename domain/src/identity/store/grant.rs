//! Role grants and their categories.

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::catalogue::category;
use fengqiao_entity::identity::{role_grant, role_grant_category};

use crate::identity::administered::Administered;
use crate::identity::model::{GrantTarget, RoleGrant};
use crate::identity::role::Role;
use crate::kernel::id::{AccountId, CategoryId, GridId, RoleGrantId, Timestamp};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::place::Sensitivity;
use crate::store::{Keyset, Select, StoreError, Tx, counted, one_of};

const TABLE: &str = "role_grants";
/// How the column says "open-ended".
const OPEN_END: Timestamp = Timestamp(i64::MAX);

/// A grant as a row; the tenant is stamped on insert.
pub(crate) fn grant_row(tx: &Tx, grant: &RoleGrant) -> role_grant::Model {
    let kind = match grant.target {
        GrantTarget::Platform => "platform",
        GrantTarget::Unit(_) => "unit",
        GrantTarget::Grid(_) => "grid",
        GrantTarget::Group(_) => "group",
        GrantTarget::Organisation(_) => "organisation",
    };
    let mut row = role_grant::Model {
        tenant_id: tx.scope().tenant(),
        id: grant.id,
        account_id: grant.account,
        role: grant.role.key().to_owned(),
        target_kind: kind.to_owned(),
        target_unit_id: None,
        target_grid_id: None,
        target_group_id: None,
        target_organisation_id: None,
        since_at: grant.since,
        until_at: grant.until.unwrap_or(OPEN_END),
        sensitivity: grant.ceiling.rank(),
        granted_by: grant.granted_by,
        revoked_at: grant.revoked_at,
        admin_slot: (grant.role.is_separated() && grant.revoked_at.is_none()).then_some(1),
        version: grant.version,
    };
    match grant.target {
        GrantTarget::Platform => {}
        GrantTarget::Unit(id) => row.target_unit_id = Some(id),
        GrantTarget::Grid(id) => row.target_grid_id = Some(id),
        GrantTarget::Group(id) => row.target_group_id = Some(id),
        GrantTarget::Organisation(id) => row.target_organisation_id = Some(id),
    }
    row
}

/// The categories of a grant as rows.
pub(crate) fn category_rows(tx: &Tx, grant: &RoleGrant) -> Vec<role_grant_category::Model> {
    let row = |category: &CategoryId| role_grant_category::Model {
        tenant_id: tx.scope().tenant(),
        grant_id: grant.id,
        category_id: *category,
        account_id: grant.account,
    };
    grant.categories.iter().map(row).collect()
}

fn grant_value(row: &role_grant::Model, categories: Vec<CategoryId>) -> Result<RoleGrant, StoreError> {
    let target = match (
        row.target_kind.as_str(),
        row.target_unit_id,
        row.target_grid_id,
        row.target_group_id,
        row.target_organisation_id,
    ) {
        ("platform", None, None, None, None) => GrantTarget::Platform,
        ("unit", Some(id), None, None, None) => GrantTarget::Unit(id),
        ("grid", None, Some(id), None, None) => GrantTarget::Grid(id),
        ("group", None, None, Some(id), None) => GrantTarget::Group(id),
        ("organisation", None, None, None, Some(id)) => GrantTarget::Organisation(id),
        _ => return Err(StoreError::corrupt(TABLE, "target_kind", &row.target_kind)),
    };
    Ok(RoleGrant {
        id: row.id,
        account: row.account_id,
        role: row.role.parse().map_err(|_| StoreError::corrupt(TABLE, "role", &row.role))?,
        target,
        since: row.since_at,
        until: (row.until_at != OPEN_END).then_some(row.until_at),
        categories,
        ceiling: Sensitivity::from_rank(row.sensitivity),
        granted_by: row.granted_by,
        revoked_at: row.revoked_at,
        version: row.version,
    })
}

/// Rows as values, with their categories.
async fn values(tx: &Tx, rows: Vec<role_grant::Model>) -> Result<Vec<RoleGrant>, StoreError> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let named = role_grant_category::Column::GrantId.is_in(rows.iter().map(|row| row.id));
    let mut categories: HashMap<RoleGrantId, Vec<CategoryId>> = HashMap::new();
    for row in tx.select::<role_grant_category::Entity>().filter(named).all().await? {
        categories.entry(row.grant_id).or_default().push(row.category_id);
    }
    rows.iter()
        .map(|row| {
            let mut named = categories.remove(&row.id).unwrap_or_default();
            named.sort_unstable();
            grant_value(row, named)
        })
        .collect()
}

/// A grant by id.
pub(crate) async fn grant_by_id(tx: &Tx, id: RoleGrantId) -> Result<Option<RoleGrant>, StoreError> {
    let row = tx.select::<role_grant::Entity>().filter(role_grant::Column::Id.eq(id)).one().await?;
    Ok(values(tx, row.into_iter().collect()).await?.pop())
}

/// What an account holds now, oldest first.
pub(crate) async fn grants_in_force(tx: &Tx, account: AccountId) -> Result<Vec<RoleGrant>, StoreError> {
    let mut grants = grants_of(tx, &[account]).await?;
    grants.retain(|grant| grant.in_force(tx.now()));
    Ok(grants)
}

/// What accounts hold, held, or will hold, unless it was revoked: oldest first.
pub(crate) async fn grants_of(tx: &Tx, accounts: &[AccountId]) -> Result<Vec<RoleGrant>, StoreError> {
    if accounts.is_empty() {
        return Ok(vec![]);
    }
    let theirs = role_grant::Column::AccountId.is_in(accounts.iter().copied());
    let rows = tx
        .select::<role_grant::Entity>()
        .filter(theirs.and(role_grant::Column::RevokedAt.is_null()))
        .order_by(role_grant::Column::SinceAt, Order::Asc)
        .order_by(role_grant::Column::Id, Order::Asc)
        .all()
        .await?;
    values(tx, rows).await
}

/// Whether an account is one that was made for somebody of another tenant: what was lent to it, now or ever, tells.
pub(crate) async fn was_lent(tx: &Tx, account: AccountId) -> Result<bool, StoreError> {
    let lent =
        role_grant::Column::AccountId.eq(account).and(role_grant::Column::Role.eq(Role::Overseer.key()));
    Ok(tx.select::<role_grant::Entity>().filter(lent).one().await?.is_some())
}

/// The accounts that hold one of some roles at a grid now.
pub(crate) async fn accounts_at_grid(
    tx: &Tx,
    grid: GridId,
    roles: impl Iterator<Item = Role>,
    most: u64,
) -> Result<Vec<AccountId>, StoreError> {
    let now = tx.now();
    let held = role_grant::Column::TargetGridId
        .eq(grid)
        .and(role_grant::Column::RevokedAt.is_null())
        .and(role_grant::Column::SinceAt.lte(now))
        .and(role_grant::Column::UntilAt.gt(now))
        .and(one_of(role_grant::Column::Role.into_expr(), roles.map(Role::key)));
    let rows = tx.select::<role_grant::Entity>().filter(held);
    let rows = rows.order_by(role_grant::Column::SinceAt, Order::Asc).limit(most).all().await?;
    let mut accounts: Vec<AccountId> = rows.into_iter().map(|row| row.account_id).collect();
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}

/// Revokes a grant: whether it was not revoked yet.
pub(crate) async fn revoke_grant(tx: &Tx, id: RoleGrantId, now: Timestamp) -> Result<bool, StoreError> {
    let changed = tx
        .update::<role_grant::Entity>()
        .set(role_grant::Column::RevokedAt, Expr::val(now))
        .set(role_grant::Column::AdminSlot, Expr::val(None::<i32>))
        .set(role_grant::Column::Version, Expr::col(role_grant::Column::Version).add(1))
        .filter(role_grant::Column::Id.eq(id).and(role_grant::Column::RevokedAt.is_null()))
        .run()
        .await?;
    Ok(changed == 1)
}

/// Ends a grant at an instant to come: whether it would have lasted longer.
pub(crate) async fn shorten_grant(tx: &Tx, id: RoleGrantId, at: Timestamp) -> Result<bool, StoreError> {
    let lasting = role_grant::Column::RevokedAt.is_null().and(role_grant::Column::UntilAt.gt(at));
    let changed = tx
        .update::<role_grant::Entity>()
        .set(role_grant::Column::UntilAt, Expr::val(at))
        .set(role_grant::Column::Version, Expr::col(role_grant::Column::Version).add(1))
        .filter(role_grant::Column::Id.eq(id).and(lasting))
        .run()
        .await?;
    Ok(changed == 1)
}

/// Which grants a page shows.
#[derive(Clone, Debug)]
pub(crate) struct GrantPage {
    pub(crate) target: Option<GrantTarget>,
    pub(crate) role: Option<Role>,
    /// Of residents and other accounts without a post only those that the caller administers.
    pub(crate) administered: Administered,
    /// Only grants in force now.
    pub(crate) in_force: bool,
}

fn matching<'a>(tx: &'a Tx, wanted: &GrantPage) -> Select<'a, role_grant::Entity> {
    use role_grant::Column;
    let mut rows = tx.select::<role_grant::Entity>();
    if let Some(role) = wanted.role {
        rows = rows.filter(Column::Role.eq(role.key()));
    }
    rows = match wanted.target {
        None => rows,
        Some(GrantTarget::Platform) => rows.filter(Column::TargetKind.eq("platform")),
        Some(GrantTarget::Unit(id)) => rows.filter(Column::TargetUnitId.eq(id)),
        Some(GrantTarget::Grid(id)) => rows.filter(Column::TargetGridId.eq(id)),
        Some(GrantTarget::Group(id)) => rows.filter(Column::TargetGroupId.eq(id)),
        Some(GrantTarget::Organisation(id)) => rows.filter(Column::TargetOrganisationId.eq(id)),
    };
    if let Some(within) = within(&wanted.administered) {
        let own = tx.scope().account().map(|own| Column::AccountId.eq(own));
        let staff = Column::Role.is_in(Role::staff().map(Role::key));
        rows = rows.filter(Condition::any().add(staff).add_option(own).add(within));
    }
    if wanted.in_force {
        let begun = Column::SinceAt.lte(tx.now()).and(Column::UntilAt.gt(tx.now()));
        rows = rows.filter(begun.and(Column::RevokedAt.is_null()));
    }
    rows
}

/// What the grants are held at that the caller administers; none when they administer all.
pub(super) fn within(administered: &Administered) -> Option<Condition> {
    use role_grant::Column;
    match administered {
        Administered::Everyone => None,
        Administered::Nobody => Some(Condition::any().add(Expr::val(1).eq(0))),
        Administered::Within(members) => Some(
            Condition::any()
                .add(Column::TargetUnitId.is_in(members.units.iter().copied()))
                .add(Column::TargetGridId.is_in(members.grids.iter().copied()))
                .add(Column::TargetGroupId.is_in(members.groups.iter().copied())),
        ),
    }
}

/// The accounts with such a grant, in force or to come.
pub(super) fn holders(tx: &Tx, held: Condition) -> SelectStatement {
    use role_grant::Column;
    Query::select()
        .column(Column::AccountId)
        .from(role_grant::Entity)
        .cond_where(held)
        .and_where(Column::TenantId.eq(tx.scope().tenant()))
        .and_where(Column::RevokedAt.is_null())
        .and_where(Column::UntilAt.gt(tx.now()))
        .to_owned()
}

/// How many grants there are.
pub(crate) async fn grants_count(tx: &Tx, wanted: &GrantPage) -> Result<u64, StoreError> {
    counted(matching(tx, wanted)).await
}

/// A page of grants, newest first.
pub(crate) async fn grants_page(
    tx: &Tx,
    wanted: &GrantPage,
    request: &PageRequest,
) -> Result<Page<RoleGrant>, StoreError> {
    let keyset = Keyset::<role_grant::Entity> {
        column: role_grant::Column::SinceAt,
        id: role_grant::Column::Id,
        descending: true,
        cursor: |row| Cursor::of(SortKey::Number(row.since_at.micros()), row.id.uuid()),
    };
    let page = keyset.page(matching(tx, wanted), request).await?;
    let (cursors, rows): (Vec<Cursor>, Vec<role_grant::Model>) = page.rows.into_iter().unzip();
    let rows = cursors.into_iter().zip(values(tx, rows).await?).collect();
    Ok(Page { rows, has_previous: page.has_previous, has_next: page.has_next })
}

/// The category above each category of the tenant.
pub(crate) async fn category_parents(
    tx: &Tx,
) -> Result<BTreeMap<CategoryId, Option<CategoryId>>, StoreError> {
    let rows = tx.select::<category::Entity>().all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row.parent_id)).collect())
}
