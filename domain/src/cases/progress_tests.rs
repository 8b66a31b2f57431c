use uuid::Uuid;

use super::{Step, advanced, given, post, raised, reported_back, returned, reworked, taken_over};
use crate::cases::evaluation::FilledForm;
use crate::cases::fixture::{case, stage_of};
use crate::cases::model::{Assignee, Case, CaseRating, Handover, Post, Resolution};
use crate::cases::return_visit::VisitChannel;
use crate::kernel::id::{AccountId, OrganisationId, Timestamp, UnitId};
use crate::programmes::{CaseAct, CaseState, SettlementLevel};

fn unit(number: u128, level: SettlementLevel) -> Post {
    Post { assignee: Assignee::Unit(UnitId::from_uuid(Uuid::from_u128(number))), level }
}

fn district() -> Post {
    unit(1, SettlementLevel::District)
}

fn town() -> Post {
    unit(2, SettlementLevel::Town)
}

fn station() -> Post {
    unit(3, SettlementLevel::Village)
}

fn worker(number: u128) -> Post {
    let assignee = Assignee::Account(AccountId::from_uuid(Uuid::from_u128(number)));
    Post { assignee, level: SettlementLevel::Grid }
}

fn bureau() -> Post {
    let assignee = Assignee::Organisation(OrganisationId::from_uuid(Uuid::from_u128(20)));
    Post { assignee, level: SettlementLevel::Town }
}

fn lying_with(post: Post, givers: &[Post]) -> Case {
    Case { assignee: post.assignee, level: post.level, givers: givers.to_vec(), ..case(CaseState::Accepted) }
}

fn after(case: &Case, act: CaseAct, to: CaseState, handover: Option<Handover>) -> Case {
    let by = Some(AccountId::from_uuid(Uuid::from_u128(99)));
    advanced(
        case,
        &Step {
            act,
            to,
            stage: stage_of(to).to_owned(),
            at: Timestamp(5),
            by,
            handover,
            rating: Some(CaseRating::Satisfied),
            filled: FilledForm::default(),
            channel: Some(VisitChannel::Phone),
            more: 0,
            assistants: vec![],
            master: None,
            supervised: None,
            category: None,
        },
    )
}

#[test]
fn what_was_given_can_be_returned_step_by_step() {
    let case = lying_with(district(), &[]);
    let case = after(&case, CaseAct::SendDown, CaseState::Dispatched, Some(given(town(), district())));
    let case = after(&case, CaseAct::Dispatch, CaseState::Dispatched, Some(given(station(), town())));
    let case = after(&case, CaseAct::Dispatch, CaseState::Dispatched, Some(given(worker(10), station())));
    assert_eq!(case.givers, [district(), town(), station()]);
    assert_eq!(post(&case), worker(10));

    let case = after(&case, CaseAct::Return, CaseState::Accepted, returned(&case));
    assert_eq!(post(&case), station());
    let case = after(&case, CaseAct::Return, CaseState::Accepted, returned(&case));
    assert_eq!(post(&case), town());
    let case = after(&case, CaseAct::Return, CaseState::Accepted, returned(&case));
    assert_eq!(post(&case), district());
    assert_eq!(returned(&case), None);
    assert_eq!(case.version, 7);
}

#[test]
fn a_case_that_is_handed_up_past_its_givers_forgets_them() {
    let case = lying_with(worker(10), &[district(), town(), station()]);
    let case = after(&case, CaseAct::HandUp, CaseState::Accepted, Some(raised(station())));
    assert_eq!((post(&case), &case.givers[..]), (station(), &[district(), town()][..]));
    let case = after(&case, CaseAct::HandUp, CaseState::Accepted, Some(raised(town())));
    let case = after(&case, CaseAct::HandUp, CaseState::Accepted, Some(raised(district())));
    assert_eq!((post(&case), case.givers.len()), (district(), 0));
}

#[test]
fn a_case_passed_round_in_a_circle_does_not_grow() {
    let mut case = lying_with(worker(10), &[station()]);
    for _ in 0..5 {
        case = after(&case, CaseAct::Transfer, CaseState::Dispatched, Some(given(worker(11), post(&case))));
        case = after(&case, CaseAct::Transfer, CaseState::Dispatched, Some(given(worker(10), post(&case))));
    }
    assert_eq!((post(&case), &case.givers[..]), (worker(10), &[station()][..]));
}

#[test]
fn a_result_goes_to_the_nearest_office_and_comes_back_when_it_does_not_stand() {
    let case = lying_with(worker(11), &[town(), station(), worker(10)]);
    let case = after(&case, CaseAct::Complete, CaseState::Resolved, reported_back(&case));
    assert_eq!((post(&case), &case.givers[..]), (station(), &[town()][..]));
    let result = case.resolution.unwrap();
    assert_eq!(result.post, worker(11));

    let case = after(&case, CaseAct::SendBack, CaseState::Handling, reworked(&case));
    assert_eq!((post(&case), &case.givers[..]), (worker(11), &[town(), station()][..]));
    assert_eq!(case.resolution, None);
}

#[test]
fn a_result_of_the_office_itself_stays_there() {
    let case = lying_with(district(), &[]);
    assert_eq!(reported_back(&case), None);
    let case = after(&case, CaseAct::Complete, CaseState::Resolved, None);
    assert_eq!(reworked(&case), None);
    assert_eq!(case.resolution, Some(Resolution { post: district(), by: case.resolution.unwrap().by }));
}

#[test]
fn the_level_of_settlement_is_that_of_the_result_not_of_the_closing() {
    let case = lying_with(worker(10), &[station()]);
    let case = after(&case, CaseAct::Complete, CaseState::Resolved, reported_back(&case));
    assert_eq!((case.level, case.settled_level), (SettlementLevel::Village, None));
    let case = after(&case, CaseAct::Close, CaseState::Closed, None);
    assert_eq!(case.settled_level, Some(SettlementLevel::Grid));
    assert_eq!(case.closed_at, Some(Timestamp(5)));

    let visited = after(&case, CaseAct::ReturnVisit, CaseState::Closed, None);
    assert_eq!(
        (visited.return_visits.len(), visited.evaluation, visited.closed_at),
        (1, None, case.closed_at)
    );

    let case = after(&case, CaseAct::Evaluate, CaseState::Closed, None);
    assert_eq!(case.evaluation.as_ref().map(|evaluation| evaluation.rating), Some(CaseRating::Satisfied));
    let case = after(&case, CaseAct::Reopen, CaseState::Handling, reworked(&case));
    assert_eq!((case.settled_level, case.closed_at, &case.evaluation), (None, None, &None));
    assert_eq!(post(&case), worker(10));
}

#[test]
fn whoever_accepts_takes_over() {
    let case = lying_with(station(), &[]);
    assert_eq!(taken_over(&case, station()), None);
    assert_eq!(taken_over(&case, worker(10)), Some(given(worker(10), station())));
    assert_eq!(taken_over(&case, town()), Some(raised(town())));
}

#[test]
fn a_case_returns_from_an_organisation_to_the_town_that_called_it() {
    let case = lying_with(town(), &[]);
    let case = after(&case, CaseAct::Dispatch, CaseState::Dispatched, Some(given(bureau(), town())));
    assert_eq!(case.level, SettlementLevel::Town);
    let case = after(&case, CaseAct::Return, CaseState::Accepted, returned(&case));
    assert_eq!(post(&case), town());
}
