//! Who may see a case beyond its place, and in whose inbox it lies. Pure.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::cases::model::{Assignee, Audience, Case};
use crate::kernel::id::{AccountId, CaseAccessId, GridId, Timestamp, UnitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::place::{Sensitivity, Visibility};
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
    /// They are or were in charge of it as a leader.
    Leader,
    /// They assist or assisted with it.
    Assistant,
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
    /// The box it lies in; none for a reporter and a leader.
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

/// The rows after an act: whoever had it keeps it among what is done, whoever gets it or is to assist finds it, and whoever
/// was once in charge of it keeps reading it.
pub(super) fn after(
    rows: &[Access],
    before: &Case,
    case: &Case,
    act: CaseAct,
    at: Timestamp,
    mut new_id: impl FnMut() -> CaseAccessId,
) -> Vec<Access> {
    let mut rows = rows.to_vec();
    if let (CaseAct::TakeCharge, Some(leader)) = (act, case.leader) {
        rows.extend(charged(&rows, Assignee::Account(leader), at, new_id));
        return rows;
    }
    for (place, assistant) in case.assistants.iter().enumerate() {
        // Whoever was asked again has one row, of the last time.
        if case.assistants.iter().skip(place + 1).any(|later| later.assignee == assistant.assignee) {
            continue;
        }
        let inbox = if assistant.is_waited_for() { Inbox::Todo } else { Inbox::Done };
        if !put(&mut rows, (Part::Assistant, assistant.assignee), inbox, at) {
            rows.push(row(new_id(), assistant.assignee, Part::Assistant, Some(inbox), at));
        }
    }
    if before.assignee != case.assignee {
        put(&mut rows, (Part::Assignee, before.assignee), Inbox::Done, at);
    }
    let mut rows = narrowed(rows, before, case, at);
    // With another category it goes somewhere else, or stays where it lies.
    if act == CaseAct::ChangeCategory && before.assignee == case.assignee {
        return rows;
    }
    let Some(inbox) = inbox_after(act, case) else { return rows };
    if !put(&mut rows, (Part::Assignee, case.assignee), inbox, at) {
        rows.push(row(new_id(), case.assignee, Part::Assignee, Some(inbox), at));
    }
    rows
}

/// The rows once a case has become more sensitive: whoever's office or post need not be cleared for it has read what was there and
/// reads no further. Who reported it, who is in charge of it and whom it lies with do.
pub(super) fn narrowed(mut rows: Vec<Access>, before: &Case, case: &Case, at: Timestamp) -> Vec<Access> {
    if case.sensitivity <= before.sensitivity || mutant::active(Mutant::KeptAccess) {
        return rows;
    }
    for row in rows.iter_mut().filter(|row| row.until.is_none()) {
        let reporter = case.reporter_account.map(Assignee::Account);
        let stays = match row.part {
            Part::Reporter => reporter == Some(row.principal),
            Part::Leader => true,
            Part::Assignee | Part::Assistant => keeps_reading(row.principal, case),
        };
        if !stays {
            row.until = Some(at);
        }
    }
    rows
}

/// Whether somebody with whom a case lay, or who assists with it, reads it as sensitive as it has become: whom it lies with, and up to
/// sensitive every office of a unit, for the people of these are cleared as high.
pub(super) fn keeps_reading(who: Assignee, case: &Case) -> bool {
    let office = matches!(who, Assignee::Unit(_));
    who == case.assignee || (office && case.sensitivity < Sensitivity::Confidential)
}

/// The row of a leader who has none yet.
fn charged(
    rows: &[Access],
    leader: Assignee,
    at: Timestamp,
    new_id: impl FnOnce() -> CaseAccessId,
) -> Option<Access> {
    let known = rows.iter().any(|known| known.part == Part::Leader && known.principal == leader);
    (!known).then(|| row(new_id(), leader, Part::Leader, None, at))
}

/// Puts a principal's row into a box: whether there is one.
fn put(rows: &mut [Access], whose: (Part, Assignee), inbox: Inbox, at: Timestamp) -> bool {
    let found = rows.iter_mut().find(|row| (row.part, row.principal) == whose);
    let Some(row) = found else { return false };
    if row.inbox != Some(inbox) {
        row.inbox = Some(inbox);
        row.since = at;
    }
    // What is done opens nothing again that was closed.
    if inbox != Inbox::Done {
        row.until = None;
    }
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
        | CaseAct::ReturnVisit
        | CaseAct::Advance
        | CaseAct::StepBack
        | CaseAct::Pause
        | CaseAct::Resume
        | CaseAct::Extend
        | CaseAct::RequestExtension
        | CaseAct::RefuseExtension
        | CaseAct::CoHandle
        | CaseAct::Assist
        | CaseAct::Urge
        | CaseAct::Supervise
        | CaseAct::Instruct
        | CaseAct::TakeCharge => None,
        CaseAct::Report
        | CaseAct::Dispatch
        | CaseAct::Transfer
        | CaseAct::Return
        | CaseAct::HandUp
        | CaseAct::SendDown
        | CaseAct::ChangeCategory
        | CaseAct::Complete => Some(Inbox::Todo),
        CaseAct::Accept | CaseAct::Start | CaseAct::SendBack | CaseAct::Reopen | CaseAct::Verify => {
            Some(Inbox::Doing)
        }
        CaseAct::Reject | CaseAct::Close | CaseAct::Withdraw | CaseAct::Merge | CaseAct::Void => {
            Some(Inbox::Done)
        }
    }
}

/// Who can see a case, for its events.
pub(super) fn visibility(case: &Case, rows: &[Access], at: Timestamp, audience: Audience) -> Visibility {
    let mut principals: Vec<_> = rows
        .iter()
        .filter(|row| row.until.is_none_or(|until| until > at))
        .map(|row| row.principal.uuid())
        .collect();
    if audience == Audience::Everyone {
        principals.extend(case.followers.iter().map(|follower| follower.account.uuid()));
    }
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Access, Inbox, Part, after, opened};
    use crate::cases::assistance::Assistant;
    use crate::cases::fixture::case;
    use crate::cases::model::{Assignee, Case};
    use crate::kernel::id::{AccountId, CaseAccessId, Timestamp, UnitId};
    use crate::programmes::{CaseAct, CaseState};

    fn id(number: u128) -> CaseAccessId {
        CaseAccessId::from_uuid(Uuid::from_u128(number))
    }

    fn led_by(case: &Case, number: u128) -> Case {
        Case { leader: Some(AccountId::from_uuid(Uuid::from_u128(number))), ..case.clone() }
    }

    fn leaders(rows: &[Access]) -> Vec<Uuid> {
        let leading = rows.iter().filter(|row| row.part == Part::Leader && row.until.is_none());
        leading.filter(|row| row.inbox.is_none()).map(|row| row.principal.uuid()).collect()
    }

    #[test]
    fn whoever_takes_charge_keeps_seeing_the_case_wherever_it_goes() {
        let before = case(CaseState::Accepted);
        let mut numbers = 1..;
        let mut next = || id(numbers.next().unwrap_or_default());
        let rows = opened(&before, None, &mut next);
        let led = led_by(&before, 70);
        let taken = after(&rows, &before, &led, CaseAct::TakeCharge, Timestamp(10), &mut next);
        assert_eq!((taken.len(), leaders(&taken)), (rows.len() + 1, vec![Uuid::from_u128(70)]));
        assert_eq!(taken[..rows.len()], rows[..], "the inboxes stay as they are");

        let above = Case { assignee: Assignee::Unit(UnitId::from_uuid(Uuid::from_u128(9))), ..led.clone() };
        let raised = after(&taken, &led, &above, CaseAct::HandUp, Timestamp(20), &mut next);
        assert_eq!(leaders(&raised), [Uuid::from_u128(70)]);

        let other = led_by(&above, 71);
        let replaced = after(&raised, &above, &other, CaseAct::TakeCharge, Timestamp(30), &mut next);
        assert_eq!(leaders(&replaced), [70, 71].map(Uuid::from_u128), "the former one keeps reading");
        let again = led_by(&other, 70);
        let back = after(&replaced, &other, &again, CaseAct::TakeCharge, Timestamp(40), &mut next);
        assert_eq!(back, replaced, "one row each");
    }

    #[test]
    fn whoever_is_to_assist_finds_it_until_they_answer() {
        let before = case(CaseState::Handling);
        let mut numbers = 1..;
        let mut next = || id(numbers.next().unwrap_or_default());
        let rows = opened(&before, None, &mut next);
        let helper = Assignee::Unit(UnitId::from_uuid(Uuid::from_u128(9)));
        let assisted = |done_at| {
            let assistant = Assistant { assignee: helper, asked_at: Timestamp(10), done_at };
            Case { assistants: vec![assistant], ..before.clone() }
        };
        let boxes = |rows: &[Access]| -> Vec<(Uuid, Option<Inbox>)> {
            let helping = rows.iter().filter(|row| row.part == Part::Assistant);
            helping.map(|row| (row.principal.uuid(), row.inbox)).collect()
        };
        let asked = assisted(None);
        let told = after(&rows, &before, &asked, CaseAct::CoHandle, Timestamp(10), &mut next);
        assert_eq!(boxes(&told), [(helper.uuid(), Some(Inbox::Todo))]);
        assert_eq!(told[..rows.len()], rows[..], "whoever leads keeps it where it lies");
        let same = after(&told, &asked, &asked, CaseAct::Comment, Timestamp(20), &mut next);
        assert_eq!(same, told);
        let answered = assisted(Some(Timestamp(30)));
        let done = after(&same, &asked, &answered, CaseAct::Assist, Timestamp(30), &mut next);
        assert_eq!(boxes(&done), [(helper.uuid(), Some(Inbox::Done))]);
        let again = after(&done, &answered, &asked, CaseAct::CoHandle, Timestamp(40), &mut next);
        assert_eq!((boxes(&again), again.len()), (boxes(&told), told.len()), "one row each");
    }
}
