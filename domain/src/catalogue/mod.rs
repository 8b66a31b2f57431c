//! What a case can be about: the tenant's tree of categories (事项分类).
//!
//! A category at the root is a class; cases are filed under any active node, mostly leaves. A limit, a
//! responsible kind of organisation and a sensitivity that a node does not give come from the nearest
//! node above that does.
//!
//! A duty (权责) says which organisation answers for a category within a unit; where there is none, whoever is of the kind
//! that the category names does.
//!
//! Invariants: a code is unique within its tenant; the parent of a category never changes, so the tree
//! has no cycle; a category with cases is retired, never deleted.

mod command;
pub(crate) mod directory;
mod error;
mod model;
mod service;
mod store;
mod tree;

pub use command::{CategoryRow, CreateCategory, CreateDuty, UpdateCategory};
pub use error::{CategoryError, CategoryErrorCode};
pub use model::{Category, Duty, EffectiveTerms, Nearness, RoutingKind};
pub use service::{CategoryFilter, CategoryService, DutyFilter};
