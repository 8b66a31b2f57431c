//! A case.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CaseId, CategoryId, GridId, ProgrammeVersionId, TenantId, UnitId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// One matter from its report to its evaluation. `town_id`, `village_id`, `grid_id`, `category_id` and
/// `sensitivity` decide, with `case_access`, who reads the row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cases")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseId,
    /// `150302-2026-000123`: district, year in China, serial.
    pub number: String,
    /// State, for example `handling`.
    pub state: String,
    /// The published version of the programme that it follows; absent for the one that ships with the product.
    pub programme_version_id: Option<ProgrammeVersionId>,
    /// Key of the stage it is at.
    pub stage: String,
    /// The stages it was at, oldest first, as JSON: `[[key, since, extended by], …]`; empty for what happened before this was kept.
    pub visits: String,
    /// Category.
    pub category_id: CategoryId,
    /// Rank of the sensitivity: 0 normal, 1 sensitive, 2 confidential.
    pub sensitivity: i32,
    /// `normal`, `urgent` or `critical`.
    pub priority: String,
    /// How it came in, for example `hotline_12345`.
    pub source: String,
    /// Another system that knows it.
    pub external_source: Option<String>,
    /// Its number there.
    pub external_number: Option<String>,
    /// Short text for lists; holds no personal data.
    pub title: String,
    /// What was reported, sealed: people type names and telephone numbers into it.
    pub description: SealedBytes,
    /// Town where it occurred.
    pub town_id: Option<UnitId>,
    /// Village where it occurred.
    pub village_id: Option<UnitId>,
    /// Grid where it occurred.
    pub grid_id: Option<GridId>,
    /// Address where it occurred, sealed.
    pub address: Option<SealedBytes>,
    /// Longitude in millionths of a degree.
    pub longitude: Option<i64>,
    /// Latitude in millionths of a degree.
    pub latitude: Option<i64>,
    /// Coordinate system of the point: `WGS84`, `GCJ02` or `CGCS2000`.
    pub coordinate_system: Option<String>,
    /// When it occurred, if known.
    pub occurred_at: Option<Timestamp>,
    /// When it was reported, perhaps elsewhere and earlier than it was entered.
    pub reported_at: Timestamp,
    /// Unit at whose desk it was reported.
    pub reported_unit_id: Option<UnitId>,
    /// Who reported it, when that is an account.
    pub reporter_account_id: Option<AccountId>,
    /// Name of the reporter, sealed.
    pub reporter_name: Option<SealedBytes>,
    /// Telephone number of the reporter, sealed.
    pub reporter_phone: Option<SealedBytes>,
    /// Whether the reporter is hidden from those who work the case.
    pub anonymous: bool,
    /// What holds it now: `account`, `unit` or `organisation`.
    pub assignee_kind: String,
    /// Bare id of what holds it now.
    pub assignee_id: Uuid,
    /// By what it went where it came in, as JSON; absent where nobody remembers.
    pub routing: Option<String>,
    /// Level it is at now: `grid`, `village`, `town` or `district`.
    pub level: String,
    /// Who gave it to whom, as JSON: the way back, nearest last.
    pub givers: String,
    /// Kind of what settled it, from the completion until it is sent back or reopened.
    pub resolver_kind: Option<String>,
    /// Bare id of what settled it.
    pub resolver_id: Option<Uuid>,
    /// Who reported the result; absent for the system itself.
    pub resolver_account_id: Option<AccountId>,
    /// Level at which it was settled.
    pub resolved_level: Option<String>,
    /// Level at which it was settled, from the closing on.
    pub settled_level: Option<String>,
    /// Hours or days it may take, as they were when it was reported; absent where no limit applied.
    pub limit_amount: Option<i32>,
    /// What they are, `urgent_hour`, `working_hour`, `working_day` or `calendar_day`; absent with them.
    pub limit_kind: Option<String>,
    /// The category that gave the limit; absent where nobody remembers.
    pub limit_category_id: Option<CategoryId>,
    /// Hours or days that the limit was extended by.
    pub extended_amount: i32,
    /// How often.
    pub extended_times: i32,
    /// Hours or days more that whoever it lies with asks for; absent when nobody does.
    pub requested_amount: Option<i32>,
    /// When that was asked for; absent with the amount.
    pub requested_at: Option<Timestamp>,
    /// Who asked for it.
    pub requested_by: Option<AccountId>,
    /// Who assists with it, as JSON: `[[kind, id, asked at, answered at or null], …]`. Ids, never personal data.
    pub assistants: String,
    /// How often somebody asked for haste with it.
    pub urged_times: i32,
    /// The sternest level that it was supervised at, `normal`, `yellow` or `red`; absent until it is for the first time.
    pub supervision_level: Option<String>,
    /// When it was supervised for the first time; absent with the level.
    pub supervised_at: Option<Timestamp>,
    /// Points that supervision cost whomever it lay with, all times together.
    pub supervision_cost: i32,
    /// The case that it is part of since it was merged; absent until then.
    pub master_id: Option<CaseId>,
    /// Who follows it because their own case became part of it, as JSON: `[[account, their case], …]`. Ids, never personal data.
    pub followers: String,
    /// Who is in charge of it as a leader; absent until somebody takes charge.
    pub leader_account_id: Option<AccountId>,
    /// The spans in which its time did not count, oldest first, as JSON: `[[since, until or null], …]`.
    pub pauses: String,
    /// When it must be done; the greatest number when no limit applies or it stands still, for a sort key without nulls.
    pub due_at: i64,
    /// Fingerprint of the calendar by which the due times were reckoned; 0 where none depends on one.
    pub reckoned_by: i64,
    /// When the next rung of its ladder is due, a cache of what its facts say; the greatest number when none is.
    pub next_due_at: i64,
    /// Rungs of before this instant never fire: what is laid as history escalates nothing.
    pub rungs_since: i64,
    /// How often its time was given anew, with another category.
    pub retimed: i32,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it was closed, from the closing until it is reopened.
    pub closed_at: Option<Timestamp>,
    /// Whether it was on time; absent until that is judged, and where it has no limit.
    pub on_time: Option<bool>,
    /// When the time that is judged ended; absent with it.
    pub judged_at: Option<Timestamp>,
    /// How often it was reworked, as its programme counts.
    pub reworks: i32,
    /// `satisfied`, `basically_satisfied` or `dissatisfied`.
    pub evaluation: Option<String>,
    /// When it was evaluated.
    pub evaluated_at: Option<Timestamp>,
    /// What was filled in of the form, as JSON: `[[reason, …], [[question, score], …]]`; absent where nothing was.
    pub evaluation_form: Option<String>,
    /// Until when its settlement is judged; absent while it is not closed, and for as long as anybody likes.
    pub evaluable_until: Option<Timestamp>,
    /// The return visits, oldest first, as JSON: `[[channel, rating or null, at, by or null], …]`.
    pub return_visits: String,
    /// When somebody was last reached by one about the result that stands.
    pub visited_at: Option<Timestamp>,
    /// When it was entered: the order of lists.
    pub opened_at: Timestamp,
    /// Version: grows by one with every act.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Case);
