//! Rows of a file of the force: one row is one appointment of somebody, or somebody without any. Pure.
//!
//! An exported roster has the same columns, so that it can be changed and imported again.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};

use crate::identity::Phone;
use crate::kernel::id::Timestamp;
use crate::kernel::sheet::{BadRow, CellMap, Cells, Columns};
use crate::kernel::text;
use crate::staff::command::{CODE_LIMIT, NAME_LIMIT};

/// The columns of a file of the force.
pub(super) const COLUMNS: Columns = Columns { known: &KNOWN, required: &["code", "name", "unit_code"] };

const KNOWN: [&str; 11] = [
    "code",
    "name",
    "phone",
    "unit_code",
    "organisation_code",
    "account",
    "post",
    "target_code",
    "since_on",
    "until_on",
    "document",
];
/// Asia/Shanghai has been UTC+8 without summer time since 1991.
const CHINA_SECONDS_EAST: i32 = 8 * 3_600;

/// Somebody of a file, with everything that its rows say they hold.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Their first row.
    pub(super) row: usize,
    /// How many rows they have.
    pub(super) rows: usize,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) phone: PhoneCell,
    pub(super) unit_code: String,
    pub(super) organisation_code: Option<String>,
    pub(super) account: Option<String>,
    pub(super) posts: Vec<HeldPost>,
}

/// What a file says of a telephone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PhoneCell {
    /// Nothing: the present one stays.
    Empty,
    /// A number.
    Number(Phone),
    /// A number as exports show it, which must be the present one.
    Masked(String),
}

/// An appointment of a file.
#[derive(Clone, Debug)]
pub(super) struct HeldPost {
    pub(super) row: usize,
    pub(super) post: String,
    pub(super) target_code: String,
    /// Nothing where the file says no day: from now on.
    pub(super) since: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    pub(super) document: Option<String>,
}

/// What rows say, people in the order of their first rows.
pub(super) fn read_people(rows: Vec<(usize, CellMap)>, bad: &mut Vec<BadRow>) -> Vec<Person> {
    let mut people: Vec<Person> = vec![];
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (row, cells) in rows {
        let mut cells = Cells::new(row, cells, bad);
        let person = person(&mut cells);
        let held = held(&mut cells);
        let place = *places.entry(person.code.clone()).or_insert(people.len());
        match people.get_mut(place) {
            Some(known) => {
                if !known.is_as(&person) {
                    cells.refuse("code", &Person::other_than(known.row));
                }
                known.rows += 1;
                known.posts.extend(held);
            }
            None => people.push(Person { posts: held.into_iter().collect(), ..person }),
        }
    }
    people
}

impl Person {
    /// Whether two rows say the same of who somebody is.
    fn is_as(&self, other: &Self) -> bool {
        (&self.name, &self.unit_code) == (&other.name, &other.unit_code)
    }

    /// What is wrong when they do not.
    pub(super) fn other_than(row: usize) -> String {
        format!("row {row} says another name or unit of them")
    }
}

fn person(cells: &mut Cells<'_>) -> Person {
    let code = cells.line("code", CODE_LIMIT);
    if !code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        cells.refuse("code", "must be letters, digits, '.', '-' and '_'");
    }
    let name = cells.line("name", NAME_LIMIT);
    if text::is_masked(&name) {
        cells.refuse("name", "is masked: write the name");
    }
    Person {
        row: cells.row,
        rows: 1,
        code,
        name,
        phone: phone(cells),
        unit_code: cells.get("unit_code").to_owned(),
        organisation_code: given(cells, "organisation_code"),
        account: given(cells, "account"),
        posts: vec![],
    }
}

fn phone(cells: &mut Cells<'_>) -> PhoneCell {
    match cells.get("phone") {
        "" => PhoneCell::Empty,
        masked if text::is_masked(masked) => PhoneCell::Masked(masked.to_owned()),
        number => {
            if let Ok(number) = Phone::parse(number) {
                return PhoneCell::Number(number);
            }
            cells.refuse("phone", "is no telephone number");
            PhoneCell::Empty
        }
    }
}

fn held(cells: &mut Cells<'_>) -> Option<HeldPost> {
    let post = given(cells, "post");
    let target_code = given(cells, "target_code");
    let (since, until) = (day(cells, "since_on"), day(cells, "until_on"));
    if since.zip(until).is_some_and(|(since, until)| until <= since) {
        cells.refuse("until_on", "must come after since_on");
    }
    match (post, target_code) {
        (Some(post), Some(target_code)) => Some(HeldPost {
            row: cells.row,
            post,
            target_code,
            since,
            until,
            document: given(cells, "document"),
        }),
        (None, None) => None,
        (Some(_), None) => {
            cells.refuse("target_code", "a post is held somewhere");
            None
        }
        (None, Some(_)) => {
            cells.refuse("post", "what is held there?");
            None
        }
    }
}

fn given(cells: &Cells<'_>, column: &'static str) -> Option<String> {
    Some(cells.get(column)).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The first instant of a day in China.
fn day(cells: &mut Cells<'_>, column: &'static str) -> Option<Timestamp> {
    let text = given(cells, column)?;
    let midnight = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().and_then(|day| {
        let zone = FixedOffset::east_opt(CHINA_SECONDS_EAST)?;
        day.and_time(NaiveTime::MIN).and_local_timezone(zone).single()
    });
    if midnight.is_none() {
        cells.refuse(column, "must be a day like 2026-03-01");
    }
    midnight.map(|instant| Timestamp(instant.timestamp_micros()))
}

/// The day of an instant in China, as files write it.
pub(super) fn day_of(at: Timestamp) -> String {
    let zone = FixedOffset::east_opt(CHINA_SECONDS_EAST);
    let utc = DateTime::from_timestamp_micros(at.micros());
    utc.zip(zone)
        .map_or_else(String::new, |(utc, zone)| utc.with_timezone(&zone).format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::sheet::SheetFile;

    fn read(text: &str) -> (Vec<Person>, Vec<BadRow>) {
        let mut bad = vec![];
        let rows = SheetFile::from(text.as_bytes()).rows(COLUMNS, &mut bad);
        (read_people(rows, &mut bad), bad)
    }

    #[test]
    fn several_rows_of_one_person_are_several_posts() {
        let (people, bad) = read(
            "code,name,unit_code,post,target_code,since_on\n\
             1,演示甲,150302,grid_chief,a,2026-03-01\n1,演示甲,150302,grid_chief,b,\n2,演示乙,150302,,,\n",
        );
        assert_eq!(bad, []);
        assert_eq!(people.iter().map(|person| person.posts.len()).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(people[0].posts[0].since, Some(Timestamp(1_772_294_400_000_000)));
        assert_eq!(people[0].posts[1].since, None);
    }

    #[test]
    fn every_mistake_has_its_row_and_column() {
        let (_, bad) = read(
            "code,name,unit_code,phone,post,target_code,since_on,until_on\n\
             1,甲,u,12,grid_chief,,2026-3-x,\n1,乙,u,,,g,2026-03-02,2026-03-01\n 3,,u,,,,,\n",
        );
        let told: Vec<(usize, &str)> = bad.iter().map(|bad| (bad.row, bad.column.as_ref())).collect();
        assert_eq!(
            told,
            [
                (2, "phone"),
                (2, "since_on"),
                (2, "target_code"),
                (3, "until_on"),
                (3, "post"),
                (3, "code"),
                (4, "name"),
            ]
        );
    }
}
