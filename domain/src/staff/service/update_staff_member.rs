//! Change somebody of the force.

use crate::kernel::change::Change;
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::scope::Scope;
use crate::staff::command::{self, UpdateStaffMember};
use crate::staff::error::{StaffError, moved};
use crate::staff::model::{StaffChange, StaffChangeKind, StaffMember};
use crate::staff::service::create_staff_member::check_account;
use crate::staff::service::{
    Answer, StaffService, change, check_organisation, check_unit, effect, kept_unit, log, mistake, permit,
    recorded, serving_member, taken,
};
use crate::staff::store;
use crate::store::{Begun, Done, StoreError, WriteTx};

impl StaffService {
    /// Changes somebody. Another account takes over the roles of what they hold; without one, what they hold
    /// gives no role any more. Needs `STAFF_MANAGE` over the unit that keeps their file, before and after, and
    /// for roles what granting them needs.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`, `MEMBER_LEFT`, `TARGET_DISSOLVED`, `ACCOUNT_TAKEN`,
    /// `ACCOUNT_DISABLED`, `GRANT_EXCEEDS_SCOPE`, `GRANT_TO_SELF`; what is wrong with the values.
    pub async fn update_staff_member(
        &self,
        scope: &Scope,
        command: UpdateStaffMember,
    ) -> Answer<StaffMember> {
        permit(scope)?;
        let name = command.name.as_deref().map(command::person_name).transpose();
        let name = name.map_err(mistake)?;
        let phone = match &command.phone {
            Change::Set(text) => {
                command::phone(Some(text)).map_err(mistake)?.map_or(Change::Clear, Change::Set)
            }
            Change::Clear => Change::Clear,
            Change::Keep => Change::Keep,
        };
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.member_done(scope, done).await,
        };
        let before = serving_member(&tx, command.member, "staffMemberId").await?;
        kept_unit(&tx, before.unit, "staffMemberId").await?;
        if before.version != command.expected_version {
            let current_version = before.version;
            return Err(Failure::user("expectedVersion", StaffError::Conflict { current_version }));
        }
        let fields = changed_fields(&command);
        let after = StaffMember {
            unit: command.unit.unwrap_or(before.unit),
            organisation: command.organisation.applied(before.organisation),
            account: command.account.applied(before.account),
            name: name.unwrap_or_else(|| before.name.clone()),
            version: before.version + 1,
            ..before.clone()
        };
        if after.unit != before.unit {
            check_unit(&tx, after.unit, "unitId").await?;
        }
        check_organisation(&tx, after.organisation, "organisationId").await?;
        let touched = relink(&mut tx, &before, &after).await;
        let touched = touched.map_err(|failure| moved(failure, |_| "accountId"))?;
        let sealed = store::resealed(&tx, &after, phone).await?;
        store::update_member(&tx, &after, sealed, before.version).await.map_err(taken)?;
        log(&tx, StaffChange { fields, ..change(&tx, &after, StaffChangeKind::Updated) }).await?;
        let id = after.id;
        recorded(&mut tx, "staff_member.updated", "staff_member", &id, id.uuid(), after.version);
        let after = store::members(&tx, &[id]).await?.pop();
        let after = after.ok_or_else(|| StoreError::corrupt("staff_members", "id", id))?;
        tx.commit(Done { id: id.uuid(), version: after.version }).await?;
        self.forget(scope, &touched);
        Ok(after)
    }
}

fn changed_fields(command: &UpdateStaffMember) -> Vec<String> {
    let kept = |keep: bool, field: &'static str| (!keep).then(|| field.to_owned());
    [
        kept(command.name.is_none(), "name"),
        kept(command.phone == Change::Keep, "phone"),
        kept(command.unit.is_none(), "unitId"),
        kept(command.organisation == Change::Keep, "organisationId"),
        kept(command.account == Change::Keep, "accountId"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Moves the roles of what somebody holds from one account to another: the accounts that change.
async fn relink(tx: &mut WriteTx, before: &StaffMember, after: &StaffMember) -> Answer<Vec<AccountId>> {
    if before.account == after.account {
        return Ok(vec![]);
    }
    check_account(tx, after.account).await?;
    let now = tx.now();
    for mut held in store::appointments_of(tx, after.id, now).await? {
        effect::stop(tx, &held, now).await?;
        held.account = after.account;
        held.grant = None;
        let post = store::post_kind_by_id(tx, held.post_kind).await?;
        let post = post.ok_or_else(|| StoreError::corrupt("appointments", "post_kind_id", held.id))?;
        effect::begin(tx, &mut held, &post).await?;
        store::set_grant(tx, held.id, held.grant).await?;
    }
    store::relink(tx, after.id, after.account).await?;
    Ok(before.account.into_iter().chain(after.account).collect())
}
