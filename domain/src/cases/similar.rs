//! Which cases are likely to be the same matter: of one category, near each other, and reported about the same time. Pure.

use crate::cases::model::Case;
use crate::catalogue::Nearness;
use crate::kernel::id::{CaseId, CategoryId, GridId, Timestamp};
use crate::org::GeoPoint;
use crate::programmes::CaseState;

/// Most cases that are told: more are no help to whoever compares them.
pub(super) const MOST_TOLD: usize = 10;

/// A matter that is about to be reported.
#[derive(Clone, Copy, Debug)]
pub struct Matter {
    /// What it is about.
    pub category: CategoryId,
    /// Point where it occurred.
    pub point: Option<GeoPoint>,
    /// Grid where it occurred; where a point is missing, whatever is of the same grid is near.
    pub grid: Option<GridId>,
}

/// What cases are compared with: a matter that is about to be reported, or a case.
#[derive(Clone, Copy, Debug)]
pub(super) struct SimilarTo {
    pub(super) category: CategoryId,
    pub(super) point: Option<GeoPoint>,
    pub(super) grid: Option<GridId>,
    /// When it was or is reported.
    pub(super) at: Timestamp,
    /// The case that it is; none for one that is about to be reported.
    pub(super) case: Option<CaseId>,
}

impl SimilarTo {
    /// A case that is there, its point as the caller is told it.
    pub(super) fn case(case: &Case, point: Option<GeoPoint>) -> Self {
        Self {
            category: case.category,
            point,
            grid: case.place.grid,
            at: case.opened_at,
            case: Some(case.id),
        }
    }
}

/// A case that is likely to be the same matter.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarCase {
    /// The case, open or not.
    pub case: Case,
    /// Metres between the points; none where one of them has none, and both are of one grid.
    pub metres: Option<f64>,
}

/// Those of some cases of its category that are alike, the nearest first, then the newest. What is part of another case is told
/// by that one, and what was taken back or struck off by nobody.
pub(super) fn alike(matter: &SimilarTo, nearness: Nearness, cases: Vec<Case>) -> Vec<SimilarCase> {
    let mut alike: Vec<SimilarCase> = cases
        .into_iter()
        .filter(|case| Some(case.id) != matter.case && case.category == matter.category)
        .filter(|case| stands(case.state) && about_then(matter.at, case.opened_at, nearness))
        .filter_map(|case| near(matter, nearness, case))
        .collect();
    alike.sort_by(|one, other| {
        let metres = |similar: &SimilarCase| similar.metres.unwrap_or(f64::INFINITY);
        let newest = other.case.opened_at.cmp(&one.case.opened_at);
        metres(one).total_cmp(&metres(other)).then(newest).then(one.case.id.cmp(&other.case.id))
    });
    alike.truncate(MOST_TOLD);
    alike
}

fn near(matter: &SimilarTo, nearness: Nearness, case: Case) -> Option<SimilarCase> {
    if let (Some(here), Some(there)) = (matter.point, case.point) {
        let metres = here.metres_to(there);
        return (metres <= f64::from(nearness.metres)).then_some(SimilarCase { case, metres: Some(metres) });
    }
    let same = matter.grid.is_some() && matter.grid == case.place.grid;
    same.then_some(SimilarCase { case, metres: None })
}

fn about_then(at: Timestamp, other: Timestamp, nearness: Nearness) -> bool {
    at.micros().abs_diff(other.micros()) <= u64::from(nearness.hours) * 3_600_000_000
}

const fn stands(state: CaseState) -> bool {
    match state {
        CaseState::Reported
        | CaseState::Accepted
        | CaseState::Dispatched
        | CaseState::Handling
        | CaseState::Resolved
        | CaseState::Verified
        | CaseState::Closed
        | CaseState::Rejected => true,
        CaseState::Withdrawn | CaseState::Merged | CaseState::Voided => false,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{SimilarTo, alike};
    use crate::cases::fixture::case;
    use crate::cases::model::Case;
    use crate::catalogue::Nearness;
    use crate::kernel::id::{CaseId, GridId, Timestamp};
    use crate::org::{CoordinateSystem, GeoPoint};
    use crate::programmes::CaseState;

    const HOUR: i64 = 3_600_000_000;

    fn at(latitude: i64) -> GeoPoint {
        GeoPoint { longitude: 106_800_000, latitude, system: CoordinateSystem::Wgs84 }
    }

    fn reported(number: u128, point: Option<GeoPoint>, hour: i64, state: CaseState) -> Case {
        let id = CaseId::from_uuid(Uuid::from_u128(number));
        Case { id, point, opened_at: Timestamp(hour * HOUR), ..case(state) }
    }

    #[test]
    fn the_nearest_comes_first_and_whatever_is_far_long_ago_or_gone_is_left_out() {
        let here = reported(1, Some(at(39_660_000)), 100, CaseState::Reported);
        let other_grid = GridId::from_uuid(Uuid::from_u128(99));
        let mut elsewhere = reported(9, None, 100, CaseState::Reported);
        elsewhere.place.grid = Some(other_grid);
        let cases = vec![
            here.clone(),
            reported(2, Some(at(39_660_400)), 99, CaseState::Closed),
            reported(3, Some(at(39_660_090)), 124, CaseState::Handling),
            reported(4, Some(at(39_660_500)), 100, CaseState::Handling),
            reported(5, Some(at(39_660_000)), 75, CaseState::Handling),
            reported(6, Some(at(39_660_000)), 100, CaseState::Merged),
            reported(7, Some(at(39_660_000)), 100, CaseState::Withdrawn),
            reported(8, None, 100, CaseState::Rejected),
            elsewhere,
        ];
        let told = alike(&SimilarTo::case(&here, here.point), Nearness::default(), cases);
        let ids: Vec<u128> = told.iter().map(|one| one.case.id.uuid().as_u128()).collect();
        assert_eq!(ids, [3, 2, 8], "10 metres, 44 metres, and without a point of the same grid");
        let about = |metres: f64, wanted: f64| (metres - wanted).abs() < 0.5;
        let metres: Vec<Option<f64>> = told.iter().map(|one| one.metres).collect();
        assert!(
            matches!(metres[..], [Some(first), Some(second), None] if about(first, 10.0) && about(second, 44.5))
        );
    }

    #[test]
    fn only_so_many_are_told() {
        let here = reported(1, Some(at(39_660_000)), 100, CaseState::Reported);
        let cases = (2..40).map(|number| reported(number, here.point, 100, CaseState::Handling)).collect();
        assert_eq!(alike(&SimilarTo::case(&here, here.point), Nearness::default(), cases).len(), 10);
    }
}
