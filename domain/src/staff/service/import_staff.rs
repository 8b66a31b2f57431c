//! Import the force from a file: everything or nothing, and the same file twice changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;

use crate::identity::{GrantTarget, Phone, RoleGrant, TargetKind, directory as identity};
use crate::kernel::change::Change;
use crate::kernel::id::{AccountId, PostKindId, StaffMemberId, UnitId};
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{BadRow, ImportFailure, ImportReport};
use crate::org::{Codes, Unit, UnitLevel, UnitState, directory};
use crate::staff::import::{self, HeldPost, Person};
use crate::staff::model::{
    Appointment, AppointmentKind, PostKind, PostKindState, StaffChange, StaffChangeKind, StaffMember,
    StaffMemberState,
};
use crate::staff::service::{StaffService, change, effect, permit_system};
use crate::staff::store;
use crate::store::{Begun, Done, StoreError, Tx};

/// What the tenant knows before the file.
struct Known {
    codes: Codes,
    units: HashMap<UnitId, Unit>,
    posts: BTreeMap<String, PostKind>,
    accounts: HashMap<String, AccountId>,
    /// Staff numbers of those to whom these accounts belong.
    linked: HashMap<AccountId, String>,
    members: HashMap<String, StaffMember>,
    /// What is held, by post and target.
    lasting: BTreeMap<(PostKindId, GrantTarget), Vec<Appointment>>,
}

/// What a file changes.
#[derive(Default)]
struct Plan {
    created: Vec<(StaffMember, Option<Phone>)>,
    changed: BTreeMap<StaffMemberId, (StaffMember, Change<Phone>)>,
    appointments: Vec<(StaffMember, Appointment)>,
    grants: Vec<RoleGrant>,
    touched: BTreeSet<AccountId>,
    report: ImportReport,
}

impl StaffService {
    /// Imports people of the force and what they hold from CSV, each known by their staff number. A row may
    /// name a post that they hold already: then it changes nothing. Only the system may.
    ///
    /// # Errors
    /// [`ImportFailure::Rows`] with every row at fault; nothing is written then.
    pub async fn import_staff(&self, scope: &Scope, bytes: &[u8]) -> Result<ImportReport, ImportFailure> {
        permit_system(scope).map_err(|_| StoreError::Refused("only the system imports files".to_owned()))?;
        let mut bad = vec![];
        let people = import::read_people(bytes, &mut bad);
        let Begun::Fresh(mut tx) = self.db.begin(scope).await? else {
            return Err(StoreError::Internal("an import carries no key".to_owned()).into());
        };
        let mut known = Known::load(&tx, &people).await?;
        let phones =
            store::phones_of(&tx, &known.members.values().map(|one| one.id).collect::<Vec<_>>()).await?;
        let mut plan = Plan::default();
        for person in people {
            let phone = person.phone.clone();
            let rows = person.posts.len().max(1);
            let before = (plan.created.len(), plan.changed.len(), plan.appointments.len());
            let Some(member) = known.member(&tx, &person, &mut plan, &mut bad) else { continue };
            if let Some(phone) = phone.filter(|_| known.members.contains_key(&person.code)) {
                let blind = store::MemberPage::blind(&tx, &phone)?;
                if phones.get(&member.id).is_some_and(|present| present.as_ref() != Some(&blind)) {
                    plan.rename(&member, Change::Set(phone));
                }
            }
            for held in &person.posts {
                known.appoint(&tx, &member, held, &mut plan, &mut bad);
            }
            plan.count(before, rows);
        }
        ImportFailure::unless_sound(bad)?;
        let report = plan.report;
        let touched: Vec<AccountId> = plan.touched.iter().copied().collect();
        plan.carry_out(&tx).await?;
        let tenant = scope.tenant();
        tx.audit("staff.imported", &tenant, json!({ "created": report.created, "changed": report.changed }));
        tx.commit(Done { id: tenant.uuid(), version: 1 }).await?;
        self.forget(scope, &touched);
        Ok(report)
    }
}

impl Known {
    async fn load(tx: &Tx, people: &[Person]) -> Result<Self, StoreError> {
        let logins: Vec<String> = people.iter().filter_map(|person| person.account.clone()).collect();
        let numbers: Vec<String> = people.iter().map(|person| person.code.clone()).collect();
        let codes = directory::codes(tx).await?;
        let ids: Vec<UnitId> = codes.units.values().copied().collect();
        let units = directory::units(tx, &ids).await?;
        let members = store::members_by_code(tx, &numbers).await?;
        let accounts = identity::accounts_by_login(tx, &logins).await?;
        let linked = store::linked(tx, &accounts.values().copied().collect::<Vec<_>>()).await?;
        let posts = store::post_kinds(tx).await?;
        let mut lasting: BTreeMap<_, Vec<Appointment>> = BTreeMap::new();
        for held in store::all_lasting(tx).await? {
            lasting.entry((held.post_kind, held.target)).or_default().push(held);
        }
        Ok(Self {
            codes,
            units: units.into_iter().map(|unit| (unit.id, unit)).collect(),
            posts: posts.into_iter().map(|post| (post.code.clone(), post)).collect(),
            accounts,
            linked,
            members: members.into_iter().map(|member| (member.code.clone(), member)).collect(),
            lasting,
        })
    }

    /// Somebody as the file says, new or known; none when the file is wrong about them.
    fn member(
        &mut self,
        tx: &Tx,
        person: &Person,
        plan: &mut Plan,
        bad: &mut Vec<BadRow>,
    ) -> Option<StaffMember> {
        let mut refuse = |column, value: &str, reason: &str| {
            bad.push(BadRow::new(person.row, column, value, reason));
        };
        let unit = self.codes.units.get(&person.unit_code);
        if unit.is_none() {
            refuse("unit_code", &person.unit_code, "no unit has this code");
        }
        let organisation = person.organisation_code.as_ref();
        let organisation_id = organisation.and_then(|code| self.codes.organisations.get(code)).copied();
        if let Some(code) = organisation.filter(|_| organisation_id.is_none()) {
            refuse("organisation_code", code, "no organisation has this code");
        }
        let account = person.account.as_ref().and_then(|login| self.accounts.get(login)).copied();
        if let Some(login) = person.account.as_ref().filter(|_| account.is_none()) {
            refuse("account", login, "no active account has this login");
        }
        if let Some(account) = account {
            let whose = self.linked.entry(account).or_insert_with(|| person.code.clone());
            if *whose != person.code {
                refuse("account", person.account.as_deref().unwrap_or_default(), "is somebody else's");
            }
        }
        let Some(known) = self.members.get(&person.code) else {
            let member = StaffMember {
                id: tx.new_id(),
                code: person.code.clone(),
                unit: *unit?,
                organisation: organisation_id,
                account,
                name: person.name.clone(),
                phone: None,
                state: StaffMemberState::Serving,
                created_at: tx.now(),
                version: 1,
            };
            plan.created.push((member.clone(), person.phone.clone()));
            return Some(member);
        };
        if known.state == StaffMemberState::Left {
            refuse("code", &person.code, "they left: give whoever comes back a new number");
        }
        if account.is_some() && account != known.account {
            refuse("account", person.account.as_deref().unwrap_or_default(), "a file changes no account");
        }
        let after = StaffMember {
            name: person.name.clone(),
            unit: *unit?,
            organisation: organisation_id.or(known.organisation),
            ..known.clone()
        };
        if after != *known {
            plan.rename(&after, Change::Keep);
        }
        Some(after)
    }

    fn appoint(
        &mut self,
        tx: &Tx,
        member: &StaffMember,
        held: &HeldPost,
        plan: &mut Plan,
        bad: &mut Vec<BadRow>,
    ) {
        let mut refuse = |column, value: &str, reason: &str| {
            bad.push(BadRow::new(held.row, column, value, reason));
        };
        let Some(post) = self.posts.get(&held.post).filter(|post| post.state == PostKindState::Active) else {
            return refuse("post", &held.post, "no active kind of post has this code");
        };
        let Some(target) = self.target(post, &held.target_code) else {
            return refuse(
                "target_code",
                &held.target_code,
                "nothing that this post can be held at has this code",
            );
        };
        let since = held.since.unwrap_or_else(|| tx.now());
        let meets = |other: &&Appointment| {
            held.until.is_none_or(|until| other.since < until) && other.lasts_beyond(since)
        };
        let there = self.lasting.entry((post.id, target)).or_default();
        let others: Vec<&Appointment> = there.iter().filter(meets).collect();
        if let Some(own) = others.iter().find(|other| other.member == member.id) {
            if held.since.is_some_and(|since| since != own.since) {
                refuse("since_on", "", "they hold this post there already, since another day");
            }
            return;
        }
        if post.exclusive && !others.is_empty() {
            return refuse("target_code", &held.target_code, "somebody else holds this post there then");
        }
        let mut fresh = Appointment {
            id: tx.new_id(),
            member: member.id,
            account: member.account,
            post_kind: post.id,
            kind: AppointmentKind::Regular,
            target,
            stands_in_for: None,
            grant: None,
            categories: vec![],
            since,
            until: held.until,
            document: held.document.clone(),
            created_at: tx.now(),
            version: 1,
        };
        if let Some(grant) = effect::granted(tx, &mut fresh, post) {
            plan.touched.insert(grant.account);
            plan.grants.push(grant);
        }
        there.push(fresh.clone());
        plan.appointments.push((member.clone(), fresh));
    }

    /// What a code names among the things that a post can be held at.
    fn target(&self, post: &PostKind, code: &str) -> Option<GrantTarget> {
        let of_kind = |kind: &TargetKind| {
            let level = match kind {
                TargetKind::District => UnitLevel::District,
                TargetKind::Town => UnitLevel::Town,
                TargetKind::Village => UnitLevel::Village,
                TargetKind::Grid => return self.codes.grids.get(code).copied().map(GrantTarget::Grid),
                TargetKind::Group => return self.codes.groups.get(code).copied().map(GrantTarget::Group),
                TargetKind::Organisation => {
                    return self.codes.organisations.get(code).copied().map(GrantTarget::Organisation);
                }
                TargetKind::Platform => return None,
            };
            let unit = self.units.get(self.codes.units.get(code)?)?;
            (unit.level == level && unit.state != UnitState::Dissolved).then_some(GrantTarget::Unit(unit.id))
        };
        post.targets.iter().find_map(of_kind)
    }
}

impl Plan {
    /// Somebody known changes, once, whatever of them.
    fn rename(&mut self, after: &StaffMember, phone: Change<Phone>) {
        self.changed.insert(after.id, (after.clone(), phone));
    }

    /// Counts the rows of a person: those that made something, the first if only the person changed.
    fn count(&mut self, before: (usize, usize, usize), rows: usize) {
        let made = (self.appointments.len() - before.2).max(self.created.len() - before.0);
        let changed = usize::from(made < rows && self.changed.len() > before.1);
        self.report.created += made;
        self.report.changed += changed;
        self.report.unchanged += rows - made - changed;
    }

    async fn carry_out(self, tx: &Tx) -> Result<(), StoreError> {
        let mut lines: Vec<StaffChange> = vec![];
        let mut rows = vec![];
        for (member, phone) in &self.created {
            let sealed = store::seal(tx, member.id, &member.name, phone.as_ref())?;
            rows.push(store::member_row(tx, member, sealed));
            lines.push(change(tx, member, StaffChangeKind::Registered));
        }
        tx.insert_all(rows).await?;
        for (member, phone) in self.changed.into_values() {
            let sealed = store::resealed(tx, &member, phone).await?;
            let after = StaffMember { version: member.version + 1, ..member };
            store::update_member(tx, &after, sealed, after.version - 1).await?;
            lines.push(change(tx, &after, StaffChangeKind::Updated));
        }
        identity::load_roles(tx, &self.grants).await?;
        let held = self.appointments.iter().map(|(_, held)| store::appointment_row(tx, held));
        tx.insert_all(held.collect()).await?;
        lines.extend(self.appointments.iter().map(|(member, held)| StaffChange {
            appointment: Some(held.id),
            ..change(tx, member, StaffChangeKind::Appointed)
        }));
        tx.insert_all(lines.iter().map(|line| store::change_row(tx, line)).collect()).await
    }
}
