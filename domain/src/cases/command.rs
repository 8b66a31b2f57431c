//! Inputs of the cases slice's use cases, and what makes them valid.

use crate::cases::error::{CaseError, bad_text};
use crate::cases::evaluation::FilledForm;
use crate::cases::model::{Assignee, Audience, CasePriority, CaseRating, ExternalReference};
use crate::cases::return_visit::{Contact, VisitChannel};
use crate::cases::value::GivenValue;
use crate::files::AttachmentKind;
use crate::identity::Phone;
use crate::kernel::failure::Problem;
use crate::kernel::id::{AttachmentId, CaseId, CategoryId, Timestamp, UnitId};
use crate::kernel::place::{Address, Sensitivity};
use crate::kernel::text;
use crate::org::{GeoPoint, PlaceReference};
use crate::programmes::{CaseSource, SupervisionLevel};

/// Most characters of a title.
pub(super) const TITLE_LIMIT: usize = 120;
/// Most characters of a description.
pub(super) const DESCRIPTION_LIMIT: usize = 4_000;
/// Most characters of a reason, a note, a comment or a result.
pub(super) const REASON_LIMIT: usize = 1_000;
/// Most characters of an address.
pub(super) const ADDRESS_LIMIT: usize = 200;
/// Most characters of a reporter's name.
pub(super) const NAME_LIMIT: usize = 60;
/// Most characters of a telephone number as it is typed.
pub(super) const PHONE_LIMIT: usize = 40;
/// Most attachments of one act: as many photos as WeChat's chooser gives at once.
pub(super) const ATTACHMENT_LIMIT: usize = 9;
/// Most characters of an external system's name or number.
pub const EXTERNAL_LIMIT: usize = 64;

/// A case as the caller saw it, and what an act gives to its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The case.
    pub case: CaseId,
    /// The version the caller saw; none for an act that does not care.
    pub version: Option<i64>,
    /// Values of the fields that the case's programme adds.
    pub values: Vec<GivenValue>,
    /// What is attached with the act.
    pub attachments: Vec<GivenAttachment>,
}

/// What is attached with an act: something that whoever acts brought before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenAttachment {
    /// The photo or document.
    pub attachment: AttachmentId,
    /// What it shows.
    pub kind: AttachmentKind,
}

/// Whether those who work the case learn who reported it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anonymity {
    /// They do, masked.
    #[default]
    Named,
    /// They do not.
    Anonymous,
}

/// What is known of the reporter.
#[derive(Clone, Debug, Default)]
pub struct ReporterDetails {
    /// Name.
    pub name: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Whether it is shown.
    pub anonymity: Anonymity,
}

/// Report a case.
#[derive(Clone, Debug)]
pub struct ReportCase {
    /// What it is about.
    pub category: CategoryId,
    /// Short text for lists.
    pub title: String,
    /// What was seen or heard.
    pub description: String,
    /// Where it occurred; none leaves it to the point.
    pub place: Option<PlaceReference>,
    /// Address where it occurred.
    pub address: Option<String>,
    /// Point where it occurred.
    pub point: Option<GeoPoint>,
    /// When it occurred.
    pub occurred_at: Option<Timestamp>,
    /// When it was reported, if earlier than now.
    pub reported_at: Option<Timestamp>,
    /// Unit at whose desk it was reported.
    pub reported_unit: Option<UnitId>,
    /// How it came in. Whoever only reports for themselves can say `resident` only.
    pub source: CaseSource,
    /// How urgent it is. For staff to say.
    pub priority: CasePriority,
    /// How carefully it must be handled; the category may demand more.
    pub sensitivity: Sensitivity,
    /// Its number in another system.
    pub external: Option<ExternalReference>,
    /// What is known of the reporter.
    pub reporter: ReporterDetails,
    /// Values of the fields that its programme takes with the report.
    pub values: Vec<GivenValue>,
    /// What is attached with the report.
    pub attachments: Vec<GivenAttachment>,
    /// Key of the programme that it follows; none leaves the choice to the category and the source.
    pub programme: Option<String>,
}

/// Confirm a result that somebody else reported.
#[derive(Clone, Debug)]
pub struct VerifyCase {
    /// The case.
    pub seen: Seen,
    /// What is to be said.
    pub note: Option<String>,
    /// How well it was settled, 1 to 5.
    pub score: Option<u8>,
}

/// An act that may say something: accept, start, urge, take charge, close, withdraw.
#[derive(Clone, Debug)]
pub struct NoteCase {
    /// The case.
    pub seen: Seen,
    /// What is to be said.
    pub note: Option<String>,
}

/// An act that needs a reason: refuse an extension, reject, return, hand up, send back, reopen, void.
#[derive(Clone, Debug)]
pub struct ReasonCase {
    /// The case.
    pub seen: Seen,
    /// The reason.
    pub reason: String,
}

/// Give a case more time, or ask for it.
#[derive(Clone, Debug)]
pub struct ExtendCase {
    /// The case.
    pub seen: Seen,
    /// So many more of the hours or days of its limit.
    pub amount: u32,
    /// The reason.
    pub reason: String,
}

/// Give a case another category.
#[derive(Clone, Debug)]
pub struct ChangeCategory {
    /// The case.
    pub seen: Seen,
    /// The category.
    pub category: CategoryId,
    /// The reason.
    pub reason: String,
}

/// Put a case under supervision.
#[derive(Clone, Debug)]
pub struct SuperviseCase {
    /// The case.
    pub seen: Seen,
    /// At what level.
    pub level: SupervisionLevel,
    /// The reason.
    pub reason: String,
}

/// An act that gives the case to somebody: dispatch, send down, transfer.
#[derive(Clone, Debug)]
pub struct GiveCase {
    /// The case.
    pub seen: Seen,
    /// To whom.
    pub target: Assignee,
    /// Why; a transfer needs it.
    pub reason: Option<String>,
}

/// Ask others to assist with a case.
#[derive(Clone, Debug)]
pub struct CoHandleCase {
    /// The case.
    pub seen: Seen,
    /// Whom, one to ten.
    pub targets: Vec<Assignee>,
    /// The reason.
    pub reason: String,
}

/// Make a case part of another.
#[derive(Clone, Debug)]
pub struct MergeCase {
    /// The case.
    pub seen: Seen,
    /// The other one.
    pub master: CaseId,
    /// The reason.
    pub reason: String,
}

/// Say something about a case. It conflicts with nothing, so it names no version.
#[derive(Clone, Debug)]
pub struct CommentCase {
    /// The case, whatever its version.
    pub seen: Seen,
    /// What is said.
    pub text: String,
    /// Who may read it.
    pub audience: Audience,
}

/// Write an instruction on a case.
#[derive(Clone, Debug)]
pub struct InstructCase {
    /// The case.
    pub seen: Seen,
    /// What is instructed.
    pub text: String,
}

/// Move a case to another stage.
#[derive(Clone, Debug)]
pub struct StepCase {
    /// The case.
    pub seen: Seen,
    /// Key of the stage.
    pub stage: String,
    /// Why, or what is to be said.
    pub note: Option<String>,
}

/// Report the result, or what was done to assist.
#[derive(Clone, Debug)]
pub struct CompleteCase {
    /// The case.
    pub seen: Seen,
    /// What was done.
    pub result: String,
}

/// Judge how a case was settled.
#[derive(Clone, Debug)]
pub struct EvaluateCase {
    /// The case.
    pub seen: Seen,
    /// The judgement.
    pub rating: CaseRating,
    /// What was filled in of the form of its programme.
    pub filled: FilledForm,
    /// Why.
    pub note: Option<String>,
}

/// Write a return visit down. It changes nothing, so it names no version.
#[derive(Clone, Debug)]
pub struct ReturnVisitCase {
    /// The case.
    pub seen: Seen,
    /// How.
    pub channel: VisitChannel,
    /// Whether anybody was reached.
    pub contact: Contact,
    /// What they make of the result.
    pub rating: Option<CaseRating>,
    /// What was said.
    pub note: Option<String>,
}

/// The texts of a report, trimmed and bounded.
#[derive(Clone, Debug)]
pub(super) struct ReportTexts {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) address: Option<String>,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) external: Option<ExternalReference>,
}

/// A reason, result or comment, trimmed and bounded.
pub(super) fn reason(text: &str, path: &str) -> Result<String, Problem<CaseError>> {
    text::required(text, REASON_LIMIT).map_err(|bad| bad_text(bad, path))
}

/// A note, trimmed and bounded; nothing when empty.
pub(super) fn note(text: Option<&str>, path: &str) -> Result<Option<String>, Problem<CaseError>> {
    text::optional(text, REASON_LIMIT).map_err(|bad| bad_text(bad, path))
}

/// The texts of a report, or everything that is wrong with it.
pub(super) fn report_texts(
    command: &ReportCase,
    now: Timestamp,
) -> Result<ReportTexts, Vec<Problem<CaseError>>> {
    let title = text::required(&command.title, TITLE_LIMIT).map_err(|bad| bad_text(bad, "title"));
    let description =
        text::required(&command.description, DESCRIPTION_LIMIT).map_err(|bad| bad_text(bad, "description"));
    let address = address(command);
    let name = name(command.reporter.name.as_deref());
    let phone = phone(command.reporter.phone.as_deref());
    let external = command.external.as_ref().map(external).transpose();
    let mut problems = times_and_point(command, now);
    match (title, description, address, name, phone, external) {
        (Ok(title), Ok(description), Ok(address), Ok(name), Ok(phone), Ok(external))
            if problems.is_empty() =>
        {
            Ok(ReportTexts { title, description, address, name, phone, external })
        }
        (title, description, address, name, phone, external) => {
            let texts =
                [title.err(), description.err(), address.err(), name.err(), phone.err(), external.err()];
            problems.extend(texts.into_iter().flatten());
            Err(problems)
        }
    }
}

fn times_and_point(command: &ReportCase, now: Timestamp) -> Vec<Problem<CaseError>> {
    let late = |at: Option<Timestamp>, path: &str| {
        at.filter(|at| *at > now).map(|_| Problem::at(path, CaseError::InvalidTime))
    };
    let off_earth = command.point.filter(|point| !point.is_on_earth());
    [
        late(command.occurred_at, "occurredAt"),
        late(command.reported_at, "reportedAt"),
        off_earth.map(|_| Problem::at("point", CaseError::InvalidPoint)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is kept of a text that may be wanting.
type Kept = Result<Option<String>, Problem<CaseError>>;

/// A masked name that comes back must not overwrite the real one.
fn name(text: Option<&str>) -> Kept {
    unmasked(text, NAME_LIMIT, "reporter.name", text::is_masked)
}

/// Nor an address that ends at its village; but what another system masked before it sent it is all that there is.
fn address(command: &ReportCase) -> Kept {
    let is_masked = if command.external.is_some() { |_: &str| false } else { Address::is_masked };
    unmasked(command.address.as_deref(), ADDRESS_LIMIT, "address", is_masked)
}

fn unmasked(text: Option<&str>, limit: usize, path: &str, is_masked: fn(&str) -> bool) -> Kept {
    match text::optional(text, limit).map_err(|bad| bad_text(bad, path))? {
        Some(text) if is_masked(&text) => Err(Problem::at(path, CaseError::InvalidText)),
        text => Ok(text),
    }
}

/// The digits of a telephone number; a masked one is none.
fn phone(text: Option<&str>) -> Result<Option<String>, Problem<CaseError>> {
    let path = "reporter.phone";
    let typed = text::optional(text, PHONE_LIMIT).map_err(|bad| bad_text(bad, path))?;
    let read = |typed: String| Phone::parse(&typed).map(|phone| phone.digits().to_owned());
    typed.map(read).transpose().map_err(|_| Problem::at(path, CaseError::InvalidText))
}

fn external(reference: &ExternalReference) -> Result<ExternalReference, Problem<CaseError>> {
    let part =
        |text: &str, path: &str| text::required(text, EXTERNAL_LIMIT).map_err(|bad| bad_text(bad, path));
    Ok(ExternalReference {
        source: part(&reference.source, "external.source")?,
        number: part(&reference.number, "external.number")?,
    })
}

#[cfg(test)]
mod tests {
    use super::{name, phone};

    #[test]
    fn a_telephone_number_keeps_its_digits_only() {
        assert_eq!(phone(Some(" 1007-0000 001 ")).unwrap().as_deref(), Some("10070000001"));
        assert_eq!(phone(Some("+86 10070000001")).unwrap().as_deref(), Some("10070000001"));
        assert_eq!(phone(Some("  ")).unwrap(), None);
        assert!(phone(Some("138****5678")).is_err());
        assert!(phone(Some("1")).is_err());
    }

    #[test]
    fn a_masked_name_is_refused() {
        assert!(name(Some("张*")).is_err());
        assert_eq!(name(Some(" 张三 ")).unwrap().as_deref(), Some("张三"));
    }
}
