//! Export the cases that the caller sees, newest first.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde_json::json;

use crate::cases::filter::{CaseFilter, CaseOrder};
use crate::cases::model::{Assignee, Case};
use crate::cases::service::CaseService;
use crate::cases::service::query::wanted;
use crate::cases::store::list;
use crate::catalogue;
use crate::identity::directory as identity;
use crate::kernel::id::{AccountId, CategoryId, Timestamp, UnitId};
use crate::kernel::page::PageRequest;
use crate::kernel::place::{Address, MASKED_ADDRESS_END};
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{ExportFailure, Progress, Shape, SheetTarget, SheetWriter, Written};
use crate::org::{CodesById, GeoPoint, directory};
use crate::store::{Reader, StoreError, Tx};

/// Cases that are asked for together.
const PAGE: u64 = 500;
/// Asia/Shanghai has been UTC+8 without summer time since 1991.
const CHINA_SECONDS_EAST: i32 = 8 * 3_600;

/// The columns, in the words of the schema.
const COLUMNS: [&str; 31] = [
    "number",
    "state",
    "title",
    "description",
    "category_code",
    "category_name",
    "sensitivity",
    "priority",
    "source",
    "external_source",
    "external_number",
    "town_code",
    "village_code",
    "grid_code",
    "address",
    "anonymous",
    "reporter_name",
    "reporter_phone",
    "reported_unit_code",
    "assignee_kind",
    "assignee_code",
    "level",
    "occurred_at",
    "reported_at",
    "opened_at",
    "accepted_at",
    "due_at",
    "closed_at",
    "settled_level",
    "rating",
    "evaluated_at",
];

/// What rows name by their codes.
struct Names {
    codes: CodesById,
    /// Code and name of each category.
    categories: HashMap<CategoryId, (String, String)>,
}

impl CaseService {
    /// Writes the cases that the caller sees and the filter finds, newest first, with what the caller may
    /// read of each: the reporter masked, or nothing of them. Instants are in China's time. Needs
    /// `DATA_EXPORT`.
    ///
    /// # Errors
    /// [`ExportFailure::Denied`] without the permission.
    pub async fn export_cases(
        &self,
        scope: &Scope,
        reader: &Reader,
        filter: &CaseFilter,
        target: SheetTarget,
        progress: &dyn Progress,
    ) -> Result<Written, ExportFailure> {
        ExportFailure::unless_permitted(scope)?;
        let tx = reader.tx().await?;
        let names = names(&tx).await?;
        let wanted = wanted(&tx, scope, filter).await?;
        let mut writer = SheetWriter::begin(target, &COLUMNS)?;
        let mut request = PageRequest { size: PAGE, ..PageRequest::default() };
        loop {
            let page = list::page(&tx, &wanted, CaseOrder::default(), &request).await?;
            request.cursor = page.rows.last().map(|(cursor, _)| cursor.clone());
            let accounts = page.rows.iter().filter_map(|(_, case)| match case.assignee {
                Assignee::Account(id) => Some(id),
                Assignee::Unit(_) | Assignee::Organisation(_) => None,
            });
            let logins = identity::logins(&tx, &accounts.collect::<Vec<_>>()).await?;
            for (_, case) in &page.rows {
                let cells = self.cells(scope, &names, &logins, case)?;
                let shape = case.point_for(scope).map(shape);
                writer.row(case.id.uuid(), &cells, shape.as_ref())?;
            }
            progress.rows(page.rows.len());
            if !page.has_next {
                return Ok(writer.finish()?);
            }
        }
    }

    fn cells(
        &self,
        scope: &Scope,
        names: &Names,
        logins: &HashMap<AccountId, String>,
        case: &Case,
    ) -> Result<[String; 31], ExportFailure> {
        let reporter = self.reporter(scope, case)?;
        let (category, category_name) = names.categories.get(&case.category).cloned().unwrap_or_default();
        let external = case.external.clone();
        let grid = case.place.grid.and_then(|id| names.codes.grids.get(&id));
        let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
        Ok([
            case.number.clone(),
            word(Some(case.state.into())),
            case.title.clone(),
            self.description(scope, case)?,
            category,
            category_name,
            word(Some(case.sensitivity.into())),
            word(Some(case.priority.into())),
            word(Some(case.source.into())),
            external.as_ref().map(|external| external.source.clone()).unwrap_or_default(),
            external.map(|external| external.number).unwrap_or_default(),
            names.unit(case.place.town),
            names.unit(case.place.village),
            grid.cloned().unwrap_or_default(),
            self.address(scope, case)?.map(written).unwrap_or_default(),
            word(case.anonymous.then_some("true")),
            reporter.name.unwrap_or_default(),
            reporter.phone.unwrap_or_default(),
            names.unit(case.reported_unit),
            case.assignee.kind().to_owned(),
            names.assignee(case.assignee, logins),
            word(Some(case.level.into())),
            instant(case.occurred_at),
            instant(Some(case.reported_at)),
            instant(Some(case.opened_at)),
            instant(case.accepted_at),
            instant(case.due_at),
            instant(case.closed_at),
            word(case.settled_level.map(Into::into)),
            word(case.evaluation.as_ref().map(|evaluation| evaluation.rating.into())),
            instant(case.evaluation.as_ref().map(|evaluation| evaluation.at)),
        ])
    }
}

async fn names(tx: &Tx) -> Result<Names, StoreError> {
    let categories = catalogue::directory::categories(tx).await?.into_values();
    let categories = categories.map(|(category, _)| (category.id, (category.code, category.name_zh)));
    Ok(Names { codes: directory::codes_by_id(tx).await?, categories: categories.collect() })
}

impl Names {
    fn unit(&self, id: Option<UnitId>) -> String {
        id.and_then(|id| self.codes.units.get(&id)).cloned().unwrap_or_default()
    }

    /// A unit's or organisation's code, or a login that the caller may know.
    fn assignee(&self, assignee: Assignee, logins: &HashMap<AccountId, String>) -> String {
        let code = match assignee {
            Assignee::Account(id) => logins.get(&id),
            Assignee::Unit(id) => self.codes.units.get(&id),
            Assignee::Organisation(id) => self.codes.organisations.get(&id),
        };
        code.cloned().unwrap_or_default()
    }
}

/// An instant in China's time, as RFC 3339 with its offset.
fn instant(at: Option<Timestamp>) -> String {
    let china = FixedOffset::east_opt(CHINA_SECONDS_EAST);
    let utc = at.and_then(|at| DateTime::from_timestamp_micros(at.micros()));
    utc.zip(china).map_or_else(String::new, |(utc, china)| {
        utc.with_timezone(&china).to_rfc3339_opts(SecondsFormat::Secs, false)
    })
}

/// An address in a cell; the village stands beside it.
fn written(address: Address) -> String {
    match address {
        Address::Whole(address) => address,
        Address::ToVillage => MASKED_ADDRESS_END.to_owned(),
    }
}

/// Where a case occurred, as a point.
#[expect(clippy::cast_precision_loss, reason = "millionths of a degree, at most 180,000,000")]
fn shape(point: GeoPoint) -> Shape {
    let degrees = |micro: i64| micro as f64 / 1e6;
    let coordinates = [degrees(point.longitude), degrees(point.latitude)];
    Shape { geometry: json!({ "type": "Point", "coordinates": coordinates }), system: point.system.into() }
}
