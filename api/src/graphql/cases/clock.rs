//! How the time of a case stands, and why in words.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::NaiveDateTime;
use fengqiao_domain::cases::CaseClock as Clock;
use fengqiao_domain::kernel::calendar::LimitKind;

use super::enums::CaseLightLevel;
use crate::graphql::catalogue::{CaseLimit, Category, category_of};
use crate::graphql::kit::message::{language, message};
use crate::graphql::kit::scalars::DateTime;

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
        let kind = match self.clock.limit.given.kind {
            LimitKind::UrgentHour => "case.clock.urgent_hour",
            LimitKind::WorkingHour => "case.clock.working_hour",
            LimitKind::WorkingDay => "case.clock.working_day",
            LimitKind::CalendarDay => "case.clock.calendar_day",
        };
        let (started, due) = self.clock.on_the_wall();
        let holes = [("amount", self.clock.limit.limit().amount.to_string()), ("started", wall(started))];
        let mut told = String::new();
        if let Some(category) = category {
            let holes = [("name", category.name_in(language).to_owned())];
            told.push_str(&message(language, "case.clock.category", &holes));
        }
        told.push_str(&message(language, kind, &holes));
        if self.clock.extensions > 0 {
            let limit = self.clock.limit;
            let holes = [
                ("given", limit.given.amount.to_string()),
                ("more", limit.extended.to_string()),
                ("times", self.clock.extensions.to_string()),
            ];
            told.push_str(&message(language, "case.clock.extended", &holes));
        }
        if self.clock.paused_minutes > 0 {
            let holes = [("minutes", self.clock.paused_minutes.to_string())];
            told.push_str(&message(language, "case.clock.paused", &holes));
        }
        match due {
            Some(due) => told.push_str(&message(language, "case.clock.due", &[("due", wall(due))])),
            None => told.push_str(&message(language, "case.clock.standing", &[])),
        }
        if self.clock.provisional {
            told.push_str(&message(language, "case.clock.provisional", &[]));
        }
        Ok(told)
    }
}

fn wall(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

impl From<Clock> for CaseClock {
    fn from(clock: Clock) -> Self {
        Self {
            limit: clock.limit.limit().into(),
            extensions: clock.extensions,
            started_at: DateTime(clock.started_at),
            due_at: clock.due_at.map(DateTime),
            is_provisional: clock.provisional,
            budget_minutes: clock.budget_minutes,
            consumed_minutes: clock.consumed_minutes,
            paused_minutes: clock.paused_minutes,
            light: clock.light.into(),
            clock,
        }
    }
}
