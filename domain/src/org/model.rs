//! Plain values of the org slice.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::id::{GridId, OrganisationId, TenantId, UnitGroupId, UnitId};

/// What a tenant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TenantKind {
    /// A district: units, cases, people.
    District,
    /// The platform's own operators; no units, no cases.
    Platform,
}

/// What state a tenant is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TenantState {
    /// People work in it.
    Open,
    /// Nobody comes in any more, and nothing is done for it.
    Closed,
    /// What it held is being removed.
    Erasing,
    /// What it held is gone, but for the audit trail.
    Erased,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Id.
    pub id: TenantId,
    /// Six-digit code of the district; `000000` for the platform.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: TenantKind,
    /// What state it is in.
    pub state: TenantState,
}

/// A level of the three tiers. What a tenant calls it is [`LevelName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum UnitLevel {
    /// District (区/县).
    District,
    /// Town (镇/街道).
    Town,
    /// Village or community (村/社区).
    Village,
}

impl UnitLevel {
    /// The level above, if any.
    #[must_use]
    pub const fn above(self) -> Option<Self> {
        match self {
            Self::District => None,
            Self::Town => Some(Self::District),
            Self::Village => Some(Self::Town),
        }
    }

    /// Digits of a code of this level in the statistics and civil-affairs registers.
    #[must_use]
    pub const fn code_length(self) -> usize {
        match self {
            Self::District => 6,
            Self::Town => 9,
            Self::Village => 12,
        }
    }
}

/// The state of a unit's centre or station. It never stops case work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum UnitState {
    /// Decided, not begun.
    Planned,
    /// Being set up.
    Building,
    /// At work.
    Live,
    /// Merged, split or abolished; its successors answer for its past.
    Dissolved,
}

/// A register of area codes. The same digits can name different towns in the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "UPPERCASE")]
pub enum CodeSystem {
    /// National Bureau of Statistics (统计用区划代码).
    Nbs,
    /// Ministry of Civil Affairs (行政区划代码).
    Mca,
}

/// A unit of the three tiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Id.
    pub id: UnitId,
    /// Level.
    pub level: UnitLevel,
    /// The unit above.
    pub parent: Option<UnitId>,
    /// The town it belongs to, itself for a town.
    pub town: Option<UnitId>,
    /// Code in its register.
    pub code: String,
    /// The register.
    pub code_system: CodeSystem,
    /// Year of the register's edition.
    pub code_year: i32,
    /// Present name.
    pub name: String,
    /// State of its centre or station.
    pub state: UnitState,
    /// Whether its station is a pilot.
    pub pilot: bool,
    /// Whether it exists only in the register, without residents.
    pub statistical: bool,
    /// Day its centre or station goes or went live, `YYYY-MM-DD`.
    pub live_on: Option<String>,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

impl Unit {
    /// Whether a code can be that of a unit below this one: within a register it begins with this unit's,
    /// while two registers number by rules of their own.
    #[must_use]
    pub fn admits_below(&self, code_system: CodeSystem, code: &str) -> bool {
        self.code_system != code_system || code.starts_with(&self.code)
    }
}

/// A name that a unit bore from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitName {
    /// The name.
    pub name: String,
    /// Its first day, `YYYY-MM-DD`.
    pub since_on: String,
}

/// How many units and grids lie below a unit, dissolved ones left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitCounts {
    /// Towns.
    pub towns: u64,
    /// Villages.
    pub villages: u64,
    /// Grids.
    pub grids: u64,
}

/// What a tenant calls a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelName {
    /// The level.
    pub level: UnitLevel,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
}

/// What a grid covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum GridKind {
    /// Basic grid (基础网格): land and people.
    Basic,
    /// Dedicated grid (专属网格): an enterprise, school or market.
    Dedicated,
}

/// Whether a grid is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum GridState {
    /// In use.
    Live,
    /// Out of use; its code stays taken.
    Dissolved,
}

/// The coordinate system of a boundary or point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum CoordinateSystem {
    /// World Geodetic System 1984.
    Wgs84,
    /// What maps of `WeChat` and Amap give (火星坐标).
    Gcj02,
    /// China Geodetic Coordinate System 2000.
    Cgcs2000,
}

/// A grid's area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// GeoJSON geometry of type `Polygon`.
    pub geojson: String,
    /// Its coordinate system.
    pub system: CoordinateSystem,
}

/// A grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Id.
    pub id: GridId,
    /// Town of its village.
    pub town: UnitId,
    /// Its village.
    pub village: UnitId,
    /// 12-digit area code and 3-digit serial.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it covers.
    pub kind: GridKind,
    /// Whether it is in use.
    pub state: GridState,
    /// Its area, when drawn.
    pub boundary: Option<Boundary>,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// What a unit group is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum GroupKind {
    /// Management area (管区): between town and village.
    ManagementArea,
    /// Area (片区).
    Area,
    /// Police grid (警格): one officer, several grids.
    PoliceGrid,
}

/// A named set of units and grids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitGroup {
    /// Id.
    pub id: UnitGroupId,
    /// Code within the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is for.
    pub kind: GroupKind,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// A department, committee or partner organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Id.
    pub id: OrganisationId,
    /// Code within the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind, as categories name the responsible one: `justice`, `housing`, `police` …
    pub kind: String,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// The codes behind ids of a tenant: how files name what they are about.
#[derive(Clone, Debug, Default)]
pub(crate) struct CodesById {
    /// Units.
    pub(crate) units: HashMap<UnitId, String>,
    /// Grids.
    pub(crate) grids: HashMap<GridId, String>,
    /// Unit groups.
    pub(crate) groups: HashMap<UnitGroupId, String>,
    /// Organisations.
    pub(crate) organisations: HashMap<OrganisationId, String>,
}

/// The ids behind all codes of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    /// Units.
    pub units: HashMap<String, UnitId>,
    /// Grids.
    pub grids: HashMap<String, GridId>,
    /// Unit groups.
    pub groups: HashMap<String, UnitGroupId>,
    /// Organisations.
    pub organisations: HashMap<String, OrganisationId>,
}
