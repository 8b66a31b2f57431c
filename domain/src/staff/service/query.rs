//! Reads of people, kinds of posts, appointments and the change log. Staff see the whole tenant's, everyone
//! else what is about themselves; kinds of posts are no secret.

use std::collections::{BTreeSet, HashMap};

use crate::identity::{GrantTarget, Phone};
use crate::kernel::id::{AppointmentId, PostKindId, StaffMemberId, Timestamp, UnitId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::place::Territory;
use crate::kernel::scope::Scope;
use crate::org::directory::{self, Members};
use crate::staff::model::{
    Appointment, AppointmentKind, PostKind, StaffChange, StaffMember, StaffMemberState,
};
use crate::staff::service::{Answer, StaffService};
use crate::staff::store::{self, AppointmentPage, ChangePage, MemberPage};
use crate::store::{Reader, StoreError, Tx};

/// Which people are wanted: all conditions at once.
#[derive(Clone, Debug, Default)]
pub struct StaffMemberFilter {
    /// Only whose file this unit keeps, or one below it.
    pub unit: Option<UnitId>,
    /// Only in this state.
    pub state: Option<StaffMemberState>,
    /// Only with exactly this telephone number.
    pub phone: Option<Phone>,
    /// Only with exactly this staff number.
    pub code: Option<String>,
}

/// Which appointments are wanted: all conditions at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct AppointmentFilter {
    /// Only at this unit, or at a unit, grid or group that lies in it.
    pub within: Option<UnitId>,
    /// Only at exactly this target.
    pub target: Option<GrantTarget>,
    /// Only to this kind of post.
    pub post_kind: Option<PostKindId>,
    /// Only this person's.
    pub member: Option<StaffMemberId>,
    /// Only held in this way.
    pub kind: Option<AppointmentKind>,
    /// Only those in force at this instant.
    pub at: Option<Timestamp>,
}

/// Which lines of the change log are wanted: all conditions at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct StaffChangeFilter {
    /// Only about this person.
    pub member: Option<StaffMemberId>,
    /// Only from this instant on.
    pub from: Option<Timestamp>,
    /// Only before this instant.
    pub until: Option<Timestamp>,
}

impl StaffService {
    /// People by id; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn members_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[StaffMemberId],
    ) -> Answer<HashMap<StaffMemberId, StaffMember>> {
        let found = store::members(&*reader.tx().await?, ids).await?;
        Ok(found.into_iter().map(|member| (member.id, member)).collect())
    }

    /// A page of people by staff number.
    ///
    /// # Errors
    /// [`Failure::Overloaded`](crate::kernel::failure::Failure::Overloaded) when the day's lookups by number are used up.
    pub async fn members(
        &self,
        scope: &Scope,
        reader: &Reader,
        filter: &StaffMemberFilter,
        page: &PageRequest,
    ) -> Answer<Page<StaffMember>> {
        if filter.phone.is_some() {
            self.identity.count_lookup(scope).await?;
        }
        let tx = reader.tx().await?;
        Ok(store::members_page(&tx, &members_wanted(&tx, filter).await?, page).await?)
    }

    /// How many people the filter finds, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_members(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &StaffMemberFilter,
    ) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(store::members_count(&tx, &members_wanted(&tx, filter).await?).await?)
    }

    /// Every kind of post of the tenant, by code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn post_kinds(&self, _scope: &Scope, reader: &Reader) -> Answer<Vec<PostKind>> {
        Ok(store::post_kinds(&*reader.tx().await?).await?)
    }

    /// Kinds of posts by id; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn post_kinds_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[PostKindId],
    ) -> Answer<HashMap<PostKindId, PostKind>> {
        let found = store::post_kinds_by_id(&*reader.tx().await?, ids).await?;
        Ok(found.into_iter().map(|post| (post.id, post)).collect())
    }

    /// Appointments by id; those that the caller does not see are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn appointments_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[AppointmentId],
    ) -> Answer<HashMap<AppointmentId, Appointment>> {
        let found = store::appointments(&*reader.tx().await?, ids).await?;
        Ok(found.into_iter().map(|held| (held.id, held)).collect())
    }

    /// What people hold now, each oldest first: for loaders.
    ///
    /// # Errors
    /// As the database says.
    pub async fn held_by(
        &self,
        _scope: &Scope,
        reader: &Reader,
        members: &[StaffMemberId],
    ) -> Answer<HashMap<StaffMemberId, Vec<Appointment>>> {
        let tx = reader.tx().await?;
        let mut found: HashMap<StaffMemberId, Vec<Appointment>> = HashMap::new();
        for held in store::held_by(&tx, members, tx.now()).await? {
            found.entry(held.member).or_default().push(held);
        }
        Ok(found)
    }

    /// A page of appointments, newest first: a roster, or somebody's history.
    ///
    /// # Errors
    /// As the database says.
    pub async fn appointments(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &AppointmentFilter,
        page: &PageRequest,
    ) -> Answer<Page<Appointment>> {
        let tx = reader.tx().await?;
        Ok(store::appointments_page(&tx, &appointments_wanted(&tx, filter).await?, page).await?)
    }

    /// How many appointments the filter finds, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_appointments(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &AppointmentFilter,
    ) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(store::appointments_count(&tx, &appointments_wanted(&tx, filter).await?).await?)
    }

    /// A page of the change log, newest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn changes(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &StaffChangeFilter,
        page: &PageRequest,
    ) -> Answer<Page<StaffChange>> {
        Ok(store::changes_page(&*reader.tx().await?, &changes_wanted(filter), page).await?)
    }

    /// How many lines the filter finds, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_changes(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &StaffChangeFilter,
    ) -> Answer<u64> {
        Ok(store::changes_count(&*reader.tx().await?, &changes_wanted(filter)).await?)
    }
}

/// What a unit covers; nothing for one that does not exist.
pub(super) async fn territory(tx: &Tx, unit: UnitId) -> Result<Territory, StoreError> {
    Ok(directory::territory_of_unit(tx, unit).await?.unwrap_or_default())
}

/// What lies in a territory; none when that is the whole district, organisations included.
pub(super) async fn within(tx: &Tx, territory: &Territory) -> Result<Option<Members>, StoreError> {
    if territory.district { Ok(None) } else { directory::members(tx, territory).await.map(Some) }
}

/// The units that lie in a unit; none when that is the whole district.
pub(super) async fn units_within(tx: &Tx, unit: UnitId) -> Result<Option<BTreeSet<UnitId>>, StoreError> {
    let territory = territory(tx, unit).await?;
    Ok(within(tx, &territory).await?.map(|members| members.units))
}

async fn members_wanted(tx: &Tx, filter: &StaffMemberFilter) -> Result<MemberPage, StoreError> {
    Ok(MemberPage {
        units: match filter.unit {
            Some(unit) => units_within(tx, unit).await?,
            None => None,
        },
        state: filter.state,
        phone_blinds: filter.phone.as_ref().map(|phone| MemberPage::blinds(tx, phone)).transpose()?,
        code: filter.code.clone(),
    })
}

async fn appointments_wanted(tx: &Tx, filter: &AppointmentFilter) -> Result<AppointmentPage, StoreError> {
    Ok(AppointmentPage {
        within: match filter.within {
            Some(unit) => within(tx, &territory(tx, unit).await?).await?,
            None => None,
        },
        target: filter.target,
        post_kind: filter.post_kind,
        member: filter.member,
        kind: filter.kind,
        at: filter.at,
    })
}

fn changes_wanted(filter: &StaffChangeFilter) -> ChangePage {
    ChangePage { member: filter.member, from: filter.from, until: filter.until }
}
