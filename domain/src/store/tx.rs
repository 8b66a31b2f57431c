//! An open transaction of one scope.

use std::sync::Arc;

use sea_orm::sea_query::InsertStatement;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, IntoActiveModel, Iterable, QueryTrait, Statement,
    StatementBuilder,
};

use fengqiao_entity::tenancy::TenantOwned;

use crate::kernel::id::{Id, Timestamp};
use crate::kernel::idgen;
use crate::kernel::scope::Scope;
use crate::kernel::vault::Vault;
use crate::store::settings;
use crate::store::standing::{Known, Mark};
use crate::store::statement::{Select, Update};
use crate::store::wire::Wire;
use crate::store::{Db, StoreError};

/// Bound values per statement: SQLite allows 32,766 and PostgreSQL 65,535.
const MOST_VALUES: usize = 30_000;

/// An open transaction: statements on tenant tables, each limited to the scope.
pub(crate) struct Tx {
    wire: Wire,
    scope: Scope,
    now: Timestamp,
    db: Db,
    known: Known,
}

impl Tx {
    /// `mark` is of before it began.
    pub(super) fn new(wire: Wire, scope: Scope, db: Db, mark: Mark) -> Self {
        let now = db.now();
        Self { wire, scope, now, db, known: Known::since(mark) }
    }

    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    pub(super) fn into_wire(self) -> Wire {
        self.wire
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// The scope it was opened for.
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The instant at which it was opened: the "now" of everything it writes.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    #[expect(clippy::disallowed_methods, reason = "settings have no query-builder form")]
    pub(super) async fn enter(&mut self, scope: &Scope) -> Result<(), StoreError> {
        if self.wire.get_database_backend() == DbBackend::Postgres {
            let sql = settings::reset(scope);
            self.wire.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        }
        self.scope = scope.clone();
        self.known.enter();
        self.learn_tenant_key().await
    }

    /// Before very many rows are inserted: has PostgreSQL plan anew how it looks up what they refer to. A plan of
    /// when that table was all but empty takes whichever index of the tenant was made last, and then reads all of it
    /// for every row.
    #[expect(clippy::disallowed_methods, reason = "it names no table and has no query-builder form")]
    pub(crate) async fn plan_anew(&self) -> Result<(), StoreError> {
        if self.wire.get_database_backend() == DbBackend::Postgres {
            self.wire.query_all_raw(Statement::from_string(DbBackend::Postgres, "DISCARD PLANS")).await?;
        }
        Ok(())
    }

    /// A new id.
    pub(crate) fn new_id<K>(&self) -> Id<K> {
        Id::from_uuid(idgen::uuid_v7(self.db.id_source(), self.now))
    }

    /// Four random numbers.
    pub(crate) fn dice(&self) -> [u32; 4] {
        let [one, other] = [self.db.id_source().entropy(), self.db.id_source().entropy()];
        let number = |bytes: [u8; 10], from: usize| {
            bytes.iter().skip(from).take(4).fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte))
        };
        [number(one, 0), number(one, 4), number(other, 0), number(other, 4)]
    }

    /// Seals and opens personal values.
    pub(crate) fn vault(&self) -> &Arc<Vault> {
        self.db.vault()
    }

    /// Selects rows of a tenant table.
    pub(crate) fn select<E: TenantOwned>(&self) -> Select<'_, E> {
        Select::new(self)
    }

    /// Updates rows of a tenant table.
    pub(crate) fn update<E: TenantOwned>(&self) -> Update<'_, E> {
        Update::new(self)
    }

    /// Inserts a row; the tenant is stamped, whatever the row says.
    pub(crate) async fn insert<M, E>(&self, row: M) -> Result<(), StoreError>
    where
        E: TenantOwned<Model = M>,
        M: sea_orm::ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        self.insert_all(vec![row]).await
    }

    /// Inserts rows in as few statements as the databases allow; the tenant is stamped.
    pub(crate) async fn insert_all<M, E>(&self, rows: Vec<M>) -> Result<(), StoreError>
    where
        E: TenantOwned<Model = M>,
        M: sea_orm::ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        for insert in self.inserts(rows) {
            self.run_insert(&insert).await?;
        }
        Ok(())
    }

    pub(super) async fn run_insert(&self, insert: &impl StatementBuilder) -> Result<(), StoreError> {
        self.wire.execute_raw(self.wire.get_database_backend().build(insert)).await?;
        Ok(())
    }

    /// The statements that insert rows, stamped with the tenant.
    pub(super) fn inserts<M, E>(&self, rows: Vec<M>) -> impl Iterator<Item = InsertStatement> + use<M, E>
    where
        E: TenantOwned<Model = M>,
        M: sea_orm::ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        let tenant = self.scope.tenant();
        if E::is_standing() {
            self.known.note_change(tenant);
        }
        let columns = E::Column::iter().count().max(1);
        let mut rows = rows.into_iter().map(move |row| {
            let mut row = row.into_active_model();
            for column in E::Column::iter() {
                row.reset(column);
            }
            row.set(E::tenant(), tenant.into());
            row
        });
        std::iter::from_fn(move || {
            let batch: Vec<E::ActiveModel> = rows.by_ref().take(MOST_VALUES / columns).collect();
            (!batch.is_empty()).then(|| E::insert_many(batch).into_query())
        })
    }
}
