//! What the tenant knows of the rows of a file, and what they would change.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use fengqiao_entity::value::BlindIndex;

use crate::identity::{GrantTarget, Phone, TargetKind, directory as identity};
use crate::kernel::change::Change;
use crate::kernel::id::{AccountId, OrganisationId, PostKindId, StaffMemberId, UnitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::sheet::BadRow;
use crate::org::{Codes, Unit, UnitState, directory};
use crate::staff::import::{HeldPost, Person, PhoneCell, day_of};
use crate::staff::model::{
    Appointment, AppointmentKind, PostKind, PostKindState, StaffMember, StaffMemberState,
};
use crate::staff::service::import_staff::{NewAppointment, Plan};
use crate::staff::service::keeps;
use crate::staff::store;
use crate::store::{StoreError, Tx};

/// The tenant's codes and posts, and what it knows of the part of the file that is at hand.
pub(super) struct Known {
    codes: Codes,
    units: HashMap<UnitId, Unit>,
    posts: BTreeMap<String, PostKind>,
    targets: BTreeMap<GrantTarget, Option<identity::Target>>,
    accounts: HashMap<String, AccountId>,
    /// Staff numbers of those to whom these accounts belong.
    linked: HashMap<AccountId, String>,
    members: HashMap<String, StaffMember>,
    phones: HashMap<StaffMemberId, Option<BlindIndex>>,
    /// What is held, by post and target.
    held: BTreeMap<(PostKindId, GrantTarget), Vec<Appointment>>,
}

/// A row and what is wrong with it.
struct Refusing<'a> {
    row: usize,
    bad: &'a mut Vec<BadRow>,
}

impl Refusing<'_> {
    fn refuse(&mut self, column: &'static str, value: &str, reason: &str) {
        self.bad.push(BadRow::new(self.row, column, value, reason));
    }
}

impl Known {
    /// What does not depend on the file. Kinds of posts stay locked, so that nobody takes an exclusive post
    /// meanwhile.
    pub(super) async fn load(tx: &Tx) -> Result<Self, StoreError> {
        let posts = store::locked_post_kinds(tx).await?;
        let codes = directory::codes(tx).await?;
        let ids: Vec<UnitId> = codes.units.values().copied().collect();
        let units = directory::units(tx, &ids).await?;
        Ok(Self {
            codes,
            units: units.into_iter().map(|unit| (unit.id, unit)).collect(),
            posts: posts.into_iter().map(|post| (post.code.clone(), post)).collect(),
            targets: BTreeMap::new(),
            accounts: HashMap::new(),
            linked: HashMap::new(),
            members: HashMap::new(),
            phones: HashMap::new(),
            held: BTreeMap::new(),
        })
    }

    /// Asks about some people and what they are to hold; what was known of others is dropped.
    pub(super) async fn ask(&mut self, tx: &Tx, people: &[Person]) -> Result<(), StoreError> {
        let logins: Vec<String> = people.iter().filter_map(|person| person.account.clone()).collect();
        let numbers: Vec<String> = people.iter().map(|person| person.code.clone()).collect();
        let members = store::members_by_code(tx, &numbers).await?;
        self.phones = store::phones_of(tx, &members.iter().map(|one| one.id).collect::<Vec<_>>()).await?;
        self.members = members.into_iter().map(|member| (member.code.clone(), member)).collect();
        self.accounts = identity::accounts_by_login(tx, &logins).await?;
        let accounts: Vec<AccountId> = self.accounts.values().copied().collect();
        self.linked = store::linked(tx, &accounts).await?;
        let covered = identity::covered_accounts(tx, Permission::StaffManage, &accounts).await?;
        self.accounts.retain(|_, account| self.linked.contains_key(account) || covered.contains(account));
        let wanted = people.iter().flat_map(|person| &person.posts);
        let wanted: BTreeSet<GrantTarget> = wanted.flat_map(|held| self.candidates(held)).collect();
        self.held.clear();
        for held in store::held_at(tx, &wanted.into_iter().collect::<Vec<_>>()).await? {
            self.held.entry((held.post_kind, held.target)).or_default().push(held);
        }
        Ok(())
    }

    /// Somebody as the file says, new or known; none when the file is wrong about them.
    pub(super) fn member(
        &mut self,
        tx: &Tx,
        person: &Person,
        plan: &mut Plan,
        bad: &mut Vec<BadRow>,
    ) -> Result<Option<StaffMember>, StoreError> {
        let before = bad.len();
        let mut row = Refusing { row: person.row, bad };
        let unit = self.unit(tx, person, &mut row);
        let organisation = self.organisation(person, &mut row);
        let account = self.account(person, &mut row);
        let Some(known) = self.members.get(&person.code).cloned() else {
            if matches!(person.phone, PhoneCell::Masked(_)) {
                row.refuse("phone", "", "is masked, and nobody has this staff number: write the number");
            }
            let (Some(unit), true) = (unit, row.bad.len() == before) else { return Ok(None) };
            let member = fresh(tx, person, unit, organisation, account);
            let phone = match &person.phone {
                PhoneCell::Number(phone) => Some(phone.clone()),
                PhoneCell::Empty | PhoneCell::Masked(_) => None,
            };
            plan.created.push((member.clone(), phone));
            return Ok(Some(member));
        };
        if known.state == StaffMemberState::Left {
            row.refuse("code", &person.code, "they left: give whoever comes back a new number");
        }
        if account.is_some() && account != known.account {
            row.refuse("account", person.account.as_deref().unwrap_or_default(), "a file changes no account");
        }
        let phone = self.phone(tx, person, &known, &mut row)?;
        let (Some(unit), true) = (unit, row.bad.len() == before) else { return Ok(None) };
        let organisation = organisation.or(known.organisation);
        let after = StaffMember { name: person.name.clone(), unit, organisation, ..known.clone() };
        if after != known || phone != Change::Keep {
            if !self.keeps_unit(tx, known.unit) {
                row.refuse("code", &person.code, "you do not keep the roster of their unit");
                return Ok(None);
            }
            plan.change(person.row, &after, phone);
        }
        Ok(Some(after))
    }

    /// The unit that keeps somebody's file. One that they do not leave may be dissolved, and another's.
    fn unit(&self, tx: &Tx, person: &Person, row: &mut Refusing<'_>) -> Option<UnitId> {
        let code = &person.unit_code;
        let Some(unit) = self.codes.units.get(code).and_then(|id| self.units.get(id)) else {
            row.refuse("unit_code", code, "no unit has this code");
            return None;
        };
        if self.members.get(&person.code).is_some_and(|known| known.unit == unit.id) {
            return Some(unit.id);
        }
        if unit.state == UnitState::Dissolved {
            row.refuse("unit_code", code, "is dissolved");
        } else if !self.keeps_unit(tx, unit.id) {
            row.refuse("unit_code", code, "you do not keep the roster of this unit");
        }
        Some(unit.id)
    }

    fn keeps_unit(&self, tx: &Tx, unit: UnitId) -> bool {
        let place = self.units.get(&unit).map(directory::place_of_unit);
        place.is_some_and(|place| {
            keeps(tx.scope(), Permission::StaffManage, |territory| territory.covers(&place))
        })
    }

    fn organisation(&self, person: &Person, row: &mut Refusing<'_>) -> Option<OrganisationId> {
        let code = person.organisation_code.as_ref()?;
        let found = self.codes.organisations.get(code).copied();
        if found.is_none() {
            row.refuse("organisation_code", code, "no organisation has this code");
        }
        found
    }

    fn account(&mut self, person: &Person, row: &mut Refusing<'_>) -> Option<AccountId> {
        let login = person.account.as_ref()?;
        let Some(account) = self.accounts.get(login).copied() else {
            row.refuse("account", login, "no active account has this login");
            return None;
        };
        let whose = self.linked.entry(account).or_insert_with(|| person.code.clone());
        if *whose != person.code {
            row.refuse("account", login, "is somebody else's");
        }
        Some(account)
    }

    /// What becomes of the telephone number of somebody known.
    fn phone(
        &self,
        tx: &Tx,
        person: &Person,
        known: &StaffMember,
        row: &mut Refusing<'_>,
    ) -> Result<Change<Phone>, StoreError> {
        match &person.phone {
            PhoneCell::Empty => Ok(Change::Keep),
            PhoneCell::Masked(masked) => {
                if known.phone.as_ref() != Some(masked) {
                    row.refuse("phone", masked, "is masked and not their present number: write it whole");
                }
                Ok(Change::Keep)
            }
            // Whether it is theirs is not told to whoever does not keep their file: a file of guesses would find the masked digits.
            PhoneCell::Number(_)
                if !self.keeps_unit(tx, known.unit) && !mutant::active(Mutant::TellingRoster) =>
            {
                row.refuse("phone", "", "you do not keep the roster of their unit");
                Ok(Change::Keep)
            }
            PhoneCell::Number(phone) => {
                let same = store::MemberPage::blinds(tx, phone)?;
                let present = self.phones.get(&known.id).and_then(Option::as_ref);
                let kept = present.is_some_and(|present| same.contains(present));
                Ok(if kept { Change::Keep } else { Change::Set(phone.clone()) })
            }
        }
    }

    /// Appoints somebody as a row says, unless they hold it already or the row is wrong.
    pub(super) async fn appoint(
        &mut self,
        tx: &Tx,
        member: &StaffMember,
        wanted: &HeldPost,
        plan: &mut Plan,
        bad: &mut Vec<BadRow>,
    ) -> Result<(), StoreError> {
        let mut row = Refusing { row: wanted.row, bad };
        let Some(post) = self.posts.get(&wanted.post).filter(|post| post.state == PostKindState::Active)
        else {
            row.refuse("post", &wanted.post, "no active kind of post has this code");
            return Ok(());
        };
        let post = post.clone();
        let Some(target) = self.target(tx, &post, &wanted.target_code).await? else {
            let reason = "nothing that this post can be held at has this code";
            row.refuse("target_code", &wanted.target_code, reason);
            return Ok(());
        };
        let since = wanted.since.unwrap_or_else(|| tx.now());
        let meets = |other: &&Appointment| {
            wanted.until.is_none_or(|until| other.since < until) && other.lasts_beyond(since)
        };
        let there = self.held.entry((post.id, target)).or_default();
        let others: Vec<&Appointment> = there.iter().filter(meets).collect();
        if let Some(own) = others.iter().find(|other| other.member == member.id) {
            if wanted.since.is_some_and(|since| day_of(since) != day_of(own.since)) {
                row.refuse("since_on", "", "they hold this post there already, since another day");
            } else if !own.lasts_beyond(tx.now()) && wanted.until.map(day_of) != own.until.map(day_of) {
                row.refuse("until_on", "", "they hold this post there no more: say a later since_on");
            }
            return Ok(());
        }
        if post.exclusive && !others.is_empty() {
            row.refuse("target_code", &wanted.target_code, "somebody else holds this post there then");
            return Ok(());
        }
        let found = self.targets.get(&target).and_then(Option::as_ref);
        if found.is_some_and(|found| found.dissolved) {
            row.refuse("target_code", &wanted.target_code, "is dissolved");
            return Ok(());
        }
        let permitted = found.is_some_and(|found| {
            keeps(tx.scope(), Permission::AppointmentManage, |territory| found.lies_in(territory))
        });
        if !permitted {
            row.refuse("target_code", &wanted.target_code, "you appoint nobody there");
            return Ok(());
        }
        let held = appointment(tx, member, &post, target, wanted);
        there.push(held.clone());
        plan.appointments.push(NewAppointment { row: wanted.row, member: member.clone(), post, held });
        Ok(())
    }

    /// What a code names among the things that a post can be held at, and what there is to know of it.
    async fn target(
        &mut self,
        tx: &Tx,
        post: &PostKind,
        code: &str,
    ) -> Result<Option<GrantTarget>, StoreError> {
        for kind in &post.targets {
            let Some(target) = self.named(*kind, code) else { continue };
            let found = match self.targets.entry(target) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(identity::target(tx, target).await?),
            };
            if found.as_ref().is_some_and(|found| found.kind == *kind) {
                return Ok(Some(target));
            }
        }
        Ok(None)
    }

    /// Everything that the code of a row may name.
    fn candidates(&self, wanted: &HeldPost) -> Vec<GrantTarget> {
        let kinds = self.posts.get(&wanted.post).into_iter().flat_map(|post| &post.targets);
        kinds.filter_map(|kind| self.named(*kind, &wanted.target_code)).collect()
    }

    fn named(&self, kind: TargetKind, code: &str) -> Option<GrantTarget> {
        let codes = &self.codes;
        match kind {
            TargetKind::District | TargetKind::Town | TargetKind::Village => {
                codes.units.get(code).copied().map(GrantTarget::Unit)
            }
            TargetKind::Grid => codes.grids.get(code).copied().map(GrantTarget::Grid),
            TargetKind::Group => codes.groups.get(code).copied().map(GrantTarget::Group),
            TargetKind::Organisation => codes.organisations.get(code).copied().map(GrantTarget::Organisation),
            TargetKind::Platform => None,
        }
    }
}

fn fresh(
    tx: &Tx,
    person: &Person,
    unit: UnitId,
    organisation: Option<OrganisationId>,
    account: Option<AccountId>,
) -> StaffMember {
    StaffMember {
        id: tx.new_id(),
        code: person.code.clone(),
        unit,
        organisation,
        account,
        name: person.name.clone(),
        phone: None,
        state: StaffMemberState::Serving,
        created_at: tx.now(),
        version: 1,
    }
}

fn appointment(
    tx: &Tx,
    member: &StaffMember,
    post: &PostKind,
    target: GrantTarget,
    wanted: &HeldPost,
) -> Appointment {
    Appointment {
        id: tx.new_id(),
        member: member.id,
        account: member.account,
        post_kind: post.id,
        kind: AppointmentKind::Regular,
        target,
        stands_in_for: None,
        grant: None,
        categories: vec![],
        since: wanted.since.unwrap_or_else(|| tx.now()),
        until: wanted.until,
        document: wanted.document.clone(),
        created_at: tx.now(),
        version: 1,
    }
}
