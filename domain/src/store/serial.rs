//! Numbers that are never given twice: serials of grids in a village, of cases in a year.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{ActiveModelTrait as _, ColumnTrait, ConnectionTrait as _, EntityTrait, IntoActiveModel};

use fengqiao_entity::kernel::serial;

use crate::store::{StoreError, Tx, reach};

impl Tx {
    /// Takes the next `count` numbers under a name, and returns the first. Whoever else wants one waits
    /// until this transaction ends; a rollback gives the numbers back.
    pub(crate) async fn take_serials(&self, name: &str, count: i64) -> Result<i64, StoreError> {
        if let Some(last) = self.advanced_serial(name, count).await? {
            return Ok(last - count + 1);
        }
        self.begin_serial(name).await?;
        let last = self.advanced_serial(name, count).await?.ok_or_else(|| vanished(name))?;
        Ok(last - count + 1)
    }

    /// The last number under a name after it was moved on, in the one statement that locks its row; `None` when
    /// there is no such row yet.
    async fn advanced_serial(&self, name: &str, by: i64) -> Result<Option<i64>, StoreError> {
        let next = Query::update()
            .table(serial::Entity)
            .value(serial::Column::Last, Expr::col(serial::Column::Last).add(by))
            .cond_where(reach::predicate::<serial::Entity>(self.scope()))
            .and_where(serial::Column::Name.eq(name))
            .returning_col(serial::Column::Last)
            .to_owned();
        let wire = self.wire();
        let row = wire.query_one_raw(wire.get_database_backend().build(&next)).await?;
        Ok(row.map(|row| row.try_get("", "last")).transpose()?)
    }

    /// Takes note that numbers up to `least` are in use.
    pub(crate) async fn note_serial(&self, name: &str, least: i64) -> Result<(), StoreError> {
        let given = self.last_serial(name).await?;
        if least > given { self.set_serial(name, least).await } else { Ok(()) }
    }

    /// The last number given under a name, 0 at first. Its row stays locked.
    async fn last_serial(&self, name: &str) -> Result<i64, StoreError> {
        if let Some(last) = self.locked_serial(name).await? {
            return Ok(last);
        }
        self.begin_serial(name).await?;
        self.locked_serial(name).await?.ok_or_else(|| vanished(name))
    }

    async fn locked_serial(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let named = serial::Column::Name.eq(name);
        let row = self.select::<serial::Entity>().filter(named).lock().one().await?;
        Ok(row.map(|row| row.last))
    }

    /// Two that want the first number at once must not fail: the second waits for the first one's row.
    async fn begin_serial(&self, name: &str) -> Result<(), StoreError> {
        let row = serial::Model { tenant_id: self.scope().tenant(), name: name.to_owned(), last: 0 };
        let key =
            OnConflict::columns([serial::Column::TenantId, serial::Column::Name]).do_nothing().to_owned();
        serial::Entity::insert_many([row.into_active_model().reset_all()])
            .on_conflict(key)
            .exec_without_returning(self.wire())
            .await?;
        Ok(())
    }

    async fn set_serial(&self, name: &str, last: i64) -> Result<(), StoreError> {
        self.update::<serial::Entity>()
            .set(serial::Column::Last, Expr::val(last))
            .filter(serial::Column::Name.eq(name))
            .run()
            .await
            .map(drop)
    }
}

fn vanished(name: &str) -> StoreError {
    StoreError::Corrupt(format!("serial {name} vanished"))
}
