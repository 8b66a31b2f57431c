//! Register somebody of the force.

use crate::identity::directory as identity;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, StaffMemberId};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::staff::command::{self, CreateStaffMember};
use crate::staff::error::StaffError;
use crate::staff::model::{StaffChangeKind, StaffMember, StaffMemberState};
use crate::staff::service::{
    Answer, StaffService, change, check_organisation, check_unit, log, mistake, permit, recorded, taken,
};
use crate::staff::store;
use crate::store::{Begun, Done, StoreError, Tx};

/// The name under which staff numbers are counted.
const SERIAL: &str = "staff_member";

impl StaffService {
    /// Registers somebody. Needs `STAFF_MANAGE` over the unit that keeps their file.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `TARGET_DISSOLVED`, `CODE_TAKEN`, `ACCOUNT_TAKEN`, `ACCOUNT_DISABLED`,
    /// `INVALID_CODE`, `INVALID_PHONE`, `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`.
    pub async fn create_staff_member(
        &self,
        scope: &Scope,
        command: CreateStaffMember,
    ) -> Answer<StaffMember> {
        permit(scope)?;
        let name = command::person_name(&command.name).map_err(mistake)?;
        let phone = command::phone(command.phone.as_deref()).map_err(mistake)?;
        let code = command.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
        let code = code.map(|code| command::code(code, "code")).transpose().map_err(mistake)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.member_done(scope, done).await,
        };
        check_unit(&tx, command.unit, "unitId").await?;
        check_organisation(&tx, command.organisation, "organisationId").await?;
        check_account(&tx, command.account).await?;
        let code = match code {
            Some(code) => code,
            None => free_code(&tx).await?,
        };
        let member = StaffMember {
            id: tx.new_id(),
            code,
            unit: command.unit,
            organisation: command.organisation,
            account: command.account,
            name: name.clone(),
            phone: None,
            state: StaffMemberState::Serving,
            created_at: tx.now(),
            version: 1,
        };
        let sealed = store::seal(&tx, member.id, &name, phone.as_ref())?;
        tx.insert(store::member_row(&tx, &member, sealed)).await.map_err(taken)?;
        log(&tx, change(&tx, &member, StaffChangeKind::Registered)).await?;
        recorded(&mut tx, "staff_member.created", "staff_member", &member.id, member.id.uuid(), 1);
        let member = store::members(&tx, &[member.id]).await?.pop();
        let member = member.ok_or_else(|| StoreError::Corrupt("a new staff member vanished".to_owned()))?;
        tx.commit(Done { id: member.id.uuid(), version: member.version }).await?;
        Ok(member)
    }

    /// Somebody whom an earlier use of the key registered or changed.
    pub(super) async fn member_done(&self, scope: &Scope, done: Done) -> Answer<StaffMember> {
        let tx = self.db.reader(scope).tx().await?;
        let found = store::members(&tx, &[StaffMemberId::from_uuid(done.id)]).await?.pop();
        found.ok_or_else(|| Failure::user("", StaffError::NotFound))
    }
}

/// Refuses an account that does not exist or is disabled, and as if it did not exist one that holds something where the caller keeps no
/// roster, or is somebody's of another tenant.
pub(super) async fn check_account(tx: &Tx, account: Option<AccountId>) -> Answer<()> {
    let Some(account) = account else { return Ok(()) };
    if identity::is_guest(tx, account).await? {
        return Err(Failure::user("accountId", StaffError::NotFound));
    }
    let active = identity::account_is_active(tx, account).await?;
    let covered = identity::covered_accounts(tx, Permission::StaffManage, &[account]).await?;
    match active.filter(|_| covered.contains(&account)) {
        None => Err(Failure::user("accountId", StaffError::NotFound)),
        Some(false) => Err(Failure::user("accountId", StaffError::AccountDisabled)),
        Some(true) => Ok(()),
    }
}

/// The next staff number that nobody chose by hand.
async fn free_code(tx: &Tx) -> Answer<String> {
    loop {
        let code = format!("S{:06}", tx.take_serials(SERIAL, 1).await?);
        if store::members_by_code(tx, std::slice::from_ref(&code)).await?.is_empty() {
            return Ok(code);
        }
    }
}
