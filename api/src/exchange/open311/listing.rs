//! Lists of requests: by number, or of a span of at most ninety days.

use chrono::DateTime;
use fengqiao_domain::exchange::{Admitted, OpenFilter, OpenRequest};
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::programmes::CaseState;
use strum::IntoEnumIterator as _;

use super::arguments::Arguments;
use super::mistake::{LONGEST_DAYS, MOST_AT_ONCE, Mistake, Wrong};
use super::{Told, Visit, shown};

/// Microseconds of a list's longest span.
const LONGEST: i64 = LONGEST_DAYS * 86_400 * 1_000_000;

impl Visit<'_> {
    pub(super) async fn listed(&self, arguments: &Arguments) -> Result<Told, Wrong> {
        let admitted = self.admitted(arguments).await?;
        let numbers = arguments.list("service_request_id");
        let found = if numbers.is_empty() {
            let wanted = filter(arguments, self.exchange.services.db.now());
            let wanted = wanted.map_err(|mistake| self.wrong(mistake))?;
            let service = &self.exchange.services.exchange;
            let found = service.open_requests(&admitted.scope, &admitted.partner, &wanted).await;
            found.map_err(|failure| self.failed(failure))?
        } else if numbers.len() as u64 > MOST_AT_ONCE {
            return Err(self.wrong(Mistake::ManyNumbers));
        } else {
            self.requests_of(&admitted, &numbers).await?
        };
        let requests = found.iter().map(|request| shown::request(request, self.language));
        Ok(Told::well("service_requests", requests.collect()))
    }

    pub(super) async fn requests_of(
        &self,
        admitted: &Admitted,
        numbers: &[String],
    ) -> Result<Vec<OpenRequest>, Wrong> {
        let service = &self.exchange.services.exchange;
        let found = service.open_requests_of(&admitted.scope, &admitted.partner, numbers).await;
        found.map_err(|failure| self.failed(failure))
    }
}

fn filter(arguments: &Arguments, now: Timestamp) -> Result<OpenFilter, Mistake> {
    let (from, until) = span(arguments, now)?;
    Ok(OpenFilter {
        services: arguments.list("service_code"),
        states: states(&arguments.list("status"))?,
        from: Some(from),
        // The end is part of it.
        until: Some(Timestamp(until.micros() + 1)),
        page: number(arguments, "page", 1, u64::MAX)?,
        size: number(arguments, "page_size", MOST_AT_ONCE, MOST_AT_ONCE)?,
    })
}

/// From when to when: without an end until now, or ninety days after the start; without a start ninety days before the end.
fn span(arguments: &Arguments, now: Timestamp) -> Result<(Timestamp, Timestamp), Mistake> {
    let (start, end) = (instant(arguments, "start_date")?, instant(arguments, "end_date")?);
    let later = |at: Timestamp, by| Timestamp(at.micros().saturating_add(by));
    let (from, until) = match (start, end) {
        (None, None) => (later(now, -LONGEST), now),
        (None, Some(end)) => (later(end, -LONGEST), end),
        (Some(start), None) => (start, later(start, LONGEST)),
        (Some(start), Some(end)) => (start, end),
    };
    let length = until.micros().saturating_sub(from.micros());
    if (0..=LONGEST).contains(&length) { Ok((from, until)) } else { Err(Mistake::LongSpan) }
}

fn instant(arguments: &Arguments, name: &'static str) -> Result<Option<Timestamp>, Mistake> {
    // A plus that nobody encoded comes as a space.
    let Some(text) = arguments.get(name).map(|text| text.replace(' ', "+")) else { return Ok(None) };
    let at = DateTime::parse_from_rfc3339(&text).map_err(|_| Mistake::NotATime { name })?;
    Ok(Some(Timestamp(at.timestamp_micros())))
}

fn states(words: &[String]) -> Result<Vec<CaseState>, Mistake> {
    if words.iter().any(|word| !matches!(word.as_str(), "open" | "closed")) {
        return Err(Mistake::NotAStatus);
    }
    let is_wanted = |word: &str| words.iter().any(|wanted| wanted == word);
    let word = |state: &CaseState| if state.is_open() { "open" } else { "closed" };
    Ok(CaseState::iter().filter(|state| is_wanted(word(state))).collect())
}

fn number(arguments: &Arguments, name: &'static str, usual: u64, most: u64) -> Result<u64, Mistake> {
    let Some(text) = arguments.get(name) else { return Ok(usual) };
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or(Mistake::NotAPage { name })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_334_400_000_000);

    fn read(query: &str) -> Result<OpenFilter, Mistake> {
        filter(&Arguments::read(Some(query), b"").unwrap(), NOW)
    }

    #[test]
    fn a_span_is_ninety_days_at_most() {
        let span = |query| read(query).map(|found| (found.from.unwrap().0, found.until.unwrap().0 - 1));
        let day = 86_400_000_000;
        assert_eq!(span(""), Ok((NOW.0 - 90 * day, NOW.0)));
        assert_eq!(span("end_date=2026-11-21T08:00:00Z"), Ok((NOW.0 - 91 * day, NOW.0 - day)));
        assert_eq!(span("start_date=2026-11-21T16:00:00+08:00"), Ok((NOW.0 - day, NOW.0 + 89 * day)));
        for bad in [
            "start_date=2026-11-21",
            "end_date=x",
            "start_date=2026-11-22T08:00:00Z&end_date=2026-11-22T07:59:59Z",
            "start_date=2026-08-01T08:00:00Z&end_date=2026-11-22T08:00:00Z",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_is_counted_from_one() {
        assert_eq!(read("").map(|found| (found.page, found.size)), Ok((1, 100)));
        assert_eq!(read("page=3&page_size=50").map(|found| (found.page, found.size)), Ok((3, 50)));
        for bad in ["page=0", "page=x", "page_size=101", "page_size=-1"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn open_is_whatever_somebody_still_has_to_do_something_about() {
        assert_eq!(read("status=open").unwrap().states.len(), 6);
        assert_eq!(read("status=open,closed").unwrap().states.len(), CaseState::iter().count());
        assert_eq!(read("status=Open").unwrap_err(), Mistake::NotAStatus);
    }
}
