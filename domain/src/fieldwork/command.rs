//! Inputs of the use cases of visits, and what makes them valid.

use crate::fieldwork::child::{GivenChild, KeptChild};
use crate::fieldwork::error::{VisitError, bad_text};
use crate::fieldwork::model::{VisitOutcome, VisitPurpose, VisitSubject};
use crate::identity::Phone;
use crate::kernel::age;
use crate::kernel::failure::Problem;
use crate::kernel::id::{CaseId, Timestamp, VisitId};
use crate::kernel::place::{Address, Sensitivity};
use crate::kernel::text;
use crate::org::{GeoPoint, PlaceReference};

/// Most characters of what was found, or of why a visit is struck off: as of a comment on a case.
const FINDINGS_LIMIT: usize = 1_000;
/// Most characters of an address, as of a case.
const ADDRESS_LIMIT: usize = 200;
/// Most characters of a name, as of a reporter.
const NAME_LIMIT: usize = 60;
/// Most characters of a telephone number as it is typed, as of a reporter.
const PHONE_LIMIT: usize = 40;

/// Record a visit.
#[derive(Clone, Debug)]
pub struct RecordVisit {
    /// Who or what was visited.
    pub subject: VisitSubject,
    /// Their name.
    pub name: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Whether it is a key person, or who lives with one.
    pub key_person: bool,
    /// Whether it is a child, and on what ground anything is kept of it.
    pub child: GivenChild,
    /// What for.
    pub purpose: VisitPurpose,
    /// What came of it.
    pub outcome: VisitOutcome,
    /// What was seen, heard and said.
    pub findings: Option<String>,
    /// How carefully it must be handled.
    pub sensitivity: Sensitivity,
    /// Where it was made; none leaves it to the point.
    pub place: Option<PlaceReference>,
    /// The address.
    pub address: Option<String>,
    /// The point where it was made.
    pub point: Option<GeoPoint>,
    /// When it was made; now without it.
    pub visited_at: Option<Timestamp>,
    /// The case that it was made for.
    pub case: Option<CaseId>,
}

/// Strike a visit off.
#[derive(Clone, Debug)]
pub struct VoidVisit {
    /// The visit.
    pub visit: VisitId,
    /// Why.
    pub reason: String,
}

/// The texts of a visit, as they are to be kept.
#[derive(Default)]
pub(super) struct GivenTexts {
    pub(super) address: Option<String>,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) findings: Option<String>,
    pub(super) child: KeptChild,
}

/// The texts of a visit, or everything that is wrong with it.
pub(super) fn given_texts(
    command: &RecordVisit,
    now: Timestamp,
) -> Result<GivenTexts, Vec<Problem<VisitError>>> {
    let mut problems = vec![];
    let visited_on = age::day_in_china(command.visited_at.unwrap_or(now));
    let child = command.child.kept(visited_on).unwrap_or_else(|wrong| {
        problems.extend(wrong);
        KeptChild::default()
    });
    let mut kept = |read: Result<Option<String>, Problem<VisitError>>| {
        read.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        })
    };
    let texts = GivenTexts {
        child,
        name: kept(unmasked_name(command.name.as_deref(), "subject.name")),
        phone: kept(phone(command.phone.as_deref())),
        findings: kept(optional(command.findings.as_deref(), FINDINGS_LIMIT, "findings")),
        address: kept(unmasked_address(command.address.as_deref())),
    };
    if command.point.is_some_and(|point| !point.is_on_earth()) {
        problems.push(Problem::at("point", VisitError::InvalidPoint));
    }
    if command.visited_at.is_some_and(|at| at > now) {
        problems.push(Problem::at("visitedAt", VisitError::InvalidTime));
    }
    if problems.is_empty() { Ok(texts) } else { Err(problems) }
}

/// Why a visit is struck off.
pub(super) fn reason(text: &str) -> Result<String, Problem<VisitError>> {
    text::required(text, FINDINGS_LIMIT).map_err(|bad| bad_text(bad, "reason"))
}

fn optional(text: Option<&str>, limit: usize, path: &str) -> Result<Option<String>, Problem<VisitError>> {
    text::optional(text, limit).map_err(|bad| bad_text(bad, path))
}

/// A masked name that comes back must not overwrite the real one.
pub(super) fn unmasked_name(text: Option<&str>, path: &str) -> Result<Option<String>, Problem<VisitError>> {
    match optional(text, NAME_LIMIT, path)? {
        Some(name) if text::is_masked(&name) => Err(Problem::at(path, VisitError::InvalidText)),
        name => Ok(name),
    }
}

/// As a masked name, an address that only ends at its village.
fn unmasked_address(text: Option<&str>) -> Result<Option<String>, Problem<VisitError>> {
    match optional(text, ADDRESS_LIMIT, "address")? {
        Some(address) if Address::is_masked(&address) => Err(Problem::at("address", VisitError::InvalidText)),
        address => Ok(address),
    }
}

/// The digits of a telephone number; a masked one is none.
fn phone(text: Option<&str>) -> Result<Option<String>, Problem<VisitError>> {
    let path = "subject.phone";
    let typed = optional(text, PHONE_LIMIT, path)?;
    let read = |typed: String| Phone::parse(&typed).map(|phone| phone.digits().to_owned());
    typed.map(read).transpose().map_err(|_| Problem::at(path, VisitError::InvalidText))
}
