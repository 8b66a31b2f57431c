//! Use cases of the org slice, one per file.

mod create_grid;
mod create_group;
mod create_organisation;
mod create_tenant;
mod create_unit;
mod export;
mod import_failure;
mod import_grids;
mod import_units;
mod merge_units;
mod query;
mod rename_unit;
mod seed;
mod territory;

use serde_json::json;
use uuid::Uuid;

use crate::kernel::event::EventDraft;
use crate::kernel::failure::Failure;
use crate::kernel::id::UnitId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::place::{Place, Visibility};
use crate::kernel::scope::Scope;
use crate::org::error::OrgError;
use crate::org::model::Unit;
use crate::org::{directory, store};
use crate::store::{Db, Tx, WriteTx};

pub use query::{GridFilter, OrganisationFilter, UnitFilter};
pub use seed::GroupByCodes;

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<OrgError>>;

/// Use cases of tenants, units, grids, groups and organisations.
#[derive(Clone, Debug)]
pub struct OrgService {
    db: Db,
}

impl OrgService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }
}

/// Whether a grant that allows `permission` covers the place, whatever the category.
fn governs(scope: &Scope, permission: Permission, place: &Place) -> bool {
    scope.is_system()
        || scope.held().iter().any(|held| held.permissions.holds(permission) && held.territory.covers(place))
}

/// The unit, when it exists and a grant that allows `permission` covers it.
async fn governed_unit(tx: &Tx, permission: Permission, id: UnitId, path: &str) -> Answer<Unit> {
    let Some(unit) = store::unit_by_id(tx, id).await? else {
        return Err(Failure::user(path, OrgError::NotFound));
    };
    if governs(tx.scope(), permission, &directory::place_of_unit(&unit)) {
        Ok(unit)
    } else {
        Err(Failure::user(path, OrgError::NotPermitted))
    }
}

/// Records that something of this slice changed: an event for everyone and an audit row.
fn recorded(
    tx: &mut WriteTx,
    name: &'static str,
    aggregate: &'static str,
    id: &impl ToString,
    uuid: Uuid,
    version: i64,
) {
    tx.record(EventDraft {
        aggregate,
        aggregate_id: uuid,
        version,
        name,
        payload: json!({ "id": id.to_string() }),
        before: None,
        after: Visibility::everyone(),
    });
    if name != "organisation.created" || !mutant::active(Mutant::UnauditedWrites) {
        tx.audit(name, id, json!({ "version": version }));
    }
}
