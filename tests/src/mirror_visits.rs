//! The visits of a mirrored tenant: in every place that a case can lie in, some of them delicate.

use fengqiao_domain::fieldwork::{FieldworkService, RecordVisit, VisitOutcome, VisitPurpose, VisitSubject};
use fengqiao_domain::kernel::id::VisitId;
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::org::PlaceReference;

use crate::{Answered as _, Side, Spot};

/// A visit as it was laid.
#[derive(Clone, Debug)]
pub struct LaidVisit {
    /// Id.
    pub id: VisitId,
    /// Stands in each of its texts and nowhere else.
    pub canary: String,
    /// Where it was made.
    pub spot: Spot,
    /// Sensitivity.
    pub sensitivity: Sensitivity,
    /// Login of who made it.
    pub by: &'static str,
    /// Whether it was to a key person.
    pub key_person: bool,
}

/// Who follows up key persons, and makes a second visit to one.
const FOLLOWING_UP: &str = "patrol";

/// Who made a visit where; the last one is to a key person.
pub(crate) const MADE: [(&str, Spot, Sensitivity); 10] = [
    ("worker", spot(Some(0), Some(0), Some(0)), Sensitivity::Normal),
    ("worker", spot(Some(0), Some(1), Some(0)), Sensitivity::Normal),
    ("chief", spot(Some(0), Some(0), None), Sensitivity::Sensitive),
    ("patrol", spot(Some(0), Some(0), Some(0)), Sensitivity::Sensitive),
    ("far", spot(Some(1), Some(1), Some(1)), Sensitivity::Normal),
    ("town", spot(Some(0), None, None), Sensitivity::Confidential),
    ("mediator", spot(Some(1), Some(0), Some(1)), Sensitivity::Normal),
    ("volunteer", spot(Some(0), Some(0), Some(1)), Sensitivity::Normal),
    ("commander", spot(None, None, None), Sensitivity::Confidential),
    (FOLLOWING_UP, spot(Some(0), Some(0), Some(1)), Sensitivity::Sensitive),
];

const fn spot(town: Option<usize>, village: Option<usize>, grid: Option<usize>) -> Spot {
    Spot { town, village, grid }
}

/// Lays one visit, made by whom the scope is of.
pub(crate) async fn lay(
    fieldwork: &FieldworkService,
    side: &Side,
    scope: &Scope,
    (by, spot, sensitivity): (&'static str, Spot, Sensitivity),
) -> anyhow::Result<LaidVisit> {
    let key_person = by == FOLLOWING_UP && side.visits.iter().any(|visit| visit.by == by);
    let canary = format!("访{}{}", side.mark, side.visits.len());
    let place = match spot {
        Spot { town: Some(town), village: Some(village), grid: Some(grid) } => {
            PlaceReference::Grid(side.grids[town][village][grid])
        }
        Spot { town: Some(town), village: Some(village), grid: None } => {
            PlaceReference::Unit(side.villages[town][village])
        }
        Spot { town: Some(town), .. } => PlaceReference::Unit(side.towns[town]),
        Spot { .. } => PlaceReference::Unit(side.unit),
    };
    let command = RecordVisit {
        subject: VisitSubject::Household,
        name: Some(format!("{canary}户主")),
        phone: Some("13800007777".to_owned()),
        key_person,
        purpose: VisitPurpose::Routine,
        outcome: VisitOutcome::Met,
        findings: Some(canary.clone()),
        sensitivity,
        place: Some(place),
        address: Some(format!("{canary}某号")),
        point: None,
        visited_at: None,
        case: None,
    };
    let visit = fieldwork.record_visit(scope, command).await.done()?;
    Ok(LaidVisit { id: visit.id, canary, spot, sensitivity, by, key_person })
}
