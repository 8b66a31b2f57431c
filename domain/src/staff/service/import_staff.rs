//! Import the force from a file: everything or nothing, and the same file twice changes nothing.
//!
//! The file is taken in parts within one transaction, so that its length costs time and no memory; a part
//! with mistakes is still compared with the ones before it, and in the end nothing is written.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::json;

use crate::identity::Phone;
use crate::kernel::change::Change;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, StaffMemberId};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{BadRow, ImportFailure, ImportReport, Mistakes, Progress, SheetFile};
use crate::staff::import::{self, COLUMNS, Person};
use crate::staff::model::{Appointment, PostKind, StaffChange, StaffChangeKind, StaffMember};
use crate::staff::service::import_known::Known;
use crate::staff::service::{Answer, StaffService, change, effect};
use crate::staff::store;
use crate::store::{Begun, Done, StoreError, WriteTx};

/// What a part of a file changes.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) created: Vec<(StaffMember, Option<Phone>)>,
    pub(super) changed: BTreeMap<StaffMemberId, (usize, StaffMember, Change<Phone>)>,
    pub(super) appointments: Vec<NewAppointment>,
}

/// An appointment that a row makes.
pub(super) struct NewAppointment {
    pub(super) row: usize,
    pub(super) member: StaffMember,
    pub(super) post: PostKind,
    pub(super) held: Appointment,
}

impl StaffService {
    /// Imports people of the force and what they hold from a file, CSV or XLSX, each known by their staff
    /// number. A row may name a post that they hold already: then it changes nothing. Needs `DATA_IMPORT`, and
    /// each row what its mutation would: `STAFF_MANAGE` over the unit that keeps somebody's file, `APPOINTMENT_MANAGE` over
    /// what a post is held at, and for a role what granting it needs. `progress` is told how far it is.
    ///
    /// # Errors
    /// [`ImportFailure::Denied`] without the permission; [`ImportFailure::Rows`] with every row at
    /// fault, and nothing is written then.
    pub async fn import_staff(
        &self,
        scope: &Scope,
        file: impl Into<SheetFile>,
        progress: &dyn Progress,
    ) -> Result<ImportReport, ImportFailure> {
        permit_importing(scope)?;
        let Begun::Fresh(mut tx) = self.db.begin(scope).await? else {
            return Err(StoreError::Internal("an import carries no key".to_owned()).into());
        };
        let mut known = Known::load(&tx).await?;
        let mut mistakes = Mistakes::default();
        let mut report = ImportReport::default();
        let mut touched = BTreeSet::new();
        let mut seen = Seen::default();
        let mut parts = file.into().batches(COLUMNS);
        while let Some(part) = parts.next().await? {
            let rows = part.rows.len();
            let mut bad = part.bad;
            let people = import::read_people(part.rows, &mut bad);
            known.ask(&tx, &people).await?;
            let plan = planned(&tx, &mut known, people, &mut seen, &mut report, &mut bad).await?;
            carry_out(&mut tx, plan, &mut touched, &mut bad).await?;
            if mistakes.add(bad).is_break() {
                break;
            }
            progress.rows(rows);
        }
        mistakes.refuse_any()?;
        let tenant = scope.tenant();
        tx.audit("staff.imported", &tenant, json!({ "created": report.created, "changed": report.changed }));
        tx.commit(Done { id: tenant.uuid(), version: 1 }).await?;
        self.forget(scope, &touched.into_iter().collect::<Vec<AccountId>>());
        Ok(report)
    }
}

/// Refuses whoever brings in no files anywhere.
fn permit_importing(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::DataImport) { Ok(()) } else { Err(Failure::Denied) }
}

/// Who stood in the parts before: all that is held of them, so that a file of any length fits.
#[derive(Default)]
struct Seen(HashMap<Box<str>, (u32, u64)>);

impl Seen {
    /// The row that says of somebody otherwise than this one; they are known from now on.
    fn otherwise(&mut self, person: &Person) -> Option<usize> {
        let mut digest = DefaultHasher::new();
        (&person.name, &person.unit_code).hash(&mut digest);
        let own = (u32::try_from(person.row).unwrap_or(u32::MAX), digest.finish());
        let (row, known) = *self.0.entry(person.code.as_str().into()).or_insert(own);
        (known != own.1).then_some(row as usize)
    }
}

/// What the people of a part change.
async fn planned(
    tx: &WriteTx,
    known: &mut Known,
    people: Vec<Person>,
    seen: &mut Seen,
    report: &mut ImportReport,
    bad: &mut Vec<BadRow>,
) -> Result<Plan, StoreError> {
    let mut plan = Plan::default();
    for person in people {
        if let Some(row) = seen.otherwise(&person) {
            bad.push(BadRow::new(person.row, "code", &person.code, Person::other_than(row)));
            continue;
        }
        let before = (plan.created.len(), plan.changed.len(), plan.appointments.len());
        let Some(member) = known.member(tx, &person, &mut plan, bad)? else { continue };
        for held in &person.posts {
            known.appoint(tx, &member, held, &mut plan, bad).await?;
        }
        plan.count(before, person.rows, report);
    }
    Ok(plan)
}

impl Plan {
    /// Somebody known changes, once, whatever of them.
    pub(super) fn change(&mut self, row: usize, after: &StaffMember, phone: Change<Phone>) {
        self.changed.insert(after.id, (row, after.clone(), phone));
    }

    /// Counts the rows of a person: those that made something, the first if only the person changed.
    fn count(&self, before: (usize, usize, usize), rows: usize, report: &mut ImportReport) {
        let made = rows.min(self.appointments.len() - before.2 + self.created.len() - before.0);
        let changed = usize::from(made < rows && self.changed.len() > before.1);
        report.created += made;
        report.changed += changed;
        report.unchanged += rows - made - changed;
    }
}

/// Writes a part: the people, then the roles of what they hold, each as its mutation gives it, then the rest.
async fn carry_out(
    tx: &mut WriteTx,
    plan: Plan,
    touched: &mut BTreeSet<AccountId>,
    bad: &mut Vec<BadRow>,
) -> Result<(), ImportFailure> {
    let mut lines: Vec<StaffChange> = vec![];
    let mut rows = vec![];
    for (member, phone) in &plan.created {
        let sealed = store::seal(tx, member.id, &member.name, phone.as_ref())?;
        rows.push(store::member_row(tx, member, sealed));
        lines.push(change(tx, member, StaffChangeKind::Registered));
    }
    tx.insert_all(rows).await?;
    tx.plan_anew().await?;
    for (row, member, phone) in plan.changed.into_values() {
        let sealed = store::resealed(tx, &member, phone).await?;
        let after = StaffMember { version: member.version + 1, ..member };
        if !store::update_member(tx, &after, sealed, after.version - 1).await? {
            bad.push(BadRow::new(row, "code", &after.code, "was changed meanwhile: import the file again"));
        }
        lines.push(change(tx, &after, StaffChangeKind::Updated));
    }
    let mut held = vec![];
    for mut new in plan.appointments {
        match effect::begin(tx, &mut new.held, &new.post).await {
            Ok(()) => {}
            Err(Failure::User(problems)) => {
                let reason: &str = problems.first().map_or("", |problem| problem.error.code().into());
                bad.push(BadRow::new(
                    new.row,
                    "post",
                    &new.post.code,
                    format!("its role is refused: {reason}"),
                ));
                continue;
            }
            Err(failure) => return Err(failure.into()),
        }
        touched.extend(new.held.grant.and(new.held.account));
        lines.push(StaffChange {
            appointment: Some(new.held.id),
            ..change(tx, &new.member, StaffChangeKind::Appointed)
        });
        held.push(store::appointment_row(tx, &new.held));
    }
    tx.insert_all(held).await?;
    Ok(tx.insert_all(lines.iter().map(|line| store::change_row(tx, line)).collect()).await?)
}
