//! Relay connections by keyset: one page, its cursors, and a count that is made only when selected.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::connection::PageInfo;
use async_graphql::{Object, OutputType, TypeName};
use fengqiao_domain::kernel::page::{Cursor, DEFAULT_SIZE, Direction, MAX_SIZE, Page, PageRequest};
use futures::future::BoxFuture;

use super::fault::{Fault, Outcome};
use super::mistake::Mistake;
use super::weight::cost;

/// A connection of `T`, in the schema `<T>Connection`. The library's own has no descriptions.
pub struct Paged<T: OutputType> {
    edges: Vec<Edge<T>>,
    has_previous: bool,
    has_next: bool,
    total: TotalCount,
}

/// One page of a list and the way to the pages around it.
#[Object(name_type)]
impl<T: OutputType> Paged<T> {
    /// The page's elements, each with its cursor.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The page's elements without their cursors.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// The page's first and last cursor, and whether there is more.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// Rows in the whole list, counted only when selected and no further than 10,000: a larger list
    /// answers 10,000.
    #[graphql(directive = cost::apply("10".into()))]
    async fn total_count(&self) -> async_graphql::Result<u64> {
        Ok((self.total.0)().await?)
    }
}

impl<T: OutputType> TypeName for Paged<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// An element of a page, in the schema `<T>Edge`.
pub struct Edge<T: OutputType> {
    cursor: String,
    node: T,
}

/// An element of a page with its place in the list.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// Its place in the list, to be sent back as `after` or `before`; opaque.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The element itself.
    async fn node(&self) -> &T {
        &self.node
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// Counts the rows of a list when `totalCount` is selected.
pub struct TotalCount(Arc<dyn Fn() -> BoxFuture<'static, Outcome<u64>> + Send + Sync>);

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
        return Err(Fault::bad_request(Mistake::BothDirections));
    }
    let (size, cursor, direction) =
        if backward { (last, before, Direction::Backward) } else { (first, after, Direction::Forward) };
    let size = page_size(size)?;
    let cursor = cursor
        .map(|text| Cursor::decode(text).map_err(|_| Fault::bad_request(Mistake::NotACursor)))
        .transpose()?;
    Ok(PageRequest { size, direction, cursor })
}

/// How many rows a page has.
///
/// # Errors
/// `BAD_REQUEST` for a size outside 1 to 100.
pub fn page_size(wanted: Option<i32>) -> Outcome<u64> {
    let Some(wanted) = wanted else { return Ok(DEFAULT_SIZE) };
    u64::try_from(wanted)
        .ok()
        .filter(|size| (1..=MAX_SIZE).contains(size))
        .ok_or_else(|| Fault::bad_request(Mistake::PageSize { limit: MAX_SIZE }))
}

/// A page as a connection.
pub fn connection<R, T: OutputType>(page: Page<R>, convert: impl Fn(R) -> T, total: TotalCount) -> Paged<T> {
    let edges =
        page.rows.into_iter().map(|(cursor, row)| Edge { cursor: cursor.encode(), node: convert(row) });
    Paged { edges: edges.collect(), has_previous: page.has_previous, has_next: page.has_next, total }
}
