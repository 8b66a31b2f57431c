//! Work calendars over HTTP: by which days and hours a district works, and that open cases follow a change of them.

mod days;
mod hours;

use fengqiao_domain::cases::{Round, Timekeeper};
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_tests::{Actor, Answer, Places, Served};
use serde_json::{Value, json};

/// The first grid of 新地村.
const GRID: &str = "150302101203001";
/// What a list and the clock say of a case's time.
const TIME: &str = "version dueAt clock { dueAt isProvisional }";
const CALENDAR: &str =
    "version zone periods { sinceOn shifts { from until } restDays } publishedYears { year isOwn }";

/// Somebody of 海勃湾区.
async fn person(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@150302")).await
}

/// One round of the worker that keeps the time of cases.
pub(crate) async fn kept(served: &Served) -> anyhow::Result<Round> {
    let services = served.services();
    let platform = PlatformScope::for_worker("test");
    Ok(Timekeeper::new(services.db.clone(), services.cases.clone(), platform).round().await?)
}

/// Changes the calendar of the caller's district.
async fn updated(by: &Actor, input: Value) -> anyhow::Result<Answer> {
    let selection =
        format!("workCalendar {{ {CALENDAR} }} userErrors {{ code path message currentVersion }}");
    by.mutate("workCalendarUpdate", &selection, input).await
}

/// Gives a category another limit.
async fn limited(admin: &Actor, category: &str, amount: u32, kind: &str) -> anyhow::Result<()> {
    let input = json!({
        "categoryId": Places::of(admin).category(category).await?, "expectedVersion": 1,
        "limit": {"amount": amount, "kind": kind},
    });
    admin.mutate("categoryUpdate", "userErrors { code }", input).await?.payload().map(drop)
}
