//! Relay connections by keyset: one page, its cursors, and a count that is made only when selected.

use std::sync::Arc;

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Object, OutputType};
use fengqiao_domain::kernel::page::{Cursor, DEFAULT_SIZE, Direction, MAX_SIZE, Page, PageRequest};
use futures::future::BoxFuture;

use super::fault::{Fault, Outcome};

/// A connection of `T`.
pub type Paged<T> = Connection<String, T, TotalCount>;

/// Counts the rows of a list when `totalCount` is selected.
pub struct TotalCount(Arc<dyn Fn() -> BoxFuture<'static, Outcome<u64>> + Send + Sync>);

#[Object]
impl TotalCount {
    /// Rows in the whole list, counted only when selected and no further than 10,000: a larger list
    /// answers 10,000.
    async fn total_count(&self) -> async_graphql::Result<u64> {
        Ok((self.0)().await?)
    }
}

impl TotalCount {
    /// A count that runs `count` when it is asked.
    pub fn lazily<F, R>(count: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Outcome<u64>> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(count())))
    }
}

/// The page that `first`/`after` or `last`/`before` name.
///
/// # Errors
/// `BAD_REQUEST` for both directions at once, a size outside 1 to 100, or a cursor that is none.
pub fn page_request(
    first: Option<i32>,
    after: Option<&str>,
    last: Option<i32>,
    before: Option<&str>,
) -> Outcome<PageRequest> {
    let backward = last.is_some() || before.is_some();
    if backward && (first.is_some() || after.is_some()) {
        return Err(Fault::bad_request("use first and after, or last and before, not both"));
    }
    let (size, cursor, direction) =
        if backward { (last, before, Direction::Backward) } else { (first, after, Direction::Forward) };
    let size = match size {
        None => DEFAULT_SIZE,
        Some(size) => u64::try_from(size)
            .ok()
            .filter(|size| (1..=MAX_SIZE).contains(size))
            .ok_or_else(|| Fault::bad_request("first and last must be 1 to 100"))?,
    };
    let cursor = cursor
        .map(|text| Cursor::decode(text).map_err(|_| Fault::bad_request("not a cursor of this server")))
        .transpose()?;
    Ok(PageRequest { size, direction, cursor })
}

/// A page as a connection.
pub fn connection<R, T: OutputType>(page: Page<R>, convert: impl Fn(R) -> T, total: TotalCount) -> Paged<T> {
    let mut connection = Connection::with_additional_fields(page.has_previous, page.has_next, total);
    connection
        .edges
        .extend(page.rows.into_iter().map(|(cursor, row)| Edge::new(cursor.encode(), convert(row))));
    connection
}
