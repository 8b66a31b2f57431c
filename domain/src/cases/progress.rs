//! What an act does to a case besides its state: who holds it, the way back, stamps and results. Pure.

use crate::cases::assistance;
use crate::cases::category_change::CategoryChange;
use crate::cases::clock::CaseLimit;
use crate::cases::evaluation::FilledForm;
use crate::cases::extension::{self, ExtensionRequest};
use crate::cases::model::{Assignee, Case, CaseRating, Evaluation, Handover, Post, Resolution, Visit};
use crate::cases::return_visit::{self, ReturnVisit, VisitChannel};
use crate::cases::supervision::{self, Supervised};
use crate::kernel::calendar::Pause;
use crate::kernel::id::{AccountId, CaseId, Timestamp};
use crate::programmes::{CaseAct, CaseState, Programme};

/// One act as it is carried out.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The act.
    pub(super) act: CaseAct,
    /// The state after it.
    pub(super) to: CaseState,
    /// Key of the stage after it.
    pub(super) stage: String,
    /// When.
    pub(super) at: Timestamp,
    /// By whom; none for the system itself.
    pub(super) by: Option<AccountId>,
    /// To whom the case goes, if it goes.
    pub(super) handover: Option<Handover>,
    /// The judgement, for an evaluation and for a return visit that reached somebody.
    pub(super) rating: Option<CaseRating>,
    /// What was filled in of the form, for an evaluation.
    pub(super) filled: FilledForm,
    /// How they were visited, for a return visit.
    pub(super) channel: Option<VisitChannel>,
    /// Hours or days more, for an extension and a request for one.
    pub(super) more: u32,
    /// Who is asked to assist, or has assisted.
    pub(super) assistants: Vec<Assignee>,
    /// The case that it becomes part of, for a merger.
    pub(super) master: Option<CaseId>,
    /// At what level and cost, for a supervision.
    pub(super) supervised: Option<Supervised>,
    /// What it becomes with another category.
    pub(super) category: Option<CategoryChange>,
}

/// Where a new case of a programme begins: its state, and the first stage it is at.
pub(super) fn beginning(programme: &Programme, at: Timestamp) -> (CaseState, Visit) {
    let first = programme.first();
    let stage = first.map(|first| first.key.clone()).unwrap_or_default();
    (first.map_or(CaseState::Reported, |first| first.state), Visit { stage, since: at, extended: 0 })
}

/// Where a case lies.
pub(super) const fn post(case: &Case) -> Post {
    Post { assignee: case.assignee, level: case.level }
}

/// The case after an act.
pub(super) fn advanced(case: &Case, step: &Step) -> Case {
    let mut after = Case { state: step.to, version: case.version + 1, ..case.clone() };
    if step.stage != case.stage {
        after.stage.clone_from(&step.stage);
        // Two servers' clocks differ a little: a stage is not left before it was entered.
        let since = case.visits.last().map_or(step.at, |visit| visit.since.max(step.at));
        after.visits.push(Visit { stage: step.stage.clone(), since, extended: 0 });
    }
    // Whoever gives a reported case on, or begins with it, has accepted it.
    if case.state == CaseState::Reported && after.state.is_open() && after.state != case.state {
        after.accepted_at = Some(step.at);
    }
    if let Some(handover) = step.handover {
        hand_over(&mut after, handover);
        // Whoever leads assists nobody.
        let lead = after.assignee;
        assistance::finish(&mut after.assistants, |assistant| assistant == lead, step.at);
    }
    carry_out(case, &mut after, step);
    if !after.state.is_open() {
        assistance::finish(&mut after.assistants, |_| true, step.at);
    }
    after
}

/// What an act adds to the change of the stage and of who holds the case.
fn carry_out(case: &Case, after: &mut Case, step: &Step) {
    after.request = extension::request_after(case, after, step.act);
    after.visited_at = return_visit::reached_at(case.visited_at, step.act, visited(step).as_ref());
    match step.act {
        CaseAct::Complete => after.resolution = Some(Resolution { post: post(case), by: step.by }),
        CaseAct::Close => {
            after.closed_at = Some(step.at);
            after.settled_level = case.resolution.map(|resolution| resolution.post.level);
        }
        CaseAct::Evaluate => {
            let filled = step.filled.clone();
            after.evaluation = step.rating.map(|rating| Evaluation { rating, at: step.at, filled });
        }
        CaseAct::ReturnVisit => after.return_visits.extend(visited(step)),
        CaseAct::SendBack => after.resolution = None,
        CaseAct::Extend => extend(after, step.more),
        CaseAct::RequestExtension => {
            after.request = Some(ExtensionRequest { amount: step.more, at: step.at, by: step.by });
        }
        CaseAct::CoHandle => assistance::ask(&mut after.assistants, &step.assistants, step.at),
        CaseAct::Assist => {
            assistance::finish(&mut after.assistants, |who| step.assistants.contains(&who), step.at);
        }
        CaseAct::Urge => after.urgings += 1,
        CaseAct::TakeCharge => after.leader = step.by,
        CaseAct::Supervise => {
            let once = step.supervised;
            after.supervision = once.map(|once| supervision::after(case.supervision, once, step.at));
        }
        CaseAct::ChangeCategory => step.category.iter().for_each(|change| change.carry_out(after, step.at)),
        CaseAct::Pause => after.pauses.push(Pause { from: step.at, until: None }),
        CaseAct::Merge => {
            after.master = step.master;
            end_pause(after, step.at);
        }
        CaseAct::Resume | CaseAct::Reject | CaseAct::Withdraw | CaseAct::Void => {
            end_pause(after, step.at);
        }
        CaseAct::Reopen => {
            // Nobody worked on it while it was closed.
            let closed = case.closed_at.map(|from| Pause { from, until: Some(step.at.max(from)) });
            after.pauses.extend(closed);
            after.resolution = None;
            after.closed_at = None;
            after.settled_level = None;
            after.evaluation = None;
        }
        CaseAct::Report
        | CaseAct::Accept
        | CaseAct::Dispatch
        | CaseAct::Start
        | CaseAct::Transfer
        | CaseAct::Return
        | CaseAct::HandUp
        | CaseAct::SendDown
        | CaseAct::Advance
        | CaseAct::StepBack
        | CaseAct::RefuseExtension
        | CaseAct::Instruct
        | CaseAct::Comment
        | CaseAct::Verify => {}
    }
}

/// The return visit that was made.
fn visited(step: &Step) -> Option<ReturnVisit> {
    let (rating, at, by) = (step.rating, step.at, step.by);
    step.channel.map(|channel| ReturnVisit { channel, rating, at, by })
}

/// Of a case without a limit of its own it is the stage's that is extended.
fn extend(case: &mut Case, more: u32) {
    case.extensions += 1;
    match (&mut case.limit, case.visits.last_mut()) {
        (Some(limit), _) => *limit = CaseLimit { extended: limit.extended + more, ..*limit },
        (None, Some(visit)) => visit.extended += more,
        (None, None) => {}
    }
}

/// A pause that lasts ends, and not before it began: two servers' clocks differ a little.
fn end_pause(case: &mut Case, at: Timestamp) {
    if let Some(pause) = case.pauses.last_mut().filter(|pause| pause.until.is_none()) {
        pause.until = Some(at.max(pause.from));
    }
}

/// Whoever gets the case is not on the way back any more; whoever gives it is.
fn hand_over(case: &mut Case, handover: Handover) {
    let to = handover.to;
    match case.givers.iter().position(|giver| giver.assignee == to.assignee) {
        Some(known) => case.givers.truncate(known),
        None => match handover.giver {
            Some(giver) => {
                case.givers.retain(|known| known.assignee != giver.assignee);
                case.givers.push(giver);
            }
            // Whoever has it from above gives nothing back to those below.
            None => case.givers.retain(|known| known.level >= to.level),
        },
    }
    case.assignee = to.assignee;
    case.level = to.level;
}

/// Down or across: the giver waits for it.
pub(super) const fn given(to: Post, giver: Post) -> Handover {
    Handover { to, giver: Some(giver) }
}

/// Up: nobody waits for it.
pub(super) const fn raised(to: Post) -> Handover {
    Handover { to, giver: None }
}

/// Back to whoever gave it, if anybody did.
pub(super) fn returned(case: &Case) -> Option<Handover> {
    case.givers.last().copied().map(raised)
}

/// A result goes to the office that gave the case, to be checked; without one it stays.
pub(super) fn reported_back(case: &Case) -> Option<Handover> {
    let office = case.givers.iter().rev().find(|giver| matches!(giver.assignee, Assignee::Unit(_)));
    office.copied().map(raised)
}

/// A result that does not stand goes back to whoever reported it.
pub(super) fn reworked(case: &Case) -> Option<Handover> {
    let resolution = case.resolution?;
    (resolution.post.assignee != case.assignee).then(|| given(resolution.post, post(case)))
}

/// Whoever accepts a case that does not lie with them takes it over: from above, so that it can be
/// returned, or from below.
pub(super) fn taken_over(case: &Case, taker: Post) -> Option<Handover> {
    if taker.assignee == case.assignee {
        None
    } else if taker.level < case.level {
        Some(given(taker, post(case)))
    } else {
        Some(raised(taker))
    }
}

#[cfg(test)]
#[path = "progress_tests.rs"]
mod tests;
