//! The ladder of a case (升级阶梯): what the system did because time ran out, and what it will do.

use async_graphql::{Context, SimpleObject};
use fengqiao_domain::cases as domain;
use fengqiao_domain::programmes::Rung;

use super::enums::{CaseActKind, SupervisionLevel};
use super::loaders::RungsOf;
use crate::graphql::calendars::calendar_of;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::programmes::outline_of;

/// A rung of a case's ladder: something that the system does by itself when the case's time runs out.
#[derive(SimpleObject)]
pub struct CaseRung {
    /// Key of the rung in the case's programme.
    key: String,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// What the rung does; of one that fired, what it did: it urges where the rest was not possible.
    act: CaseActKind,
    /// How sternly it supervises; null for another act.
    supervision_level: Option<SupervisionLevel>,
    /// When it fires if nothing changes, or had to fire.
    due_at: DateTime,
    /// When it fired; null until then. A rung fires once.
    fired_at: Option<DateTime>,
}

/// The ladder of a case for staff: what has fired, oldest first, and then what will if nothing changes.
pub(super) async fn rungs_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<Vec<CaseRung>> {
    let member = member(ctx)?;
    let programme = outline_of(ctx, case.programme).await?;
    if programme.rungs.is_empty() || !member.scope().is_staff() {
        return Ok(vec![]);
    }
    let calendar = calendar_of(ctx).await?;
    let fired = member.timelines().load_one(RungsOf(case.id)).await?.unwrap_or_default();
    let ahead = member.services().cases.rungs_ahead(case, (&programme, &calendar), &fired);
    let named = |key: &str| programme.rungs.iter().find(|rung| rung.key == key);
    let past = fired.iter().filter_map(|fired| Some(CaseRung::fired(named(&fired.rung)?, fired)));
    Ok(past.chain(ahead.iter().map(CaseRung::ahead)).collect())
}

impl CaseRung {
    fn of(rung: &Rung, act: CaseActKind, due_at: DateTime) -> Self {
        let supervises = act == CaseActKind::Supervise;
        Self {
            key: rung.key.clone(),
            name_zh: rung.name.zh.clone(),
            name_en: rung.name.en.clone(),
            act,
            supervision_level: rung.act.level().filter(|_| supervises).map(Into::into),
            due_at,
            fired_at: None,
        }
    }

    fn fired(rung: &Rung, fired: &domain::FiredRung) -> Self {
        let told = Self::of(rung, fired.act.into(), DateTime(fired.due_at));
        Self { fired_at: Some(DateTime(fired.fired_at)), ..told }
    }

    fn ahead(ahead: &domain::RungAhead<'_>) -> Self {
        Self::of(ahead.rung, ahead.rung.act.act().into(), DateTime(ahead.due_at))
    }
}
