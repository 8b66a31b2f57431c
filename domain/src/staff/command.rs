//! Inputs of the staff slice's use cases, and what makes them valid.

use serde::Deserialize;

use crate::identity::{GrantTarget, Phone, Role, TargetKind};
use crate::kernel::change::Change;
use crate::kernel::failure::Problem;
use crate::kernel::id::{
    AccountId, AppointmentId, CategoryId, OrganisationId, PostKindId, StaffMemberId, TeamId,
    TeamMembershipId, Timestamp, UnitId,
};
use crate::kernel::text::{self, BadText};
use crate::org::GridKind;
use crate::staff::error::StaffError;
use crate::staff::model::{EmploymentKind, PostKindState, TeamKind, TeamState};

/// Most characters of a name.
pub(super) const NAME_LIMIT: usize = 60;
/// Most characters of a code or a document's number.
pub(super) const CODE_LIMIT: usize = 64;
/// Most people that a unit plans of a kind of post, and that a rule demands for a grid.
pub(super) const PLAN_LIMIT: u32 = 100_000;
/// Most demands of a staffing rule, posts of a demand, and categories of an appointment.
pub(super) const LIST_LIMIT: usize = 100;

/// Register somebody of the force.
#[derive(Clone)]
pub struct CreateStaffMember {
    /// Staff number; given by the serial of the tenant when absent.
    pub code: Option<String>,
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: Option<String>,
    /// The unit that keeps their file.
    pub unit: UnitId,
    /// The organisation they belong to.
    pub organisation: Option<OrganisationId>,
    /// Their account.
    pub account: Option<AccountId>,
}

/// Change somebody of the force.
#[derive(Clone)]
pub struct UpdateStaffMember {
    /// Who.
    pub member: StaffMemberId,
    /// The version the caller saw.
    pub expected_version: i64,
    /// Name; none keeps it.
    pub name: Option<String>,
    /// Telephone number.
    pub phone: Change<String>,
    /// The unit that keeps their file; none keeps it.
    pub unit: Option<UnitId>,
    /// The organisation they belong to.
    pub organisation: Change<OrganisationId>,
    /// Their account: its roles come and go with it.
    pub account: Change<AccountId>,
}

/// Create a kind of post.
#[derive(Clone, Debug)]
pub struct CreatePostKind {
    /// Code within the tenant.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// The role that its holders get.
    pub role: Option<Role>,
    /// What it can be held at.
    pub targets: Vec<TargetKind>,
    /// Whether a target has one holder at a time.
    pub exclusive: bool,
    /// How its holders are employed.
    pub employment: EmploymentKind,
}

/// Change a kind of post. Its role and targets stay: its holders have them.
#[derive(Clone, Debug)]
pub struct UpdatePostKind {
    /// The kind of post.
    pub post_kind: PostKindId,
    /// The version the caller saw.
    pub expected_version: i64,
    /// Name in Chinese; none keeps it.
    pub name_zh: Option<String>,
    /// Name in English; none keeps it.
    pub name_en: Option<String>,
    /// Whether a target has one holder at a time from now on; none keeps it.
    pub exclusive: Option<bool>,
    /// How its holders are employed; none keeps it.
    pub employment: Option<EmploymentKind>,
    /// Whether it takes new holders; none keeps it.
    pub state: Option<PostKindState>,
}

/// A line of a file of kinds of posts: the columns of `domain/src/staff/posts.csv`.
#[derive(Clone, Debug, Deserialize)]
pub struct PostKindRow {
    /// Code.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Key of the role; empty for none.
    pub role: String,
    /// Kinds of targets, joined by `;`.
    pub targets: String,
    /// Whether a target has one holder at a time.
    pub exclusive: bool,
    /// How its holders are employed.
    pub employment: String,
}

/// Appoint somebody.
#[derive(Clone, Debug)]
pub struct Appoint {
    /// Whom.
    pub member: StaffMemberId,
    /// To what.
    pub post_kind: PostKindId,
    /// Where.
    pub target: GrantTarget,
    /// Whether they are seconded there.
    pub secondment: bool,
    /// First instant; now when absent.
    pub since: Option<Timestamp>,
    /// First instant after it; open-ended when absent.
    pub until: Option<Timestamp>,
    /// The categories it is limited to; none is every category.
    pub categories: Vec<CategoryId>,
    /// Number of the document of appointment.
    pub document: Option<String>,
}

/// Let somebody take the duty of an appointment for a time.
#[derive(Clone, Debug)]
pub struct StandIn {
    /// The appointment whose duty is taken.
    pub appointment: AppointmentId,
    /// By whom.
    pub member: StaffMemberId,
    /// First instant; now when absent.
    pub since: Option<Timestamp>,
    /// First instant after it.
    pub until: Timestamp,
    /// Number of the document.
    pub document: Option<String>,
}

/// End an appointment.
#[derive(Clone, Copy, Debug)]
pub struct EndAppointment {
    /// Which.
    pub appointment: AppointmentId,
    /// The version the caller saw.
    pub expected_version: i64,
    /// First instant after it; now when absent.
    pub at: Option<Timestamp>,
}

/// Plan a number of people.
#[derive(Clone, Copy, Debug)]
pub struct SetHeadcount {
    /// The unit.
    pub unit: UnitId,
    /// The kind of post.
    pub post_kind: PostKindId,
    /// How many.
    pub planned: u32,
}

/// One demand of a staffing rule that is to be set.
#[derive(Clone, Debug)]
pub struct SetRequirement {
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Only for grids of this kind; none for every grid.
    pub grid_kind: Option<GridKind>,
    /// Kinds of posts that count together.
    pub posts: Vec<PostKindId>,
    /// Least number of people for each grid.
    pub minimum: u32,
}

/// Register a team.
#[derive(Clone, Debug)]
pub struct CreateTeam {
    /// Code within the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// Brand name.
    pub brand_name: Option<String>,
    /// What it is made of.
    pub kind: TeamKind,
    /// The unit it works for.
    pub unit: UnitId,
    /// The organisation that runs it.
    pub organisation: Option<OrganisationId>,
    /// Who leads it.
    pub leader: Option<StaffMemberId>,
}

/// Change a team.
#[derive(Clone, Debug)]
pub struct UpdateTeam {
    /// The team.
    pub team: TeamId,
    /// The version the caller saw.
    pub expected_version: i64,
    /// Name; none keeps it.
    pub name: Option<String>,
    /// Brand name.
    pub brand_name: Change<String>,
    /// Who leads it.
    pub leader: Change<StaffMemberId>,
    /// Whether it works; none keeps it. Disbanding ends every membership.
    pub state: Option<TeamState>,
}

/// Let somebody join a team.
#[derive(Clone, Copy, Debug)]
pub struct AddTeamMember {
    /// The team.
    pub team: TeamId,
    /// Who.
    pub member: StaffMemberId,
    /// First instant; now when absent.
    pub since: Option<Timestamp>,
}

/// End somebody's time in a team.
#[derive(Clone, Copy, Debug)]
pub struct EndTeamMembership {
    /// Which.
    pub membership: TeamMembershipId,
    /// First instant after it; now when absent.
    pub at: Option<Timestamp>,
}

macro_rules! shows_no_person {
    ($($command:ident),*) => {$(
        impl std::fmt::Debug for $command {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($command)).finish_non_exhaustive()
            }
        }
    )*};
}
shows_no_person!(CreateStaffMember, UpdateStaffMember);

impl PostKindRow {
    /// The line as a command.
    pub(super) fn parsed(self) -> Result<CreatePostKind, Problem<StaffError>> {
        let wrong = |path: &'static str| move |_| Problem::at(path, StaffError::InvalidText);
        let role = Some(self.role.trim()).filter(|role| !role.is_empty());
        let targets = self.targets.split(';').map(str::trim).filter(|kind| !kind.is_empty());
        CreatePostKind {
            role: role.map(str::parse).transpose().map_err(wrong("role"))?,
            targets: targets.map(str::parse).collect::<Result<_, _>>().map_err(wrong("targets"))?,
            exclusive: self.exclusive,
            employment: self.employment.parse().map_err(wrong("employment"))?,
            code: self.code,
            name_zh: self.name_zh,
            name_en: self.name_en,
        }
        .checked()
    }
}

impl CreatePostKind {
    /// The command with every value trimmed and fitting.
    pub(super) fn checked(mut self) -> Result<Self, Problem<StaffError>> {
        self.code = code(&self.code, "code")?;
        self.name_zh = name(&self.name_zh, "nameZh")?;
        self.name_en = name(&self.name_en, "nameEn")?;
        self.targets.sort_unstable();
        self.targets.dedup();
        if self.targets.is_empty() {
            return Err(Problem::at("targetKinds", StaffError::Required));
        }
        let fits = |kind: &TargetKind| {
            *kind != TargetKind::Platform && self.role.is_none_or(|role| role.fits(*kind) && !role.is_lent())
        };
        if self.targets.iter().all(fits) {
            Ok(self)
        } else {
            Err(Problem::at("targetKinds", StaffError::PostTargetMismatch))
        }
    }
}

impl SetRequirement {
    /// The demand with its texts trimmed and its numbers in bounds.
    pub(super) fn checked(self, position: usize) -> Result<Self, Problem<StaffError>> {
        let at = |field: &str| format!("requirements.{position}.{field}");
        if self.minimum > PLAN_LIMIT {
            return Err(Problem::at(&at("minimum"), StaffError::TooGreat { limit: PLAN_LIMIT }));
        }
        if self.posts.is_empty() {
            return Err(Problem::at(&at("postKindIds"), StaffError::Required));
        }
        if self.posts.len() > LIST_LIMIT {
            return Err(Problem::at(&at("postKindIds"), StaffError::TooMany { limit: LIST_LIMIT }));
        }
        Ok(Self {
            name_zh: name(&self.name_zh, &at("nameZh"))?,
            name_en: name(&self.name_en, &at("nameEn"))?,
            ..self
        })
    }
}

/// A name: one line, trimmed and bounded.
pub(super) fn name(text: &str, path: &str) -> Result<String, Problem<StaffError>> {
    text::line(text, NAME_LIMIT).map_err(|bad| bad_text(bad, path))
}

/// The name of somebody of the force; never a masked one.
pub(super) fn person_name(text: &str) -> Result<String, Problem<StaffError>> {
    let name = name(text, "name")?;
    if text::is_masked(&name) { Err(Problem::at("name", StaffError::InvalidText)) } else { Ok(name) }
}

/// A name that may be absent.
pub(super) fn optional_name(text: Option<&str>, path: &str) -> Result<Option<String>, Problem<StaffError>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| name(text, path)).transpose()
}

/// A code of a person, a kind of post or a team.
pub(super) fn code(text: &str, path: &str) -> Result<String, Problem<StaffError>> {
    let code = text::line(text, CODE_LIMIT).map_err(|bad| bad_text(bad, path))?;
    if code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        Ok(code)
    } else {
        Err(Problem::at(path, StaffError::InvalidCode))
    }
}

/// The number of a document, such as 海区政发〔2026〕3号.
pub(super) fn document(text: Option<&str>) -> Result<Option<String>, Problem<StaffError>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| text::line(text, CODE_LIMIT)).transpose().map_err(|bad| bad_text(bad, "document"))
}

/// A telephone number that may be absent.
pub(super) fn phone(text: Option<&str>) -> Result<Option<Phone>, Problem<StaffError>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(Phone::parse).transpose().map_err(|_| Problem::at("phone", StaffError::InvalidPhone))
}

/// A period that begins before it ends.
pub(super) fn period(
    since: Timestamp,
    until: Option<Timestamp>,
) -> Result<(Timestamp, Option<Timestamp>), Problem<StaffError>> {
    if until.is_some_and(|until| until <= since) {
        Err(Problem::at("untilAt", StaffError::InvalidPeriod))
    } else {
        Ok((since, until))
    }
}

fn bad_text(bad: BadText, path: &str) -> Problem<StaffError> {
    let error = match bad {
        BadText::Empty => StaffError::Required,
        BadText::TooLong { limit } => StaffError::TooLong { limit },
        BadText::ControlCharacter => StaffError::InvalidText,
    };
    Problem::at(path, error)
}
