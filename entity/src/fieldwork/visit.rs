//! A visit: somebody of the force called on a person, a household, a business or premises.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CaseId, GridId, TenantId, UnitId, VisitId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// A visit as whoever made it recorded it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visits")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VisitId,
    /// Who made it.
    pub account_id: AccountId,
    /// Who or what was visited: `person`, `household`, `enterprise` or `premises`.
    pub subject_kind: String,
    /// What for: `routine`, `screening`, `condolence`, `publicity` or `follow_up`.
    pub purpose: String,
    /// What came of it: `met`, `absent` or `declined`.
    pub outcome: String,
    /// Rank of how carefully it must be handled.
    pub sensitivity: i32,
    /// Town it was made in, when known.
    pub town_id: Option<UnitId>,
    /// Village it was made in, when known.
    pub village_id: Option<UnitId>,
    /// Grid it was made in, when known.
    pub grid_id: Option<GridId>,
    /// Where it was made, in millionths of a degree east, when known.
    pub longitude: Option<i64>,
    /// The same, north.
    pub latitude: Option<i64>,
    /// The coordinate system of both; absent with them.
    pub coordinate_system: Option<String>,
    /// The address, sealed.
    pub address: Option<SealedBytes>,
    /// The name of who was visited, sealed.
    pub subject_name: Option<SealedBytes>,
    /// Their telephone number, sealed.
    pub subject_phone: Option<SealedBytes>,
    /// What was seen, heard and said, sealed.
    pub findings: Option<SealedBytes>,
    /// The case that it was made for.
    pub case_id: Option<CaseId>,
    /// When it was made.
    pub visited_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was struck off as a mistake.
    pub voided_at: Option<Timestamp>,
    /// Why, sealed; absent with the time.
    pub void_reason: Option<SealedBytes>,
    /// Version: 1, and 2 from the striking off on.
    pub version: i64,
    /// Whether it was to a key person: then it is no less than sensitive.
    pub key_person: bool,
    /// Whether it was to somebody under fourteen: then it is no less than sensitive. Absent where nobody said how old they were.
    pub child: Option<bool>,
    /// On what ground anything is kept of a child: `guardian_consent`, `statutory_duty` or `emergency`; not absent of one.
    pub child_data_basis: Option<String>,
    /// Day of birth of a child, sealed, when known.
    pub born_on: Option<SealedBytes>,
    /// The name of the guardian who consented, sealed.
    pub guardian_name: Option<SealedBytes>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::PlaceOrOwn {
    account: Column::AccountId,
    key_person: Column::KeyPerson,
    child: Column::Child,
});
