//! Enums of the org slice, mirrored from the domain.

use async_graphql::Enum;

/// A level of the three tiers. What a tenant calls it is in `tenant { levelNames }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::org::UnitLevel")]
pub enum UnitLevel {
    /// District (区/县) with its command centre.
    District,
    /// Town (镇/街道) with its sub-centre.
    Town,
    /// Village or community (村/社区) with its station.
    Village,
}

/// How far a unit's centre or station is. It never stops case work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::org::UnitState")]
pub enum UnitState {
    /// Decided, not begun (规划).
    Planned,
    /// Being set up (建设中).
    Building,
    /// At work (运行).
    Live,
    /// Merged, split or abolished (撤销); its successors answer for its past.
    Dissolved,
}

/// A register of area codes. The same digits can name different towns in the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::org::CodeSystem")]
pub enum CodeSystem {
    /// National Bureau of Statistics (统计用区划代码).
    Nbs,
    /// Ministry of Civil Affairs (行政区划代码).
    Mca,
}

/// What a grid covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::org::GridKind")]
pub enum GridKind {
    /// Basic grid (基础网格): land and people.
    Basic,
    /// Dedicated grid (专属网格): an enterprise, school or market.
    Dedicated,
}

/// Whether a grid is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::org::GridState")]
pub enum GridState {
    /// In use.
    Live,
    /// Out of use; its code stays taken for ever.
    Dissolved,
}

/// The coordinate system of a point or boundary; the three differ by up to 500 metres in China.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::org::CoordinateSystem")]
pub enum CoordinateSystem {
    /// World Geodetic System 1984: GPS receivers.
    #[graphql(name = "WGS84")]
    Wgs84,
    /// What maps of WeChat and Amap give (火星坐标).
    #[graphql(name = "GCJ02")]
    Gcj02,
    /// China Geodetic Coordinate System 2000: official surveys.
    #[graphql(name = "CGCS2000")]
    Cgcs2000,
}

/// What a unit group is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::org::GroupKind")]
pub enum UnitGroupKind {
    /// Management area (管区): between town and village.
    ManagementArea,
    /// Area (片区).
    Area,
    /// Police grid (警格): one officer, several grids.
    PoliceGrid,
}
