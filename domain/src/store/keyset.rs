//! Reads one page of a list by its sort key and id.

use sea_orm::sea_query::{BinOper, Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ColumnType, Iden as _, Order};

use fengqiao_entity::tenancy::TenantOwned;

use crate::kernel::mutant::{self, Mutant};
use crate::kernel::page::{COUNT_LIMIT, Cursor, Direction, Page, PageRequest, SortKey};
use crate::store::statement::Gathered;
use crate::store::{Select, StoreError};

/// The order of a list: a column that is never null, then the id.
pub(crate) struct Keyset<E: TenantOwned> {
    /// Sort column.
    pub(crate) column: E::Column,
    /// Id column, which breaks ties.
    pub(crate) id: E::Column,
    /// Whether the list runs from the greatest key down.
    pub(crate) descending: bool,
    /// The cursor of a row.
    pub(crate) cursor: fn(&E::Model) -> Cursor,
}

impl<E: TenantOwned> Keyset<E> {
    /// The wanted page of `rows`.
    pub(crate) async fn page(
        &self,
        rows: Select<'_, E>,
        request: &PageRequest,
    ) -> Result<Page<E::Model>, StoreError> {
        let backward = request.direction == Direction::Backward;
        let order = if self.descending == backward { Order::Asc } else { Order::Desc };
        if let Some(cursor) = &request.cursor {
            self.check(cursor)?;
        }
        let run = Run { order: order.clone(), cursor: request.cursor.as_ref(), rows: request.size + 1 };
        let (key, id) = (of(self.column), of(self.id));
        let key =
            if rows.finds_first() && !mutant::active(Mutant::ListFirst) { off_its_index(key) } else { key };
        let beyond = run.beyond(&key, &id);
        let rows = match rows.gathered(&run) {
            // Few rows are sorted as they are. Of the bare column SQLite would take the index, and read them all.
            Gathered::Few(rows) => rows.order_by(key.add(0), order.clone()),
            Gathered::All(rows) => rows.filter_by(beyond).order_by(key, order.clone()),
        };
        let rows = rows.order_by(id, order);
        let mut rows = rows.limit(run.rows).all().await?;
        let size = usize::try_from(request.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        if backward {
            rows.reverse();
        }
        let started = request.cursor.is_some();
        let (has_previous, has_next) = if backward { (more, started) } else { (started, more) };
        let rows = rows.into_iter().map(|row| (self.cursor_of(&row), row)).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// The cursor of a row in this list.
    pub(crate) fn cursor_of(&self, row: &E::Model) -> Cursor {
        Cursor { list: self.list(), ..(self.cursor)(row) }
    }

    /// The number of this list and order: FNV-1a over its table and column.
    fn list(&self) -> u32 {
        let name = format!("{}.{}", E::default().table_name(), self.column.unquoted());
        name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }

    /// A cursor is of this list, and its key of the column's kind: PostgreSQL does not compare a number
    /// with a text, and `SQLite` finds every text greater.
    fn check(&self, cursor: &Cursor) -> Result<(), StoreError> {
        let of_text = matches!(self.column.def().get_column_type(), ColumnType::Text | ColumnType::String(_));
        let of_list = cursor.list == self.list() || mutant::active(Mutant::NoListInCursor);
        if of_list && of_text == matches!(cursor.key, SortKey::Text(_)) {
            Ok(())
        } else {
            Err(StoreError::ForeignCursor)
        }
    }
}

/// The same text, by which no index is in order.
fn off_its_index(text: Expr) -> Expr {
    text.binary(BinOper::Custom("||"), "")
}

fn of<C: ColumnTrait>(column: C) -> Expr {
    Expr::col(column.as_column_ref())
}

/// Which rows of a list a page begins with.
pub(super) struct Run<'a> {
    /// The direction of the sort key and the id.
    pub(super) order: Order,
    /// The row before the first one; none at the beginning.
    pub(super) cursor: Option<&'a Cursor>,
    /// At most so many.
    pub(super) rows: u64,
}

impl Run<'_> {
    /// What a row's sort key and id satisfy when it comes after the cursor.
    pub(super) fn beyond(&self, column: &Expr, id: &Expr) -> Option<Condition> {
        let cursor = self.cursor?;
        let (column, id) = (column.clone(), id.clone());
        let key: Expr = match &cursor.key {
            SortKey::Number(number) => Expr::val(*number),
            SortKey::Text(text) => Expr::val(text.clone()),
        };
        // The bound alone is what an index can start from: an alternative is none.
        let (bound, past, id) = if self.order == Order::Desc {
            (column.clone().lte(key.clone()), column.lt(key), id.lt(cursor.id))
        } else {
            (column.clone().gte(key.clone()), column.gt(key), id.gt(cursor.id))
        };
        Some(Condition::all().add(bound).add(past.or(id)))
    }
}

/// The number of rows of a list, no further than [`COUNT_LIMIT`].
pub(crate) async fn counted<E: TenantOwned>(rows: Select<'_, E>) -> Result<u64, StoreError>
where
    E::Model: Send + Sync,
{
    rows.count_to(COUNT_LIMIT).await
}
