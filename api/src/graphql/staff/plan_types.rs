//! Rosters beside what is planned, the staffing rule, and where it is not met.

use std::collections::HashMap;

use async_graphql::{Context, Object, SimpleObject};
use fengqiao_domain::kernel::id::UnitId;
use fengqiao_domain::staff as domain;

use super::types::PostKind;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::org::{Grid, GridKind, Unit, unit_of};

/// Who serves in a unit at an instant (台账), by kind of post. `appointments` with the same unit and instant names
/// them.
pub(super) struct Roster(pub(super) domain::Roster);

/// Who serves in a unit at an instant (台账), by kind of post. `appointments` with the same unit and instant names
/// them.
#[Object]
impl Roster {
    /// The unit it is of, with everything in it.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        let unit: UnitId = self.0.unit;
        unit_of(ctx, Some(unit)).await.map_err(Into::into).transpose()
    }

    /// The instant it is of: a roster of the past stays what it was.
    async fn snapshot_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// One line per kind of post that is planned or held there, by code.
    async fn lines(&self) -> Vec<RosterLine> {
        self.0.lines.iter().cloned().map(RosterLine::from).collect()
    }
}

/// How many serve in a kind of post, beside how many are planned.
#[derive(SimpleObject)]
pub(super) struct RosterLine {
    /// What they are appointed to.
    post_kind: PostKind,
    /// How many are planned (核定数), by the unit and the units in it.
    planned_count: u64,
    /// People who hold it (实有数), each once, stand-ins left out.
    people_count: u64,
    /// Appointments to it, stand-ins left out: one person may hold it at several grids.
    appointment_count: u64,
}

impl From<domain::RosterLine> for RosterLine {
    fn from(line: domain::RosterLine) -> Self {
        Self {
            post_kind: PostKind(line.post_kind),
            planned_count: line.planned,
            people_count: line.people,
            appointment_count: line.appointments,
        }
    }
}

/// What each grid of the tenant needs (配备标准): a target to measure, which refuses nothing.
#[derive(SimpleObject)]
pub(super) struct StaffingRule {
    /// Its demands.
    requirements: Vec<StaffingRequirement>,
    /// First instant; null for the shipped rule (一格一长一警一专多兼, 1+3+N), which holds until the tenant sets its
    /// own.
    since_at: Option<DateTime>,
}

/// One demand of a staffing rule: so many people of these posts for each grid.
#[derive(SimpleObject)]
pub(super) struct StaffingRequirement {
    /// Name in Chinese: 一长.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// Only grids of this kind need it; null for every grid.
    grid_kind: Option<GridKind>,
    /// Kinds of posts that count together, those that the tenant has not adopted left out.
    post_kinds: Vec<PostKind>,
    /// Least number of people, each counted once, at the grid, at a group it is in, or at its village.
    minimum: u32,
}

/// A grid that lacks people.
#[derive(SimpleObject)]
pub(super) struct StaffingGap {
    /// The grid that lacks them.
    grid: Grid,
    /// What is not met, in the order of the rule.
    shortfalls: Vec<StaffingShortfall>,
}

/// One demand that is not met.
#[derive(SimpleObject)]
pub(super) struct StaffingShortfall {
    /// The demand.
    requirement: StaffingRequirement,
    /// People who count for it.
    present_count: u32,
    /// People who are missing.
    missing_count: u32,
}

/// Kinds of posts by code, for demands name them so.
pub(super) struct Posts(HashMap<String, domain::PostKind>);

impl Posts {
    /// Reads them: some dozens.
    pub(super) async fn read(ctx: &Context<'_>) -> Outcome<Self> {
        let member = member(ctx)?;
        let posts = member.services().staff.post_kinds(member.scope(), member.reader()).await?;
        Ok(Self(posts.into_iter().map(|post| (post.code.clone(), post)).collect()))
    }

    /// A demand with its posts.
    fn requirement(&self, demand: domain::Requirement) -> StaffingRequirement {
        let posts = demand.posts.iter().filter_map(|code| self.0.get(code));
        StaffingRequirement {
            post_kinds: posts.cloned().map(PostKind).collect(),
            name_zh: demand.name_zh,
            name_en: demand.name_en,
            grid_kind: demand.grid_kind.map(Into::into),
            minimum: demand.minimum,
        }
    }

    /// A rule with the posts of its demands.
    pub(super) fn rule(&self, rule: domain::StaffingRule) -> StaffingRule {
        StaffingRule {
            requirements: rule.requirements.into_iter().map(|demand| self.requirement(demand)).collect(),
            since_at: rule.since.map(DateTime),
        }
    }

    /// A gap with the posts of what is not met.
    pub(super) fn gap(&self, gap: domain::Gap) -> StaffingGap {
        let shortfall = |short: domain::Shortfall| StaffingShortfall {
            present_count: short.present,
            missing_count: short.requirement.minimum.saturating_sub(short.present),
            requirement: self.requirement(short.requirement),
        };
        StaffingGap { grid: Grid(gap.grid), shortfalls: gap.shortfalls.into_iter().map(shortfall).collect() }
    }
}
