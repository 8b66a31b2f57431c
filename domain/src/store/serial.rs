//! Numbers that are never given twice: serials of grids in a village, of cases in a year.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait as _, ColumnTrait, EntityTrait, IntoActiveModel};

use fengqiao_entity::kernel::serial;

use crate::store::{StoreError, Tx};

impl Tx {
    /// Takes the next `count` numbers under a name, and returns the first. Whoever else wants one waits
    /// until this transaction ends; a rollback gives the numbers back.
    pub(crate) async fn take_serials(&self, name: &str, count: i64) -> Result<i64, StoreError> {
        let given = self.last_serial(name).await?;
        self.set_serial(name, given + count).await?;
        Ok(given + 1)
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
        self.locked_serial(name).await?.ok_or_else(|| StoreError::Corrupt(format!("serial {name} vanished")))
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
