//! What a role reads of one person at once, masked, fits so many people that it names nobody (requirement P3, joint disclosure).
//!
//! The fields come from the schema: a new one that says something of a person has no line here, and fails. What is counted is how many
//! numbers fit everything that a role was told of one number, wherever it stands.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use chrono::{Datelike as _, NaiveDate};
use fengqiao_api::config::Settings;
use fengqiao_domain::identity::Role;
use fengqiao_domain::kernel::citizen_id::CitizenId;
use fengqiao_tests::{Actor, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};
use crate::schema::sdl::Sdl;

/// So many people fit at least (requirement P3).
const LEAST: u64 = 1_000;

/// What a field tells of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    /// Their name: masked, or whole among staff.
    Name,
    /// Their number, masked.
    Number,
    /// Where they are: the place and the sensitivity decide who reads it.
    Where,
    /// Where they live: to the village, but for those who have something to do there.
    Address,
    /// The name that they chose for signing in, which is no number.
    Login,
    /// One person whole, for a purpose, so often a day.
    Revealed,
}

/// Every field of the schema that says something of a person.
const TABLE: [(&str, &str, Tells); 19] = [
    ("Account", "login", Tells::Login),
    ("Account", "name", Tells::Name),
    ("Account", "phone", Tells::Number),
    ("Attachment", "point", Tells::Where),
    ("CasePlace", "address", Tells::Address),
    ("CasePlace", "point", Tells::Where),
    ("CaseReporter", "name", Tells::Name),
    ("CaseReporter", "phone", Tells::Number),
    ("OversightGrant", "overseerLogin", Tells::Login),
    ("PersonRevealPayload", "address", Tells::Revealed),
    ("PersonRevealPayload", "name", Tells::Revealed),
    ("PersonRevealPayload", "phone", Tells::Revealed),
    ("StaffMember", "name", Tells::Name),
    ("StaffMember", "phone", Tells::Number),
    ("VisitPlace", "address", Tells::Address),
    ("VisitPlace", "point", Tells::Where),
    ("VisitSubject", "guardianName", Tells::Name),
    ("VisitSubject", "name", Tells::Name),
    ("VisitSubject", "phone", Tells::Number),
];

/// Words by which fields of people are called.
const WORDS: [&str; 18] = [
    "address",
    "age",
    "birth",
    "birthday",
    "born",
    "citizen",
    "ethnicity",
    "gender",
    "guardian",
    "identity",
    "login",
    "mobile",
    "native",
    "phone",
    "point",
    "religion",
    "sex",
    "telephone",
];

/// One of each role of the demo.
const PEOPLE: [(Role, &str); 22] = [
    (Role::PlatformOperator, "platform@000000"),
    (Role::SystemAdministrator, "system.admin@150302"),
    (Role::SecurityAdministrator, "security.admin@150302"),
    (Role::AuditAdministrator, "audit.admin@150302"),
    (Role::DistrictCommander, "district.command@150302"),
    (Role::DistrictDispatcher, "district.dispatch@150302"),
    (Role::DistrictLeader, "district.leader@150302"),
    (Role::DepartmentHandler, "utility.handler@150302"),
    (Role::TownAdministrator, "qianlishan.admin@150302"),
    (Role::TownDispatcher, "qianlishan.dispatch@150302"),
    (Role::TownHandler, "qianlishan.handle@150302"),
    (Role::StationChief, "xindi.station@150302"),
    (Role::GridChief, "xindi.chief@150302"),
    (Role::GridInstructor, "qianlishan.instructor@150302"),
    (Role::EmbeddedPolice, "xindi.police@150302"),
    (Role::FullTimeWorker, "xindi.worker@150302"),
    (Role::PartTimeWorker, "xindi.parttime@150302"),
    (Role::Mediator, "xindi.mediator@150302"),
    (Role::Volunteer, "xindi.volunteer@150302"),
    (Role::Resident, "xindi.resident2@150302"),
    (Role::ApiClient, "hotline.api@150302"),
    (Role::Auditor, "district.audit@150302"),
];

/// Area code of the district's fixed lines (乌海), which everybody there knows.
const AREA: &str = "0473";
/// A mobile number, a fixed line with its area and without, a number from abroad.
const NUMBERS: [&str; 4] = ["13812345678", "04732031234", "2031234", "85291234567"];

#[test]
fn every_field_that_says_something_of_a_person_has_its_line() -> anyhow::Result<()> {
    let sdl = Sdl::parse(&fengqiao_api::graphql::schema::sdl())?;
    let personal = |name: &str, base: &str| {
        let spread: String =
            name.chars().flat_map(|c| if c.is_uppercase() { vec![' ', c] } else { vec![c] }).collect();
        let words: BTreeSet<String> = spread.split(' ').map(str::to_lowercase).collect();
        // Who vouches for somebody is no word about them.
        let of_provider = name.starts_with("identityProvider") || name.starts_with("externalIdentity");
        base == "MaskedText" || !of_provider && WORDS.iter().any(|word| words.contains(*word))
    };
    let found: BTreeSet<(&str, &str)> = sdl
        .outputs()
        .filter(|(ty, field)| {
            personal(&field.name, field.base()) || ty.name == "PersonRevealPayload" && field.name == "name"
        })
        .map(|(ty, field)| (ty.name.as_str(), field.name.as_str()))
        .collect();
    let known: BTreeSet<(&str, &str)> = TABLE.iter().map(|(ty, field, _)| (*ty, *field)).collect();
    assert_eq!(found, known, "a field that says something of a person needs a line, and what it tells");
    for (ty, field, tells) in TABLE {
        let field = sdl.get(ty).and_then(|ty| ty.member(field)).context("a field")?;
        let is_masked = field.base() == "MaskedText";
        assert_eq!(
            is_masked,
            matches!(tells, Tells::Name | Tells::Number | Tells::Address),
            "{ty}.{}",
            field.name
        );
    }
    Ok(())
}

/// What each type of the table is asked for, all of it at once.
fn asked(ty: &str) -> String {
    let fields = TABLE.iter().filter(|(of, _, _)| *of == ty).map(|(_, field, tells)| match (tells, *field) {
        (Tells::Name | Tells::Number | Tells::Address, field) => format!("{field} {{ text isMasked }}"),
        (_, "point") => "point { longitude latitude }".to_owned(),
        (_, field) => field.to_owned(),
    });
    fields.collect::<Vec<_>>().join(" ")
}

fn document() -> String {
    format!(
        "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename
            ... on Account {{ {} }} ... on StaffMember {{ {} }}
            ... on Case {{ reporter {{ {} }} place {{ {} }} }}
            ... on Visit {{ subject {{ {} }} place {{ {} }} }} }} }}",
        asked("Account"),
        asked("StaffMember"),
        asked("CaseReporter"),
        asked("CasePlace"),
        asked("VisitSubject"),
        asked("VisitPlace")
    )
}

/// Somebody who has an account, reported something, is of the force and was visited, all under one number: the ids of it.
async fn known_everywhere(served: &Served, (at, number): (usize, &str)) -> anyhow::Result<Vec<Value>> {
    let (system, station) = (person(served, "system.admin").await?, person(served, "xindi.station").await?);
    let places = Places::of(&station);
    let (name, grid) = ("演示·甲乙", json!({"gridId": places.grid(GRID).await?}));
    let made = async |by: &Actor, field: &str, of: &str, input: Value| {
        let answer = by.mutate(field, &format!("{of} {{ id }} userErrors {{ code path }}"), input).await?;
        anyhow::Ok(answer.payload()?[of]["id"].clone())
    };
    let account = json!({"login": format!("joint-{at}"), "name": name, "phone": number});
    let member = json!({"code": format!("J-{at}"), "name": name, "phone": number, "unitId": places.unit(&GRID[..12]).await?});
    let report = json!({"categoryId": places.category(CATEGORY).await?, "title": "题", "description": "述",
        "place": grid, "address": "3号楼2单元", "source": "WALK_IN", "reporter": {"name": name, "phone": number}});
    let visit = json!({"subject": {"kind": "PERSON", "name": name, "phone": number}, "purpose": "ROUTINE",
        "outcome": "MET", "place": grid, "address": "3号楼2单元"});
    Ok(vec![
        made(&system, "accountCreate", "account", account).await?,
        made(&system, "staffMemberCreate", "staffMember", member).await?,
        made(&station, "caseReport", "case", report).await?,
        made(&station, "visitRecord", "visit", visit).await?,
    ])
}

/// The numbers that a role is told of some things, as they are told.
fn told(nodes: &Value) -> Vec<String> {
    let texts = |node: &Value| {
        let places = [&node["phone"], &node["reporter"]["phone"], &node["subject"]["phone"]];
        places.into_iter().filter_map(|phone| phone["text"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    nodes.as_array().into_iter().flatten().flat_map(texts).collect()
}

/// How many numbers fit all of some masks together, by what everybody knows of numbers.
fn numbers_that_fit(masks: &[String]) -> u64 {
    let Some(length) = masks.first().map(|mask| mask.chars().count()) else { return u64::MAX };
    let shown = |at: usize| masks.iter().filter_map(|mask| mask.chars().nth(at)).find(|digit| *digit != '*');
    let is_fixed = length >= 11 && shown(0) != Some('1');
    let choices = (0..length).map(|at| match (shown(at), length) {
        (Some(_), _) => 1,
        // A fixed line: the area is known, and a number within it begins with 2 to 8.
        (None, _) if is_fixed && at < AREA.len() => 1,
        (None, _) if is_fixed && at == AREA.len() => 7,
        (None, ..=8) if at == 0 => 7,
        (None, _) => 10,
    });
    choices.product()
}

#[test]
fn the_count_of_numbers_counts() {
    for (masks, wanted) in [
        (&["138****5678"][..], 10_000),
        (&["1381**45678"], 100),
        (&["138****5678", "1381***5678"], 1_000),
        (&["047****1234"], 700),
        (&["*********34"], 70_000),
        (&["20***34"], 1_000),
        (&["*****34"], 70_000),
    ] {
        let masks: Vec<String> = masks.iter().map(|mask| (*mask).to_owned()).collect();
        assert_eq!(numbers_that_fit(&masks), wanted, "{masks:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_role_reads_of_somebody_a_thousand_numbers_fit() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let lookups = u64::from(Settings::read(None)?.personal.lookups_per_day);
        let mut everybody = vec![];
        for number in NUMBERS.into_iter().enumerate() {
            everybody.push(known_everywhere(&served, number).await?);
        }
        let all: BTreeSet<Role> = Role::all().filter(|role| !role.is_lent()).collect();
        assert_eq!(PEOPLE.iter().map(|(role, _)| *role).collect::<BTreeSet<_>>(), all, "one of each role");
        let mut actors = vec![(Role::Overseer, crate::oversight::overseer(&served).await?.0)];
        for (role, login) in PEOPLE {
            actors.push((role, served.sign_in(login).await?));
        }
        let mut most = 0;
        for (role, actor) in actors {
            for (number, ids) in NUMBERS.into_iter().zip(&everybody) {
                let read = actor.run(&document(), json!({"ids": ids})).await?;
                let masks = told(read.data("nodes")?);
                most = most.max(masks.len());
                // Whoever looks numbers up tries some of them: for three months.
                let fit = numbers_that_fit(&masks).saturating_sub(90 * lookups);
                ensure!(fit >= LEAST, "{role:?} reads {masks:?} of {number}: {fit} are left");
            }
        }
        assert_eq!(most, 4, "somebody reads all of it");
        Ok(())
    })
    .await
}

/// How many citizens' numbers of the district show the same as `whole` does where `mask` shows something, of those born on some days.
fn citizens_that_fit(whole: &CitizenId, mask: &str, days: &[NaiveDate]) -> anyhow::Result<u64> {
    let shown: Vec<(usize, char)> = mask.chars().enumerate().filter(|(_, digit)| *digit != '*').collect();
    let region = whole.characters().get(..6).context("a region")?;
    let mut fit = 0;
    for day in days {
        for serial in 0..1_000 {
            let digits = format!("{region}{}{serial:03}", day.format("%Y%m%d"));
            let number: Vec<char> = digits.chars().chain([check(&digits)]).collect();
            fit += u64::from(shown.iter().all(|(at, digit)| number.get(*at) == Some(digit)));
        }
    }
    Ok(fit)
}

/// The check character of seventeen digits (ISO 7064 MOD 11-2), as the standard says it.
fn check(digits: &str) -> char {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][sum as usize % 11]
}

#[test]
fn a_citizens_number_masked_as_usual_would_name_somebody_and_ours_does_not() -> anyhow::Result<()> {
    let digits = "15030219860517243";
    let whole = CitizenId::parse(&format!("{digits}{}", check(digits))).ok().context("a number")?;
    let usual: String = whole
        .characters()
        .chars()
        .enumerate()
        .map(|(at, digit)| if (6..14).contains(&at) { '*' } else { digit })
        .collect();
    let first = NaiveDate::from_ymd_opt(whole.born().year(), 1, 1).context("a year")?;
    let year: Vec<NaiveDate> = first.iter_days().take_while(|day| day.year() == first.year()).collect();
    // First six and last four: with the age in sight some thirty people of the district.
    let usual = citizens_that_fit(&whole, &usual, &year)?;
    assert!((25..=40).contains(&usual), "{usual}");
    let masked = whole.masked();
    let ours = citizens_that_fit(&whole, &masked, &year)?;
    assert!(ours >= LEAST, "{masked} fits {ours}");
    // With the day of birth in sight it is of no use: neither is to be shown beside the other.
    assert!(citizens_that_fit(&whole, &masked, &[whole.born()])? < 20);
    Ok(())
}
