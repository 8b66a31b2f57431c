//! Loads people, kinds of posts, appointments and teams, many at a time, within one request.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use fengqiao_domain::Reader;
use fengqiao_domain::kernel::id::{AppointmentId, PostKindId, StaffMemberId, TeamId};
use fengqiao_domain::staff::{Appointment, PostKind, StaffMember, StaffService, Team};

use crate::graphql::kit::fault::Fault;

/// Loads what the staff slice owns.
pub struct StaffLoader {
    /// The use cases.
    pub service: StaffService,
    /// The request's snapshot.
    pub reader: Reader,
}

/// Asks for what somebody holds now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HeldBy(pub StaffMemberId);

impl Loader<StaffMemberId> for StaffLoader {
    type Value = StaffMember;
    type Error = Fault;

    async fn load(&self, keys: &[StaffMemberId]) -> Result<HashMap<StaffMemberId, StaffMember>, Fault> {
        self.service.members_by_id(self.reader.scope(), &self.reader, keys).await.map_err(Fault::from_failure)
    }
}

impl Loader<PostKindId> for StaffLoader {
    type Value = PostKind;
    type Error = Fault;

    async fn load(&self, keys: &[PostKindId]) -> Result<HashMap<PostKindId, PostKind>, Fault> {
        self.service
            .post_kinds_by_id(self.reader.scope(), &self.reader, keys)
            .await
            .map_err(Fault::from_failure)
    }
}

impl Loader<AppointmentId> for StaffLoader {
    type Value = Appointment;
    type Error = Fault;

    async fn load(&self, keys: &[AppointmentId]) -> Result<HashMap<AppointmentId, Appointment>, Fault> {
        self.service
            .appointments_by_id(self.reader.scope(), &self.reader, keys)
            .await
            .map_err(Fault::from_failure)
    }
}

impl Loader<HeldBy> for StaffLoader {
    type Value = Vec<Appointment>;
    type Error = Fault;

    async fn load(&self, keys: &[HeldBy]) -> Result<HashMap<HeldBy, Vec<Appointment>>, Fault> {
        let members: Vec<StaffMemberId> = keys.iter().map(|key| key.0).collect();
        let held = self.service.held_by(self.reader.scope(), &self.reader, &members).await;
        let held = held.map_err(Fault::from_failure)?;
        Ok(held.into_iter().map(|(member, held)| (HeldBy(member), held)).collect())
    }
}

impl Loader<TeamId> for StaffLoader {
    type Value = Team;
    type Error = Fault;

    async fn load(&self, keys: &[TeamId]) -> Result<HashMap<TeamId, Team>, Fault> {
        self.service.teams_by_id(self.reader.scope(), &self.reader, keys).await.map_err(Fault::from_failure)
    }
}
