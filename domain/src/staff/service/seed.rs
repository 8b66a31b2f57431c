//! Load a whole force in a few statements: the demo, a deployment from files.

use std::collections::BTreeMap;

use serde_json::json;

use fengqiao_entity::staff::{staff_change, staff_member, team_membership};

use crate::identity::{RoleGrant, directory as identity};
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::scope::Scope;
use crate::staff::command;
use crate::staff::error::StaffError;
use crate::staff::model::{
    Appointment, AppointmentKind, Headcount, PostKind, StaffChange, StaffChangeKind, StaffMember,
    StaffMemberState, Team, TeamMembership, TeamState,
};
use crate::staff::seed::{SeedAppointment, SeedForce, SeedStaffMember, SeedTeam};
use crate::staff::service::{Answer, StaffService, change, effect, permit_system, taken};
use crate::staff::store;
use crate::store::{Begun, Done, StoreError, Tx};

#[derive(Default)]
struct Rows {
    members: Vec<staff_member::Model>,
    appointments: Vec<Appointment>,
    grants: Vec<RoleGrant>,
    changes: Vec<staff_change::Model>,
    teams: Vec<Team>,
    memberships: Vec<team_membership::Model>,
    known: BTreeMap<String, StaffMember>,
}

impl StaffService {
    /// Loads people with their appointments and roles, plans and teams, all or none: how many people. Only
    /// the system may: nobody's grants limit it. Kinds of posts are there already.
    ///
    /// # Errors
    /// [`Failure::Denied`] for anyone but the system; every mistake with the position of its row.
    pub async fn seed_force(&self, scope: &Scope, force: SeedForce) -> Answer<usize> {
        permit_system(scope)?;
        let Begun::Fresh(mut tx) = self.db.begin(scope).await? else {
            return Err(StoreError::Internal("a load carries no key".to_owned()).into());
        };
        let posts: BTreeMap<String, PostKind> =
            store::post_kinds(&tx).await?.into_iter().map(|post| (post.code.clone(), post)).collect();
        let mut rows = Rows::default();
        let mut problems = vec![];
        for (position, seed) in force.members.into_iter().enumerate() {
            rows.member(&tx, &posts, seed)
                .unwrap_or_else(|found| placed(found, "members", position, &mut problems));
        }
        for (position, seed) in force.teams.into_iter().enumerate() {
            rows.team(&tx, seed).unwrap_or_else(|found| placed(found, "teams", position, &mut problems));
        }
        let mut plans = vec![];
        for (position, seed) in force.headcounts.into_iter().enumerate() {
            let Some(post) = posts.get(&seed.post) else {
                let problem = Problem::at("post", StaffError::NotFound);
                placed(problem, "headcounts", position, &mut problems);
                continue;
            };
            plans.push(Headcount {
                id: tx.new_id(),
                unit: seed.unit,
                post_kind: post.id,
                planned: seed.planned,
                since: tx.now(),
            });
        }
        if !problems.is_empty() {
            return Err(Failure::User(problems));
        }
        let people = rows.members.len();
        rows.insert(&tx).await?;
        let first =
            tx.take_serials(store::HEADCOUNTS, i64::try_from(plans.len()).unwrap_or_default()).await?;
        let plans = (first..).zip(&plans).map(|(serial, plan)| store::headcount_row(&tx, plan, serial));
        tx.insert_all(plans.collect()).await?;
        tx.audit("staff.loaded", &scope.tenant(), json!({ "people": people }));
        tx.commit(Done { id: scope.tenant().uuid(), version: 1 }).await?;
        Ok(people)
    }
}

fn placed(
    mut problem: Problem<StaffError>,
    list: &str,
    position: usize,
    problems: &mut Vec<Problem<StaffError>>,
) {
    problem.path.splice(0..0, [list.to_owned(), position.to_string()]);
    problems.push(problem);
}

impl Rows {
    fn member(
        &mut self,
        tx: &Tx,
        posts: &BTreeMap<String, PostKind>,
        seed: SeedStaffMember,
    ) -> Result<(), Problem<StaffError>> {
        let name = command::person_name(&seed.name)?;
        let phone = command::phone(seed.phone.as_deref())?;
        let member = StaffMember {
            id: tx.new_id(),
            code: command::code(&seed.code, "code")?,
            unit: seed.unit,
            organisation: seed.organisation,
            account: seed.account,
            name: name.clone(),
            phone: None,
            state: StaffMemberState::Serving,
            created_at: tx.now(),
            version: 1,
        };
        let sealed = store::seal(tx, member.id, &name, phone.as_ref());
        let sealed = sealed.map_err(|_| Problem::at("name", StaffError::InvalidText))?;
        self.members.push(store::member_row(tx, &member, sealed));
        self.note(tx, &change(tx, &member, StaffChangeKind::Registered));
        for (position, seed) in seed.appointments.into_iter().enumerate() {
            let missing = || Problem::at(&format!("appointments.{position}.post"), StaffError::NotFound);
            let post = posts.get(&seed.post).ok_or_else(missing)?;
            self.appointment(tx, &member, post, seed);
        }
        self.known.insert(member.code.clone(), member);
        Ok(())
    }

    fn appointment(&mut self, tx: &Tx, member: &StaffMember, post: &PostKind, seed: SeedAppointment) {
        let mut held = Appointment {
            id: tx.new_id(),
            member: member.id,
            account: member.account,
            post_kind: post.id,
            kind: AppointmentKind::Regular,
            target: seed.target,
            stands_in_for: None,
            grant: None,
            categories: seed.categories,
            since: seed.since,
            until: None,
            document: None,
            created_at: tx.now(),
            version: 1,
        };
        self.grants.extend(effect::granted(tx, &mut held, post));
        let line = change(tx, member, StaffChangeKind::Appointed);
        self.note(tx, &StaffChange { appointment: Some(held.id), ..line });
        self.appointments.push(held);
    }

    fn team(&mut self, tx: &Tx, seed: SeedTeam) -> Result<(), Problem<StaffError>> {
        let SeedTeam { team, members } = seed;
        let known = |code: &String| {
            self.known.get(code).cloned().ok_or_else(|| Problem::at("members", StaffError::NotFound))
        };
        let members: Vec<StaffMember> = members.iter().map(known).collect::<Result<_, _>>()?;
        let team = Team {
            id: tx.new_id(),
            code: command::code(&team.code, "code")?,
            name: command::name(&team.name, "name")?,
            brand_name: command::optional_name(team.brand_name.as_deref(), "brandName")?,
            kind: team.kind,
            unit: team.unit,
            organisation: team.organisation,
            leader: members.first().map(|member| member.id),
            state: TeamState::Active,
            created_at: tx.now(),
            version: 1,
        };
        for member in members {
            let membership = TeamMembership {
                id: tx.new_id(),
                team: team.id,
                member: member.id,
                account: member.account,
                since: tx.now(),
                until: None,
                version: 1,
            };
            self.memberships.push(store::membership_row(tx, &membership));
            let line = change(tx, &member, StaffChangeKind::TeamJoined);
            self.note(tx, &StaffChange { team: Some(team.id), ..line });
        }
        self.teams.push(team);
        Ok(())
    }

    fn note(&mut self, tx: &Tx, change: &StaffChange) {
        self.changes.push(store::change_row(tx, change));
    }

    async fn insert(self, tx: &Tx) -> Answer<()> {
        tx.insert_all(self.members).await.map_err(taken)?;
        identity::load_roles(tx, &self.grants).await?;
        let appointments = self.appointments.iter().map(|held| store::appointment_row(tx, held));
        tx.insert_all(appointments.collect()).await?;
        tx.insert_all(self.teams.iter().map(|team| store::team_row(tx, team)).collect())
            .await
            .map_err(taken)?;
        tx.insert_all(self.memberships).await?;
        tx.insert_all(self.changes).await?;
        Ok(())
    }
}
