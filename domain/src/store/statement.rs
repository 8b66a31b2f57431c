//! Statements on tenant tables: select, update, delete, each already limited to the scope.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, IntoCondition, LockBehavior, LockType, SimpleExpr};
use sea_orm::{
    FromQueryResult, IntoSimpleExpr, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select as OrmSelect, UpdateMany, Value,
};

use fengqiao_entity::tenancy::TenantOwned;

use crate::store::keyset::Run;
use crate::store::ways::{self, Way};
use crate::store::{StoreError, Tx, reach};

/// Most values that one statement names in a list: SQLite binds 32,766 at most. Whoever has more asks in parts.
pub(crate) const MOST_NAMED: usize = 10_000;

/// A value that is one of some values. Lists are filled up with their last value to a power of two, so that
/// few statements differ by the length of a list: each is planned once on a connection and then kept.
pub(crate) fn one_of<V: Into<Value>>(value: impl ExprTrait, of: impl IntoIterator<Item = V>) -> SimpleExpr {
    let mut values: Vec<Value> = of.into_iter().map(Into::into).collect();
    let Some(last) = values.last().cloned() else { return never() };
    if values.len() == 1 {
        return value.eq(last);
    }
    values.resize(values.len().next_power_of_two(), last);
    value.is_in(values)
}

/// What never holds, as a literal: a plan for any values knows then which arm of a condition counts.
pub(super) fn never() -> SimpleExpr {
    Expr::cust("FALSE")
}

/// Any of some conditions; of none, never. Those that cannot hold are left out: SQLite uses no index for
/// `town_id = ? OR FALSE`.
pub(crate) fn any_of(conditions: impl IntoIterator<Item = SimpleExpr>) -> SimpleExpr {
    let possible = conditions.into_iter().filter(|condition| *condition != never());
    possible.reduce(ExprTrait::or).unwrap_or_else(never)
}

/// Rows before they are sorted.
pub(super) enum Gathered<'a, E: TenantOwned> {
    /// The first of each way, gathered.
    Few(Select<'a, E>),
    /// All there are.
    All(Select<'a, E>),
}

/// A select limited to what the scope reads.
pub(crate) struct Select<'a, E: TenantOwned> {
    tx: &'a Tx,
    query: OrmSelect<E>,
    ways: Option<(Vec<Way>, &'static str)>,
    finds_first: bool,
}

impl<'a, E: TenantOwned> Select<'a, E> {
    pub(super) fn new(tx: &'a Tx) -> Self {
        let query = E::find().filter(reach::predicate::<E>(tx.scope()));
        Self { tx, query, ways: None, finds_first: false }
    }

    /// Says that a condition with an index of its own leaves few rows: a page finds them by it and sorts them then. Left alone SQLite reads
    /// all of the tenant in the order of the list.
    pub(crate) fn find_first(mut self) -> Self {
        self.finds_first = true;
        self
    }

    pub(super) const fn finds_first(&self) -> bool {
        self.finds_first
    }

    /// Reads a page or a count by these ways: what they do not lead to is not among the rows. A page must be sorted by the
    /// column `time`, with which the indexes of the ways go on.
    pub(crate) fn by_ways(mut self, ways: Vec<Way>, time: &'static str) -> Self {
        self.ways = Some((ways, time));
        self
    }

    /// The same rows, but no more of each way than a run wants.
    pub(super) fn gathered(self, run: &Run<'_>) -> Gathered<'a, E> {
        match self.ways.as_ref().map(|(ways, time)| (ways.as_slice(), *time)) {
            None => Gathered::All(self),
            // One index has the whole order.
            Some((&[Way::Column(column, id)], _)) => {
                Gathered::All(self.filter(ways::cell::<E>(column).eq(id)))
            }
            Some(ways) => Gathered::Few(Self::new(self.tx).filter(ways::first_of(&self.query, ways, run))),
        }
    }

    /// Keeps rows that satisfy the condition too.
    pub(crate) fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.query = self.query.filter(condition.into_condition());
        self
    }

    /// Keeps rows that satisfy the condition too, if there is one.
    pub(super) fn filter_by(self, condition: Option<Condition>) -> Self {
        match condition {
            Some(condition) => self.filter(condition),
            None => self,
        }
    }

    /// Sorts by a column or an expression after those already named.
    pub(crate) fn order_by(mut self, key: impl IntoSimpleExpr, order: Order) -> Self {
        self.query = self.query.order_by(key, order);
        self
    }

    /// At most so many rows.
    pub(crate) fn limit(mut self, rows: u64) -> Self {
        self.query = self.query.limit(rows);
        self
    }

    /// Locks the rows until the transaction ends; SQLite's single writer needs no lock.
    pub(crate) fn lock(mut self) -> Self {
        self.query = self.query.lock(LockType::Update);
        self
    }

    /// Holds the rows against change until the transaction ends. Others refer to them meanwhile: whoever is busy with something long
    /// refers to their own account all the time.
    pub(crate) fn hold(mut self) -> Self {
        self.query = self.query.lock(LockType::NoKeyUpdate);
        self
    }

    /// Locks those of the rows that nobody else has locked, and leaves the others out.
    pub(crate) fn lock_free(mut self) -> Self {
        self.query = self.query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        self
    }

    /// All rows.
    pub(crate) async fn all(self) -> Result<Vec<E::Model>, StoreError> {
        Ok(self.query.all(self.tx.wire()).await?)
    }

    /// The first row, if any.
    pub(crate) async fn one(self) -> Result<Option<E::Model>, StoreError> {
        Ok(self.query.one(self.tx.wire()).await?)
    }

    /// The number of rows, counted no further than `limit`.
    pub(crate) async fn count_to(self, limit: u64) -> Result<u64, StoreError>
    where
        E::Model: Sync + Send,
    {
        let wire = self.tx.wire();
        let (Gathered::All(rows) | Gathered::Few(rows)) =
            self.gathered(&Run { order: Order::Desc, cursor: None, rows: limit });
        Ok(rows.query.limit(limit).count(wire).await?)
    }

    /// Rows of another shape, for sums and counts: `shape` selects the columns.
    pub(crate) async fn shaped<M: FromQueryResult>(
        self,
        shape: impl FnOnce(OrmSelect<E>) -> OrmSelect<E>,
    ) -> Result<Vec<M>, StoreError> {
        Ok(shape(self.query.select_only()).into_model::<M>().all(self.tx.wire()).await?)
    }
}

/// An update limited to what the scope reads.
pub(crate) struct Update<'a, E: TenantOwned> {
    tx: &'a Tx,
    query: UpdateMany<E>,
}

impl<'a, E: TenantOwned> Update<'a, E> {
    pub(super) fn new(tx: &'a Tx) -> Self {
        Self { tx, query: E::update_many().filter(reach::predicate::<E>(tx.scope())) }
    }

    /// Sets a column.
    pub(crate) fn set(mut self, column: E::Column, value: impl Into<SimpleExpr>) -> Self {
        self.query = self.query.col_expr(column, value.into());
        self
    }

    /// Changes only rows that satisfy the condition too.
    pub(crate) fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.query = self.query.filter(condition.into_condition());
        self
    }

    /// Runs it: the number of rows changed.
    pub(crate) async fn run(self) -> Result<u64, StoreError> {
        if E::is_standing() {
            self.tx.known().note_change(self.tx.scope().tenant());
        }
        Ok(self.query.exec(self.tx.wire()).await?.rows_affected)
    }
}
