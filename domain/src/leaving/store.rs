//! Rows of tenants that leave, and what other tenants remember of their people.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;

use fengqiao_entity::identity::{account, role_grant, session};
use fengqiao_entity::org::tenant;
use fengqiao_entity::oversight::oversight_grant;

use crate::kernel::id::{AccountId, TenantId};
use crate::kernel::scope::PlatformScope;
use crate::org::TenantState;
use crate::store::{Personal, StoreError, Tx, Update, WriteTx};

/// Where the name of an account stands.
const NAME: Personal = Personal { table: "accounts", column: "name" };
/// What somebody is called whose own district was erased.
const ERASED: &str = "已销毁";

/// The row of the scope's tenant.
pub(super) async fn present(tx: &Tx) -> Result<Option<tenant::Model>, StoreError> {
    tx.select::<tenant::Entity>().hold().one().await
}

/// A change of it, from one state to another.
pub(super) fn turned(tx: &Tx, to: TenantState) -> Update<'_, tenant::Entity> {
    let state: &'static str = to.into();
    tx.update::<tenant::Entity>().set(tenant::Column::State, Expr::val(state))
}

/// Takes back what a tenant gave to people of another one, and forgets who they are; their sessions end. The accounts that they had.
pub(super) async fn forget_overseers(
    tx: &mut WriteTx,
    platform: &PlatformScope,
    home: TenantId,
) -> Result<usize, StoreError> {
    use oversight_grant::Column;
    let of_home = Column::HomeTenantId.eq(home);
    let grants = tx.select::<oversight_grant::Entity>().filter(of_home.clone()).all().await?;
    if grants.is_empty() {
        return Ok(0);
    }
    let revoked = Expr::col(Column::RevokedAt).if_null(Expr::val(tx.now()));
    let nobody = Uuid::nil();
    tx.update::<oversight_grant::Entity>()
        .set(Column::RevokedAt, revoked)
        .set(Column::HomeTenantId, Expr::val(nobody))
        .set(Column::HomeAccountId, Expr::val(nobody))
        .set(Column::HomeLogin, Expr::val(""))
        .set(Column::Reason, Expr::val(""))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(of_home)
        .run()
        .await?;
    let here = platform.enter(tx.scope().tenant());
    let accounts: Vec<AccountId> = grants.iter().map(|grant| grant.account_id).collect();
    for account in &accounts {
        nobody_any_more(tx, *account).await?;
        // Sessions are shown to their own account alone.
        tx.act_in(&platform.enter_for(here.tenant(), *account)).await?;
        let ended = tx.update::<session::Entity>();
        ended
            .set(
                session::Column::RevokedAt,
                Expr::col(session::Column::RevokedAt).if_null(Expr::val(tx.now())),
            )
            .set(session::Column::HomeTenantId, Expr::cust("NULL"))
            .set(session::Column::HomeAccountId, Expr::cust("NULL"))
            .set(session::Column::HomeSessionId, Expr::cust("NULL"))
            .filter(session::Column::HomeTenantId.eq(home))
            .run()
            .await?;
    }
    tx.act_in(&here).await?;
    Ok(accounts.len())
}

/// The account that somebody had here is nobody's: it is disabled, holds nothing from now on, and has no name.
async fn nobody_any_more(tx: &WriteTx, id: AccountId) -> Result<(), StoreError> {
    let name = tx.seal(NAME, id.uuid(), ERASED)?;
    tx.update::<account::Entity>()
        .set(account::Column::State, Expr::val("disabled"))
        .set(account::Column::SessionsFrom, Expr::val(tx.now()))
        .set(account::Column::Name, Expr::val(name))
        .set(account::Column::Version, Expr::col(account::Column::Version).add(1))
        .filter(account::Column::Id.eq(id))
        .run()
        .await?;
    let in_force = role_grant::Column::AccountId
        .eq(id)
        .and(role_grant::Column::SinceAt.lt(tx.now()))
        .and(role_grant::Column::UntilAt.gt(tx.now()));
    let ended = tx.update::<role_grant::Entity>();
    ended.set(role_grant::Column::UntilAt, Expr::val(tx.now())).filter(in_force).run().await.map(drop)
}
