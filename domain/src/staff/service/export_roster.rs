//! Export a roster (台账): who serves, and where, at an instant, with the columns of an import.

use std::collections::{BTreeSet, HashMap};

use crate::identity::{GrantTarget, directory as identity};
use crate::kernel::id::{AccountId, PostKindId, StaffMemberId, Timestamp, UnitId};
use crate::kernel::page::PageRequest;
use crate::kernel::permission::Permission;
use crate::kernel::place::Territory;
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{ExportFailure, Progress, Shape, SheetFormat, SheetTarget, SheetWriter, Written};
use crate::org::{CodesById, directory};
use crate::staff::import::{COLUMNS, day_of};
use crate::staff::model::{Appointment, AppointmentKind, StaffMember, StaffMemberState};
use crate::staff::service::StaffService;
use crate::staff::service::query::{units_within, within};
use crate::staff::store::{self, MemberPage};
use crate::store::{Reader, StoreError, Tx};

/// People that are asked for together.
const PAGE: u64 = 500;

/// Which part of the roster is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct RosterExport {
    /// Only whose file this unit keeps, or one below it.
    pub unit: Option<UnitId>,
    /// As it was at this instant; now without it.
    pub at: Option<Timestamp>,
}

/// What rows name by their codes.
struct Names {
    codes: CodesById,
    posts: HashMap<PostKindId, String>,
    shapes: HashMap<GrantTarget, Shape>,
}

impl StaffService {
    /// Writes people by staff number, a row for each post they hold at the instant, stand-ins left out;
    /// whoever serves without a post has one row. Only of units over which the caller holds `DATA_EXPORT`.
    /// Telephone numbers stay masked. On a map a row is the grid that it is about.
    ///
    /// # Errors
    /// [`ExportFailure::Denied`] without the permission.
    pub async fn export_roster(
        &self,
        scope: &Scope,
        reader: &Reader,
        wanted: RosterExport,
        target: SheetTarget,
        progress: &dyn Progress,
    ) -> Result<Written, ExportFailure> {
        ExportFailure::unless_permitted(scope)?;
        let tx = reader.tx().await?;
        let at = wanted.at.unwrap_or_else(|| tx.now());
        let names = names(&tx, target.format).await?;
        let members = MemberPage { units: units(&tx, wanted.unit).await?, ..MemberPage::default() };
        let mut writer = SheetWriter::begin(target, COLUMNS.known)?;
        let mut request = PageRequest { size: PAGE, ..PageRequest::default() };
        loop {
            let page = store::members_page(&tx, &members, &request).await?;
            request.cursor = page.rows.last().map(|(cursor, _)| cursor.clone());
            let people: Vec<StaffMember> = page.rows.into_iter().map(|(_, member)| member).collect();
            let rows = write(&tx, &people, at, &names, &mut writer).await?;
            progress.rows(rows);
            if !page.has_next {
                return Ok(writer.finish()?);
            }
        }
    }
}

/// The units whose people may be written: those wanted among those that the caller exports. None is all.
async fn units(tx: &Tx, wanted: Option<UnitId>) -> Result<Option<BTreeSet<UnitId>>, StoreError> {
    let mut permitted = Territory { district: tx.scope().is_system(), ..Territory::default() };
    for held in tx.scope().held().iter().filter(|held| held.permissions.holds(Permission::DataExport)) {
        permitted.district |= held.territory.district;
        permitted.towns.extend(held.territory.towns.iter().copied());
        permitted.villages.extend(held.territory.villages.iter().copied());
    }
    let permitted = within(tx, &permitted).await?.map(|members| members.units);
    let wanted = match wanted {
        Some(unit) => units_within(tx, unit).await?,
        None => None,
    };
    Ok(match (permitted, wanted) {
        (Some(permitted), Some(wanted)) => Some(permitted.intersection(&wanted).copied().collect()),
        (permitted, wanted) => permitted.or(wanted),
    })
}

async fn names(tx: &Tx, format: SheetFormat) -> Result<Names, StoreError> {
    let posts = store::post_kinds(tx).await?;
    let shapes = match format {
        SheetFormat::GeoJson => directory::grid_shapes(tx).await?,
        SheetFormat::Csv | SheetFormat::Xlsx => HashMap::new(),
    };
    Ok(Names {
        codes: directory::codes_by_id(tx).await?,
        posts: posts.into_iter().map(|post| (post.id, post.code)).collect(),
        shapes: shapes.into_iter().map(|(grid, shape)| (GrantTarget::Grid(grid), shape)).collect(),
    })
}

/// Writes some people: how many rows they have.
async fn write(
    tx: &Tx,
    people: &[StaffMember],
    at: Timestamp,
    names: &Names,
    writer: &mut SheetWriter,
) -> Result<usize, ExportFailure> {
    let ids: Vec<StaffMemberId> = people.iter().map(|member| member.id).collect();
    let accounts: Vec<AccountId> = people.iter().filter_map(|member| member.account).collect();
    let logins = identity::logins(tx, &accounts).await?;
    let mut posts: HashMap<StaffMemberId, Vec<Appointment>> = HashMap::new();
    for held in store::held_by(tx, &ids, at).await? {
        if held.kind != AppointmentKind::StandIn {
            posts.entry(held.member).or_default().push(held);
        }
    }
    let mut rows = 0;
    for member in people {
        let login = member.account.and_then(|account| logins.get(&account));
        let held = posts.remove(&member.id).unwrap_or_default();
        if held.is_empty() && member.state == StaffMemberState::Serving {
            writer.row(member.id.uuid(), &names.cells(member, login, None), None)?;
            rows += 1;
        }
        for held in &held {
            let cells = names.cells(member, login, Some(held));
            writer.row(member.id.uuid(), &cells, names.shapes.get(&held.target))?;
            rows += 1;
        }
    }
    Ok(rows)
}

impl Names {
    fn cells(
        &self,
        member: &StaffMember,
        login: Option<&String>,
        held: Option<&Appointment>,
    ) -> [String; 11] {
        let organisation = member.organisation.and_then(|id| self.codes.organisations.get(&id));
        let post = held.and_then(|held| self.posts.get(&held.post_kind));
        let day = |at: Option<Timestamp>| at.map(day_of).unwrap_or_default();
        [
            member.code.clone(),
            member.name.clone(),
            member.phone.clone().unwrap_or_default(),
            self.codes.units.get(&member.unit).cloned().unwrap_or_default(),
            organisation.cloned().unwrap_or_default(),
            login.cloned().unwrap_or_default(),
            post.cloned().unwrap_or_default(),
            held.and_then(|held| self.target(held.target)).unwrap_or_default(),
            day(held.map(|held| held.since)),
            day(held.and_then(|held| held.until)),
            held.and_then(|held| held.document.clone()).unwrap_or_default(),
        ]
    }

    fn target(&self, target: GrantTarget) -> Option<String> {
        match target {
            GrantTarget::Unit(id) => self.codes.units.get(&id).cloned(),
            GrantTarget::Grid(id) => self.codes.grids.get(&id).cloned(),
            GrantTarget::Group(id) => self.codes.groups.get(&id).cloned(),
            GrantTarget::Organisation(id) => self.codes.organisations.get(&id).cloned(),
            GrantTarget::Platform => None,
        }
    }
}
