//! Write down that an organisation answers for a category within a unit.

use crate::catalogue::command::CreateDuty;
use crate::catalogue::error::CategoryError;
use crate::catalogue::model::Duty;
use crate::catalogue::service::{Answer, CategoryService, duty_recorded};
use crate::catalogue::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::DutyId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::org::directory;
use crate::store::{Begun, Done, StoreError};

impl CategoryService {
    /// Creates a duty. Needs `CATEGORY_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown category, `ORGANISATION_NOT_FOUND`, `UNIT_NOT_FOUND`, `DUTY_TAKEN`.
    pub async fn create_duty(&self, scope: &Scope, command: CreateDuty) -> Answer<Duty> {
        if !scope.permits(Permission::CategoryManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.duty_done(scope, done).await,
        };
        if store::by_id(&tx, command.category).await?.is_none() {
            return Err(Failure::user("categoryId", CategoryError::NotFound));
        }
        if directory::organisation(&tx, command.organisation).await?.is_none() {
            return Err(Failure::user("organisationId", CategoryError::OrganisationNotFound));
        }
        if directory::unit(&tx, command.unit).await?.is_none() {
            return Err(Failure::user("unitId", CategoryError::UnitNotFound));
        }
        let CreateDuty { category, organisation, unit } = command;
        let duty = Duty { id: tx.new_id(), category, organisation, unit, since: tx.now(), until: None };
        tx.insert(store::duty_row(&tx, &duty)).await.map_err(taken)?;
        duty_recorded(&mut tx, "duty.created", (&duty, 1));
        tx.commit(Done { id: duty.id.uuid(), version: 1 }).await?;
        Ok(duty)
    }

    /// The duty that a use case with the same idempotency key wrote.
    pub(super) async fn duty_done(&self, scope: &Scope, done: Done) -> Answer<Duty> {
        let reader = self.db.reader(scope);
        let duty = store::duty_by_id(&*reader.tx().await?, DutyId::from_uuid(done.id)).await?;
        duty.ok_or_else(|| Failure::user("", CategoryError::NotFound))
    }
}

fn taken(error: StoreError) -> Failure<CategoryError> {
    match error {
        StoreError::Conflict { .. } => Failure::user("organisationId", CategoryError::DutyTaken),
        other => other.into(),
    }
}
