//! Give a unit another name; the old one stays in its history.

use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::org::command::{self, RenameUnit};
use crate::org::error::OrgError;
use crate::org::model::Unit;
use crate::org::service::create_unit::insert_name;
use crate::org::service::{Answer, OrgService, governed_unit, recorded};
use crate::org::store;
use crate::store::{Begun, Done, StoreError};

impl OrgService {
    /// Renames a unit. Needs `UNIT_MANAGE` over it.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`, `INVALID_DATE` when it already took a name that day,
    /// `REQUIRED`, `TOO_LONG`.
    pub async fn rename_unit(&self, scope: &Scope, command: RenameUnit) -> Answer<Unit> {
        if !scope.permits(Permission::UnitManage) {
            return Err(Failure::Denied);
        }
        let name = command::name(&command.name, "name").map_err(|problem| Failure::User(vec![problem]))?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.unit_done(scope, done).await,
        };
        let mut unit = governed_unit(&tx, Permission::UnitManage, command.unit, "unitId").await?;
        if unit.version != command.expected_version && !mutant::active(Mutant::NoVersionCheck) {
            return Err(Failure::user(
                "expectedVersion",
                OrgError::Conflict { current_version: unit.version },
            ));
        }
        let expected = unit.version;
        unit.name = name;
        unit.version += 1;
        if !store::update_unit(&tx, &unit, expected).await? {
            return Err(Failure::user(
                "expectedVersion",
                OrgError::Conflict { current_version: unit.version },
            ));
        }
        insert_name(&tx, unit.id, &unit.name, Some(command.since_on)).await.map_err(|error| match error {
            StoreError::Conflict { .. } => Failure::user("sinceOn", OrgError::InvalidDate),
            other => other.into(),
        })?;
        recorded(&mut tx, "unit.renamed", "unit", &unit.id, unit.id.uuid(), unit.version);
        tx.commit(Done { id: unit.id.uuid(), version: unit.version }).await?;
        Ok(unit)
    }
}
