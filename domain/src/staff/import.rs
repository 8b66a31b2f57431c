//! Rows of a file of the force: one row is one appointment of somebody, or somebody without any. Pure.

use std::collections::BTreeMap;

use chrono::{FixedOffset, NaiveDate, NaiveTime};

use crate::identity::Phone;
use crate::kernel::id::Timestamp;
use crate::kernel::sheet::{BadRow, Cells, read_csv};
use crate::staff::command::{CODE_LIMIT, NAME_LIMIT};

const COLUMNS: [&str; 11] = [
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
    pub(super) row: usize,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) phone: Option<Phone>,
    pub(super) unit_code: String,
    pub(super) organisation_code: Option<String>,
    pub(super) account: Option<String>,
    pub(super) posts: Vec<HeldPost>,
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

/// Reads a CSV file of the force, people in the order of their first rows.
pub(super) fn read_people(bytes: &[u8], bad: &mut Vec<BadRow>) -> Vec<Person> {
    let mut people: Vec<Person> = vec![];
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (row, cells) in read_csv(bytes, &COLUMNS, &["code", "name", "unit_code"], bad) {
        let mut cells = Cells::new(row, cells, bad);
        let person = person(&mut cells);
        let held = held(&mut cells);
        let place = *places.entry(person.code.clone()).or_insert(people.len());
        match people.get_mut(place) {
            Some(known) => {
                if (&known.name, &known.unit_code) != (&person.name, &person.unit_code) {
                    cells.refuse("code", &format!("row {} says another name or unit of them", known.row));
                }
                known.posts.extend(held);
            }
            None => people.push(Person { posts: held.into_iter().collect(), ..person }),
        }
    }
    people
}

fn person(cells: &mut Cells<'_>) -> Person {
    let code = cells.line("code", CODE_LIMIT);
    if !code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        cells.refuse("code", "must be letters, digits, '.', '-' and '_'");
    }
    let phone = Some(cells.get("phone")).filter(|phone| !phone.is_empty()).map(Phone::parse);
    if matches!(phone, Some(Err(_))) {
        cells.refuse("phone", "is no telephone number");
    }
    Person {
        row: cells.row,
        code,
        name: cells.line("name", NAME_LIMIT),
        phone: phone.and_then(Result::ok),
        unit_code: cells.get("unit_code").to_owned(),
        organisation_code: given(cells, "organisation_code"),
        account: given(cells, "account"),
        posts: vec![],
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Person>, Vec<BadRow>) {
        let mut bad = vec![];
        (read_people(text.as_bytes(), &mut bad), bad)
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
        let told: Vec<(usize, &str)> = bad.iter().map(|bad| (bad.row, bad.column)).collect();
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
