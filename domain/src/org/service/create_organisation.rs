//! Create an organisation: a department, committee or partner.

use fengqiao_entity::org::organisation;

use crate::kernel::failure::Failure;
use crate::kernel::id::OrganisationId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::org::command::{self, CreateOrganisation};
use crate::org::error::OrgError;
use crate::org::model::Organisation;
use crate::org::service::create_unit::code_taken;
use crate::org::service::{Answer, OrgService, recorded};
use crate::org::store;
use crate::store::{Begun, Done};

impl OrgService {
    /// Creates an organisation. Needs `ORGANISATION_MANAGE` over the whole district.
    ///
    /// # Errors
    /// `INVALID_CODE`, `CODE_TAKEN`, `REQUIRED`, `TOO_LONG`.
    pub async fn create_organisation(
        &self,
        scope: &Scope,
        command: CreateOrganisation,
    ) -> Answer<Organisation> {
        if !scope.permits_district(Permission::OrganisationManage) {
            return Err(Failure::Denied);
        }
        let problem = |problem| Failure::User(vec![problem]);
        let code = command::short_code(&command.code, "code").map_err(problem)?;
        let name = command::name(&command.name, "name").map_err(problem)?;
        let kind = command::short_code(&command.kind, "kind").map_err(problem)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.organisation_done(scope, done).await,
        };
        let organisation = Organisation { id: tx.new_id(), code, name, kind, version: 1 };
        tx.insert(organisation::Model {
            tenant_id: scope.tenant(),
            id: organisation.id,
            code: organisation.code.clone(),
            name: organisation.name.clone(),
            kind: organisation.kind.clone(),
            version: organisation.version,
        })
        .await
        .map_err(code_taken)?;
        let id = organisation.id;
        recorded(&mut tx, "organisation.created", "organisation", &id, id.uuid(), organisation.version);
        tx.commit(Done { id: id.uuid(), version: organisation.version }).await?;
        Ok(organisation)
    }

    async fn organisation_done(&self, scope: &Scope, done: Done) -> Answer<Organisation> {
        let reader = self.db.reader(scope);
        let id = OrganisationId::from_uuid(done.id);
        let found = store::organisations_by_id(&*reader.tx().await?, &[id]).await?;
        found.into_iter().next().ok_or_else(|| Failure::user("", OrgError::NotFound))
    }
}
