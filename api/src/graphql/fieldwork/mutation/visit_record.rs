//! `visitRecord`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::fieldwork as domain;

use crate::graphql::cases::{GeoPointInput, PlaceInput};
use crate::graphql::catalogue::Sensitivity;
use crate::graphql::context::member;
use crate::graphql::fieldwork::enums::{
    ChildDataBasisKind, VisitOutcomeKind, VisitPurposeKind, VisitSubjectKind,
};
use crate::graphql::fieldwork::{Visit, VisitUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::{Date, DateTime};

/// Input of `visitRecord`.
#[derive(InputObject)]
pub struct VisitRecordInput {
    /// Who or what was visited.
    subject: VisitSubjectInput,
    /// What it was made for.
    purpose: VisitPurposeKind,
    /// What came of it.
    outcome: VisitOutcomeKind,
    /// What was seen, heard and said, at most 1,000 characters.
    findings: Option<String>,
    /// How carefully it must be handled; the case that it was made for may demand more. NORMAL when absent.
    sensitivity: Option<Sensitivity>,
    /// Where it was made; absent leaves it to the point: the grid whose boundary it lies in, else the district. A point makes a
    /// unit that is named more exact, and never speaks against it.
    place: Option<PlaceInput>,
    /// Address where it was made, at most 200 characters.
    address: Option<String>,
    /// Point where it was made.
    point: Option<GeoPointInput>,
    /// When it was made; now when absent, in a batch when the operation was done.
    visited_at: Option<DateTime>,
    /// The case that it was made for, which the caller sees.
    case_id: Option<ID>,
}

/// Who or what was visited; sealed in the database, masked in every answer.
#[derive(InputObject)]
pub struct VisitSubjectInput {
    /// What it is.
    kind: VisitSubjectKind,
    /// Name, at most 60 characters; never a masked one.
    name: Option<String>,
    /// Telephone number, at most 20 digits; never a masked one.
    phone: Option<String>,
    /// Whether it is a key person (重点人员), or who lives with one: such as somebody with a severe mental illness, on probation, or off drugs. Then
    /// the visit is at least SENSITIVE, and needs `KEY_PERSON_FOLLOW_UP` where it was made. Not, when absent.
    is_key_person: Option<bool>,
    /// Day of birth, where they may be under fourteen. No answer ever tells it; of whoever is older it is not kept. A child until the day of the
    /// fourteenth birthday, that day included: then the visit is at least SENSITIVE, and `childDataBasisKind` must not be null.
    born_on: Option<Date>,
    /// Whether they are under fourteen (不满十四周岁), as far as one sees or is told; not looked at beside `bornOn`. When both are absent a PERSON counts
    /// as a child for whoever would read them whole; but whoever names a ground or a guardian speaks of a child.
    is_under_fourteen: Option<bool>,
    /// On what ground data of a child is collected (处理依据); of others it is not kept.
    child_data_basis_kind: Option<ChildDataBasisKind>,
    /// Name of the parent or guardian who consented (监护人), at most 60 characters, never a masked one; not null for `GUARDIAN_CONSENT`.
    guardian_name: Option<String>,
}

impl VisitSubjectInput {
    /// What is said of the age of who was visited, and of the ground to keep it.
    fn child(&mut self) -> domain::GivenChild {
        domain::GivenChild {
            born_on: self.born_on.map(|day| day.0),
            is_under_fourteen: self.is_under_fourteen,
            basis: self.child_data_basis_kind.map(Into::into),
            guardian: self.guardian_name.take(),
        }
    }
}

impl VisitRecordInput {
    /// The command with its ids parsed.
    pub(super) fn parsed(mut self) -> Outcome<domain::RecordVisit> {
        Ok(domain::RecordVisit {
            child: self.subject.child(),
            subject: self.subject.kind.into(),
            name: self.subject.name,
            phone: self.subject.phone,
            key_person: self.subject.is_key_person.unwrap_or_default(),
            purpose: self.purpose.into(),
            outcome: self.outcome.into(),
            findings: self.findings,
            sensitivity: self.sensitivity.map(Into::into).unwrap_or_default(),
            place: self.place.as_ref().map(PlaceInput::parsed).transpose()?,
            address: self.address,
            point: self.point.map(GeoPointInput::parsed),
            visited_at: self.visited_at.map(|at| at.0),
            case: id::parse_optional(self.case_id.as_ref())?,
        })
    }
}

/// Outcome of `visitRecord`.
#[derive(SimpleObject)]
pub struct VisitRecordPayload {
    /// The visit; null when `userErrors` says why not.
    visit: Option<Visit>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<VisitUserError>,
}

/// Record a visit (走访登记).
pub(super) async fn run(ctx: &Context<'_>, input: VisitRecordInput) -> Outcome<VisitRecordPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "visitRecord")?;
    let outcome = member.services().fieldwork.record_visit(&scope, input.parsed()?).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(visit) => VisitRecordPayload { visit: Some(Visit(visit)), user_errors: vec![] },
        Err(problems) => VisitRecordPayload { visit: None, user_errors: VisitUserError::all(ctx, problems) },
    })
}
