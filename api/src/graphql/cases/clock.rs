//! How the time of a case stands, and why in words.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::NaiveDateTime;
use fengqiao_domain::cases as domain;
use fengqiao_domain::cases::{CaseClock as Clock, Run};
use fengqiao_domain::kernel::calendar::{Limit, LimitKind};
use fengqiao_domain::programmes::{LimitSource, Name, Programme};

use super::enums::CaseLightLevel;
use crate::graphql::catalogue::{CaseLimit, Category, category_of};
use crate::graphql::kit::message::{language, message};
use crate::graphql::kit::scalars::DateTime;
use crate::http::Language;

/// How the time of a case stands: computed from what the case began with, the calendar and now.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct CaseClock {
    /// The time it may take, as it was when the case was reported, and what it was extended by.
    limit: CaseLimit,
    /// How often it was extended.
    extensions: u32,
    /// Since when it counts.
    started_at: DateTime,
    /// When it must be done; null while it stands still.
    due_at: Option<DateTime>,
    /// Whether the due time depends on a year whose days off were not published yet: it may still move.
    is_provisional: bool,
    /// Minutes that it may take altogether, of those that its kind of limit counts; a day has 1440.
    budget_minutes: i64,
    /// Minutes of these that were used until now, or until the closing.
    consumed_minutes: i64,
    /// Minutes in which it stood still or was closed, by the clock on the wall; they are not counted.
    paused_minutes: i64,
    /// How it stands.
    light: CaseLightLevel,
    #[graphql(skip)]
    clock: Clock,
    /// The name of the programme, where the programme gives the limit.
    #[graphql(skip)]
    programme: Option<Name>,
}

#[ComplexObject]
impl CaseClock {
    /// The category that gives the limit, the case's own or one above; null where that is not known any more.
    async fn limit_category(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Category>> {
        category_of(ctx, self.clock.limit.category).await.map_err(Into::into).transpose()
    }

    /// Why it is due then, in a sentence in the language of the request.
    async fn explanation(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let category = category_of(ctx, self.clock.limit.category).await?;
        let language = language(ctx);
        let mut told = String::new();
        if let Some(category) = category {
            let holes = [("name", category.name_in(language).to_owned())];
            told.push_str(&message(language, "case.clock.category", &holes));
        } else if let Some(name) = &self.programme {
            let holes = [("name", name_in(name, language).to_owned())];
            told.push_str(&message(language, "case.clock.programme", &holes));
        }
        let limit = self.clock.limit;
        let extended = Extended { given: limit.given, by: limit.extended, times: self.clock.extensions };
        told.push_str(&explained(&extended, &self.clock.run, language));
        Ok(told)
    }
}

fn wall(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// A limit and by what it was extended.
struct Extended {
    given: Limit,
    by: u32,
    times: u32,
}

/// Why a limit ends when it does, in a sentence.
fn explained(limit: &Extended, run: &Run, language: Language) -> String {
    let kind = match limit.given.kind {
        LimitKind::UrgentHour => "case.clock.urgent_hour",
        LimitKind::WorkingHour => "case.clock.working_hour",
        LimitKind::WorkingDay => "case.clock.working_day",
        LimitKind::CalendarDay => "case.clock.calendar_day",
    };
    let (started, due) = run.on_the_wall();
    let amount = limit.given.amount.saturating_add(limit.by);
    let mut told = message(language, kind, &[("amount", amount.to_string()), ("started", wall(started))]);
    if limit.by > 0 {
        let holes = [
            ("given", limit.given.amount.to_string()),
            ("more", limit.by.to_string()),
            ("times", limit.times.to_string()),
        ];
        told.push_str(&message(language, "case.clock.extended", &holes));
    }
    if run.paused_minutes > 0 {
        let holes = [("minutes", run.paused_minutes.to_string())];
        told.push_str(&message(language, "case.clock.paused", &holes));
    }
    match due {
        Some(due) => told.push_str(&message(language, "case.clock.due", &[("due", wall(due))])),
        None => told.push_str(&message(language, "case.clock.standing", &[])),
    }
    if run.provisional {
        told.push_str(&message(language, "case.clock.provisional", &[]));
    }
    told
}

const fn name_in(name: &Name, language: Language) -> &String {
    match language {
        Language::Zh => &name.zh,
        Language::En => &name.en,
    }
}

impl CaseClock {
    /// A clock, whose limit a programme gives where no category does.
    pub(super) fn of(clock: Clock, programme: &Programme) -> Self {
        let gives = matches!(programme.limit, LimitSource::Programme(_)) && clock.limit.category.is_none();
        let run = &clock.run;
        Self {
            limit: clock.limit.limit().into(),
            extensions: clock.extensions,
            started_at: DateTime(run.started_at),
            due_at: run.due_at.map(DateTime),
            is_provisional: run.provisional,
            budget_minutes: run.budget_minutes,
            consumed_minutes: run.consumed_minutes,
            paused_minutes: run.paused_minutes,
            light: run.light.into(),
            programme: gives.then(|| programme.name.clone()),
            clock,
        }
    }
}

/// How the time of a case at the stage it is at stands: computed from its stages, the calendar and now.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct StageClock {
    /// The time it may take there, and what it was extended by.
    limit: CaseLimit,
    /// Since when it counts: since the first visit, or the last one where the stage restarts its clock.
    started_at: DateTime,
    /// When it must be done there; null while it stands still.
    due_at: Option<DateTime>,
    /// Whether the due time depends on a year whose days off were not published yet: it may still move.
    is_provisional: bool,
    /// Minutes that it may take there altogether, of those that its kind of limit counts; a day has 1440.
    budget_minutes: i64,
    /// Minutes of these that were used.
    consumed_minutes: i64,
    /// Minutes in which it stood still or was at another stage, by the clock on the wall; they are not counted.
    paused_minutes: i64,
    /// How it stands.
    light: CaseLightLevel,
    #[graphql(skip)]
    clock: domain::StageClock,
    #[graphql(skip)]
    stage: Name,
}

#[ComplexObject]
impl StageClock {
    /// Why it is due then, in a sentence in the language of the request.
    async fn explanation(&self, ctx: &Context<'_>) -> String {
        let language = language(ctx);
        let holes = [("name", name_in(&self.stage, language).to_owned())];
        let mut told = message(language, "case.clock.stage", &holes);
        let given = self.clock.given.limit;
        let extended = Extended { given, by: self.clock.extended, times: self.clock.extensions };
        told.push_str(&explained(&extended, &self.clock.run, language));
        told
    }
}

impl StageClock {
    /// The clock of a stage of this name.
    pub(super) fn of(clock: domain::StageClock, stage: &Name) -> Self {
        let run = &clock.run;
        Self {
            limit: clock.limit().into(),
            started_at: DateTime(run.started_at),
            due_at: run.due_at.map(DateTime),
            is_provisional: run.provisional,
            budget_minutes: run.budget_minutes,
            consumed_minutes: run.consumed_minutes,
            paused_minutes: run.paused_minutes,
            light: run.light.into(),
            stage: stage.clone(),
            clock,
        }
    }
}
