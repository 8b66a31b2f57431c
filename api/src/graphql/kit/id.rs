//! Global ids: `<prefix>_<uuid>`. A text of another form is a bad request, never a lookup.

use async_graphql::{ID, MaybeUndefined};
use fengqiao_domain::kernel::change::Change;
use fengqiao_domain::kernel::id::{Id, IdKind};

use super::fault::{Fault, Outcome};
use super::mistake::Mistake;

/// The id of one kind that a client sent.
///
/// # Errors
/// `BAD_REQUEST` for another prefix or no UUID.
pub fn parse<K: IdKind>(id: &ID) -> Outcome<Id<K>> {
    id.parse().map_err(|_| Fault::bad_request(Mistake::NotAnId { prefix: K::PREFIX }))
}

/// An optional id.
///
/// # Errors
/// As [`parse`].
pub fn parse_optional<K: IdKind>(id: Option<&ID>) -> Outcome<Option<Id<K>>> {
    id.map(parse).transpose()
}

/// An id that an update keeps, clears or sets.
///
/// # Errors
/// As [`parse`].
pub fn parse_change<K: IdKind>(id: &MaybeUndefined<ID>) -> Outcome<Change<Id<K>>> {
    Ok(match id {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::Clear,
        MaybeUndefined::Value(id) => Change::Set(parse(id)?),
    })
}

/// A list of ids, at most `limit`.
///
/// # Errors
/// As [`parse`], and `BAD_REQUEST` for a longer list.
pub fn parse_all<K: IdKind>(ids: &[ID], limit: usize) -> Outcome<Vec<Id<K>>> {
    if ids.len() > limit {
        return Err(Fault::bad_request(Mistake::TooManyIds { limit }));
    }
    ids.iter().map(parse).collect()
}

/// The text that clients hold.
#[must_use]
pub fn text<K: IdKind>(id: Id<K>) -> ID {
    ID(id.to_string())
}
