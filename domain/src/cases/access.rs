//! Who may see a case beyond its place, and in whose inbox it lies. Pure.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::cases::model::{Assignee, Audience, Case};
use crate::kernel::id::{AccountId, CaseAccessId, GridId, Timestamp, UnitId};
use crate::kernel::place::Visibility;
use crate::programmes::CaseAct;

/// A box of the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Inbox {
    /// Waiting for me to take it up (待办).
    Todo,
    /// I hold it and have begun (在办).
    Doing,
    /// I have passed it on or finished it (已办).
    Done,
}

/// Why a principal has access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Part {
    /// Reported it, or entered it for somebody.
    Reporter,
    /// It lies or lay with them.
    Assignee,
}

/// One principal's access to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Access {
    /// Id.
    pub(super) id: CaseAccessId,
    /// Who.
    pub(super) principal: Assignee,
    /// Why.
    pub(super) part: Part,
    /// The box it lies in; none for a reporter.
    pub(super) inbox: Option<Inbox>,
    /// Since when it lies there.
    pub(super) since: Timestamp,
    /// Until when access lasts; none while it is open.
    pub(super) until: Option<Timestamp>,
}

/// The rows of a case that was just reported.
pub(super) fn opened(
    case: &Case,
    filed_by: Option<AccountId>,
    mut new_id: impl FnMut() -> CaseAccessId,
) -> Vec<Access> {
    let mut rows = vec![row(new_id(), case.assignee, Part::Assignee, Some(Inbox::Todo), case.opened_at)];
    if let Some(account) = filed_by {
        rows.push(row(new_id(), Assignee::Account(account), Part::Reporter, None, case.opened_at));
    }
    rows
}

const fn row(
    id: CaseAccessId,
    principal: Assignee,
    part: Part,
    inbox: Option<Inbox>,
    since: Timestamp,
) -> Access {
    Access { id, principal, part, inbox, since, until: None }
}

/// The rows after an act: whoever had it keeps it among what is done, whoever gets it finds it.
pub(super) fn after(
    rows: &[Access],
    before: &Case,
    case: &Case,
    act: CaseAct,
    at: Timestamp,
    new_id: impl FnOnce() -> CaseAccessId,
) -> Vec<Access> {
    let mut rows = rows.to_vec();
    if before.assignee != case.assignee {
        put(&mut rows, before.assignee, Inbox::Done, at);
    }
    let Some(inbox) = inbox_after(act, case) else { return rows };
    if !put(&mut rows, case.assignee, inbox, at) {
        rows.push(row(new_id(), case.assignee, Part::Assignee, Some(inbox), at));
    }
    rows
}

/// Puts a principal's row into a box: whether there is one.
fn put(rows: &mut [Access], principal: Assignee, inbox: Inbox, at: Timestamp) -> bool {
    let found = rows.iter_mut().find(|row| row.part == Part::Assignee && row.principal == principal);
    let Some(row) = found else { return false };
    if row.inbox != Some(inbox) {
        row.inbox = Some(inbox);
        row.since = at;
    }
    row.until = None;
    true
}

/// The box in which the assignee finds a case after an act; none leaves it where it is.
const fn inbox_after(act: CaseAct, case: &Case) -> Option<Inbox> {
    if !case.state.is_open() {
        return Some(Inbox::Done);
    }
    match act {
        CaseAct::Comment
        | CaseAct::Evaluate
        | CaseAct::Advance
        | CaseAct::StepBack
        | CaseAct::Pause
        | CaseAct::Resume
        | CaseAct::Extend => None,
        CaseAct::Report
        | CaseAct::Dispatch
        | CaseAct::Transfer
        | CaseAct::Return
        | CaseAct::HandUp
        | CaseAct::SendDown
        | CaseAct::Complete => Some(Inbox::Todo),
        CaseAct::Accept | CaseAct::Start | CaseAct::SendBack | CaseAct::Reopen | CaseAct::Verify => {
            Some(Inbox::Doing)
        }
        CaseAct::Reject | CaseAct::Close | CaseAct::Withdraw | CaseAct::Void => Some(Inbox::Done),
    }
}

/// Who can see a case, for its events.
pub(super) fn visibility(case: &Case, rows: &[Access], at: Timestamp, audience: Audience) -> Visibility {
    let mut principals: Vec<_> = rows
        .iter()
        .filter(|row| row.until.is_none_or(|until| until > at))
        .map(|row| row.principal.uuid())
        .collect();
    principals.sort_unstable();
    principals.dedup();
    Visibility {
        town: case.place.town.map(UnitId::uuid),
        village: case.place.village.map(UnitId::uuid),
        grid: case.place.grid.map(GridId::uuid),
        category: case.category.uuid(),
        sensitivity: case.sensitivity.rank(),
        principals,
        internal: audience == Audience::Staff,
        ..Visibility::default()
    }
}
