//! The visits of a mirrored tenant: in every place that a case can lie in, some of them delicate.

use fengqiao_domain::fieldwork::{
    ChildDataBasis, FieldworkService, GivenChild, RecordVisit, VisitOutcome, VisitPurpose, VisitSubject,
};
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
    /// Whether it was to a child.
    pub child: bool,
}

/// To whom a visit was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    Anybody,
    KeyPerson,
    Child,
    /// A child that is a key person.
    Both,
}

/// Who made a visit where, how delicate it is, and to whom.
pub(crate) type Made = (&'static str, Spot, Sensitivity, Whom);

/// All of them.
pub(crate) const MADE: [Made; 12] = [
    ("worker", spot(Some(0), Some(0), Some(0)), Sensitivity::Normal, Whom::Anybody),
    ("worker", spot(Some(0), Some(1), Some(0)), Sensitivity::Normal, Whom::Anybody),
    ("chief", spot(Some(0), Some(0), None), Sensitivity::Sensitive, Whom::Anybody),
    ("patrol", spot(Some(0), Some(0), Some(0)), Sensitivity::Sensitive, Whom::Anybody),
    ("far", spot(Some(1), Some(1), Some(1)), Sensitivity::Normal, Whom::Anybody),
    ("town", spot(Some(0), None, None), Sensitivity::Confidential, Whom::Anybody),
    ("mediator", spot(Some(1), Some(0), Some(1)), Sensitivity::Normal, Whom::Anybody),
    ("volunteer", spot(Some(0), Some(0), Some(1)), Sensitivity::Normal, Whom::Anybody),
    ("commander", spot(None, None, None), Sensitivity::Confidential, Whom::Anybody),
    ("patrol", spot(Some(0), Some(0), Some(1)), Sensitivity::Sensitive, Whom::KeyPerson),
    ("volunteer", spot(Some(0), Some(0), Some(1)), Sensitivity::Sensitive, Whom::Child),
    ("patrol", spot(Some(0), Some(0), Some(0)), Sensitivity::Sensitive, Whom::Both),
];

const fn spot(town: Option<usize>, village: Option<usize>, grid: Option<usize>) -> Spot {
    Spot { town, village, grid }
}

/// Lays one visit, made by whom the scope is of.
pub(crate) async fn lay(
    fieldwork: &FieldworkService,
    side: &Side,
    scope: &Scope,
    (by, spot, sensitivity, whom): Made,
) -> anyhow::Result<LaidVisit> {
    let key_person = matches!(whom, Whom::KeyPerson | Whom::Both);
    let child = matches!(whom, Whom::Child | Whom::Both);
    let canary = format!("访{}{:02}", side.mark, side.visits.len());
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
        child: if child { given(&canary) } else { GivenChild::default() },
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
    Ok(LaidVisit { id: visit.id, canary, spot, sensitivity, by, key_person, child })
}

/// What is said of a child.
fn given(canary: &str) -> GivenChild {
    GivenChild {
        born_on: "2018-03-09".parse().ok(),
        is_under_fourteen: None,
        basis: Some(ChildDataBasis::GuardianConsent),
        guardian: Some(format!("{canary}监护人")),
    }
}
