//! Pages of a list by keyset: a cursor names the last row's sort key and id, never an offset.

use uuid::Uuid;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Default page size.
pub const DEFAULT_SIZE: u64 = 20;
/// Largest page size: GitHub's and our bound (requirement G9).
pub const MAX_SIZE: u64 = 100;
/// `totalCount` stops counting here, so that a count costs no more than a page of this size.
pub const COUNT_LIMIT: u64 = 10_000;

/// A sort key that a cursor can carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// An integer: an instant, a number, a rank.
    Number(i64),
    /// A text, compared by bytes.
    Text(String),
}

/// Where a page begins or ends: the sort key and id of a row, and the list it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Number of the list and its order: a cursor of another one means nothing here.
    pub list: u32,
    /// Sort key of the row.
    pub key: SortKey,
    /// Bare id of the row, which breaks ties.
    pub id: Uuid,
}

/// The text is not a cursor that this server wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCursor;

impl Cursor {
    /// The cursor of a row; the store adds the list when it reads the page.
    #[must_use]
    pub const fn of(key: SortKey, id: Uuid) -> Self {
        Self { list: 0, key, id }
    }

    /// The opaque text that clients hold.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut bytes = self.id.as_bytes().to_vec();
        bytes.extend(self.list.to_be_bytes());
        match &self.key {
            SortKey::Number(number) => {
                bytes.push(b'n');
                bytes.extend(number.to_be_bytes());
            }
            SortKey::Text(text) => {
                bytes.push(b't');
                bytes.extend(text.as_bytes());
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a text made by [`Cursor::encode`].
    ///
    /// # Errors
    /// [`BadCursor`] for any other text.
    pub fn decode(text: &str) -> Result<Self, BadCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
        let (id, rest) = bytes.split_at_checked(16).ok_or(BadCursor)?;
        let id = Uuid::from_slice(id).map_err(|_| BadCursor)?;
        let (list, rest) = rest.split_at_checked(4).ok_or(BadCursor)?;
        let list = u32::from_be_bytes(list.try_into().map_err(|_| BadCursor)?);
        let (kind, key) = rest.split_first().ok_or(BadCursor)?;
        let key = match kind {
            b'n' => SortKey::Number(i64::from_be_bytes(key.try_into().map_err(|_| BadCursor)?)),
            b't' if !key.contains(&0) => {
                SortKey::Text(String::from_utf8(key.to_vec()).map_err(|_| BadCursor)?)
            }
            _ => return Err(BadCursor),
        };
        Ok(Self { list, key, id })
    }
}

/// Which way a page runs from its cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The first rows after the cursor.
    Forward,
    /// The last rows before the cursor.
    Backward,
}

/// Which page of a list is wanted.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Number of rows, 1 to [`MAX_SIZE`].
    pub size: u64,
    /// Which way it runs.
    pub direction: Direction,
    /// The row it starts from, exclusive.
    pub cursor: Option<Cursor>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { size: DEFAULT_SIZE, direction: Direction::Forward, cursor: None }
    }
}

/// One page in the order of the list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, each with its cursor.
    pub rows: Vec<(Cursor, T)>,
    /// Whether rows come before this page.
    pub has_previous: bool,
    /// Whether rows come after this page.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// The same page of other rows.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(|(cursor, row)| (cursor, change(row))).collect(),
            has_previous: self.has_previous,
            has_next: self.has_next,
        }
    }

    /// The same page of other rows, when each can be made.
    ///
    /// # Errors
    /// The first one's.
    pub fn try_map<U, E>(self, mut change: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let rows = self.rows.into_iter().map(|(cursor, row)| Ok((cursor, change(row)?)));
        Ok(Page {
            rows: rows.collect::<Result<_, E>>()?,
            has_previous: self.has_previous,
            has_next: self.has_next,
        })
    }
}
