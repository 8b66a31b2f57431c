//! `caseReport`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::enums::{CasePriorityLevel, CaseSourceKind};
use crate::graphql::cases::inputs::{GeoPointInput, PlaceInput};
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::catalogue::Sensitivity;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;

/// Input of `caseReport`.
#[derive(InputObject)]
pub struct CaseReportInput {
    /// What it is about.
    category_id: ID,
    /// Short text for lists, 1 to 120 characters; no names of people.
    title: String,
    /// What was seen or heard, 1 to 4,000 characters.
    description: String,
    /// Where it occurred; absent leaves it to the point: the grid whose boundary it lies in, else the district. A point makes a
    /// unit that is named more exact, and never speaks against it.
    place: Option<PlaceInput>,
    /// Address where it occurred, at most 200 characters.
    address: Option<String>,
    /// Point where it occurred.
    point: Option<GeoPointInput>,
    /// When it occurred, if known.
    occurred_at: Option<DateTime>,
    /// When it was reported, if earlier than now.
    reported_at: Option<DateTime>,
    /// Unit at whose desk it was reported.
    reported_unit_id: Option<ID>,
    /// How it came in; who only reports for themselves can say RESIDENT only.
    source: CaseSourceKind,
    /// How urgent it is; for staff to say, NORMAL when absent.
    priority: Option<CasePriorityLevel>,
    /// How carefully it must be handled; the category may demand more. NORMAL when absent.
    sensitivity: Option<Sensitivity>,
    /// Its number in another system.
    external: Option<CaseExternalInput>,
    /// What is known of the reporter.
    reporter: Option<CaseReporterInput>,
    /// Values of the fields that its programme takes with the report, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// Key of the programme that it follows, at most 32 characters; absent leaves the choice to the category and the source.
    programme_key: Option<String>,
}

impl CaseReportInput {
    /// The command with its ids parsed.
    pub(crate) fn parsed(self) -> Outcome<domain::ReportCase> {
        Ok(domain::ReportCase {
            category: id::parse(&self.category_id)?,
            title: self.title,
            description: self.description,
            place: self.place.map(|place| place.parsed()).transpose()?,
            address: self.address,
            point: self.point.map(GeoPointInput::parsed),
            occurred_at: self.occurred_at.map(|at| at.0),
            reported_at: self.reported_at.map(|at| at.0),
            reported_unit: id::parse_optional(self.reported_unit_id.as_ref())?,
            source: self.source.into(),
            priority: self.priority.map(Into::into).unwrap_or_default(),
            sensitivity: self.sensitivity.map(Into::into).unwrap_or_default(),
            external: self.external.map(|external| domain::ExternalReference {
                source: external.source,
                number: external.number,
            }),
            reporter: self.reporter.map(CaseReporterInput::parsed).unwrap_or_default(),
            values: CaseFieldInput::parsed(self.fields)?,
            attachments: CaseAttachmentInput::parsed(self.attachments)?,
            programme: self.programme_key,
        })
    }
}

/// A case's number in another system. A second report with the same two is refused.
#[derive(InputObject)]
pub struct CaseExternalInput {
    /// The other system, for example `12345`; 1 to 64 characters.
    source: String,
    /// The number there, 1 to 64 characters.
    number: String,
}

/// What is known of the reporter; sealed in the database, masked in every answer.
#[derive(InputObject)]
pub struct CaseReporterInput {
    /// Name, at most 60 characters; never a masked one.
    name: Option<String>,
    /// Telephone number, at most 20 digits; never a masked one.
    phone: Option<String>,
    /// Whether it is kept from those who work the case. Staff who enter a report for somebody are not its
    /// reporter, and are named as the ones who entered it.
    #[graphql(default)]
    is_anonymous: bool,
}

impl CaseReporterInput {
    fn parsed(self) -> domain::ReporterDetails {
        let anonymity =
            if self.is_anonymous { domain::Anonymity::Anonymous } else { domain::Anonymity::Named };
        domain::ReporterDetails { name: self.name, phone: self.phone, anonymity }
    }
}

/// Outcome of `caseReport`.
#[derive(SimpleObject)]
pub struct CaseReportPayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Report a case (上报).
pub(super) async fn run(ctx: &Context<'_>, input: CaseReportInput) -> Outcome<CaseReportPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseReport")?;
    let command = input.parsed()?;
    let outcome = member.services().cases.report(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseReportPayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => CaseReportPayload { case: None, user_errors: CaseUserError::all(ctx, problems) },
    })
}
