use super::{FILE_LIMIT, read, reread};
use crate::kernel::calendar::{Limit, LimitKind};
use crate::programmes::act::CaseAct;
use crate::programmes::change::changes;
use crate::programmes::fault::FAULTS_TOLD;
use crate::programmes::model::{LimitSource, OnReturn};
use crate::programmes::supervision::SupervisionCost;
use crate::programmes::vocabulary::{CaseState, Relation, SettlementLevel, SupervisionLevel};

const GOOD: &str = r#"key = "small"
name_zh = "小事"
name_en = "Small matter"
categories = ["05", "06"]
sources = ["resident", "patrol"]
limit = "stages"

[[stages]]
key = "open"
state = "accepted"
name_zh = "待办"
name_en = "Open"
limit = { amount = 2, kind = "working_day", yellow_percent = 50, on_return = "restart" }

[[stages]]
key = "told"
state = "resolved"
name_zh = "已办"
name_en = "Told"
limit = { amount = 8, kind = "working_hour" }

[[stages]]
key = "done"
state = "closed"
name_zh = "办结"
name_en = "Done"

[[acts]]
act = "report"

[[acts]]
act = "complete"
label_zh = "办好了"
label_en = "Done with it"

[[acts]]
act = "send_back"

[[acts]]
act = "close"
roles = ["town_dispatcher", "station_chief"]
tiers = ["town", "village"]
who = ["oversight", "territory"]
requires = ["reason"]

[[acts]]
act = "evaluate"

[[acts]]
act = "void"

[[acts]]
act = "comment"
optional_fields = ["sum"]

[[fields]]
key = "sum"
kind = "money"
name_zh = "金额"
name_en = "Amount"
"#;

#[test]
fn what_is_not_written_follows_from_what_is() {
    let good = GOOD.replace("label_en", "organisations = [\"justice\"]\nlabel_en");
    let programme = read(&good).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!((programme.key.as_str(), programme.limit), ("small", LimitSource::Stages));
    let stages: Vec<(&str, CaseState)> =
        programme.stages.iter().map(|stage| (stage.key.as_str(), stage.state)).collect();
    let wanted = [
        ("open", CaseState::Accepted),
        ("told", CaseState::Resolved),
        ("done", CaseState::Closed),
        ("rejected", CaseState::Rejected),
        ("withdrawn", CaseState::Withdrawn),
        ("merged", CaseState::Merged),
        ("voided", CaseState::Voided),
    ];
    assert_eq!(stages, wanted, "the ends that every case can have stand last");
    let own = programme.stages[0].limit.unwrap();
    assert_eq!(own.limit, Limit { amount: 2, kind: LimitKind::WorkingDay });
    assert_eq!((own.yellow_percent, own.on_return), (Some(50), OnReturn::Restart));
    let other = programme.stages[1].limit.unwrap();
    assert_eq!((other.yellow_percent, other.on_return), (None, OnReturn::Keep));

    let rule = |act| programme.rules_of(act).next().unwrap();
    assert_eq!(
        (rule(CaseAct::Report).to.as_deref(), programme.first().unwrap().key.as_str()),
        (Some("open"), "open")
    );
    assert_eq!(
        (rule(CaseAct::Complete).from.join(" "), rule(CaseAct::Complete).to.as_deref()),
        ("open".into(), Some("told"))
    );
    assert_eq!(rule(CaseAct::Complete).who, [Relation::Assignee]);
    assert_eq!(rule(CaseAct::Complete).label.as_ref().unwrap().zh, "办好了");
    assert_eq!(rule(CaseAct::Void).from, ["open", "told"]);
    let close = rule(CaseAct::Close);
    assert_eq!((close.roles.len(), rule(CaseAct::Complete).organisations[0].code.as_str()), (2, "justice"));
    assert!(close.tiers.contains(&SettlementLevel::Village));
}

/// A line of the good file, what stands there instead, and what is told of it: line, rule, subject.
const BROKEN: [(&str, &str, &str); 70] = [
    ("key = \"small\"", "key = small", "1 syntax"),
    ("name_zh = \"小事\"\n", "", "1 missing name_zh"),
    ("key = \"small\"\n", "", "1 missing key"),
    ("key = \"small\"", "key = \"Small\"", "1 invalid_key Small"),
    ("key = \"small\"", "key = \"1st\"", "1 invalid_key 1st"),
    ("key = \"small\"", "key = 7", "1 wrong_type key"),
    ("name_en = \"Small matter\"", "name_en = \"\"", "3 invalid_text name_en"),
    ("name_en = \"Small matter\"", "name_en = \"a\\nb\"", "3 invalid_text name_en"),
    (
        "name_en = \"Small matter\"",
        "name_en = \"A name of more characters than there is room for\"",
        "3 invalid_text name_en",
    ),
    ("categories = [\"05\", \"06\"]", "categories = [\"05\", \"05\"]", "4 duplicate 05"),
    ("categories = [\"05\", \"06\"]", "categories = \"05\"", "4 wrong_type categories"),
    ("categories = [\"05\", \"06\"]", "categories = [5]", "4 wrong_type categories"),
    ("categories = [", "category = [", "4 unknown_key category"),
    ("sources = [\"resident\", \"patrol\"]", "sources = [\"pigeon\"]", "5 unknown_word pigeon"),
    ("limit = \"stages\"\n", "", "1 missing limit"),
    ("limit = \"stages\"", "limit = \"never\"", "6 unknown_word never"),
    ("limit = \"stages\"", "limit = 5", "6 wrong_type limit"),
    ("limit = \"stages\"", "limit = { amount = 0, kind = \"working_day\" }", "6 out_of_range amount: 1–3650"),
    ("limit = \"stages\"", "limit = { amount = 5 }", "6 missing kind"),
    ("limit = \"stages\"", "limit = { amount = 5, kind = \"week\" }", "6 unknown_word week"),
    ("limit = \"stages\"", "limit = \"stages\"\nsupervision = 5", "7 wrong_type supervision"),
    (
        "limit = \"stages\"",
        "limit = \"stages\"\nsupervision = { yellow = 1001 }",
        "7 out_of_range yellow: 0–1000",
    ),
    ("limit = \"stages\"", "limit = \"stages\"\nsupervision = { red = -1 }", "7 out_of_range red: 0–1000"),
    ("limit = \"stages\"", "limit = \"stages\"\nsupervision = { green = 1 }", "7 unknown_key green"),
    ("limit = \"stages\"", "limit = \"stages\"\nwithout = [\"comment\"]", "7 unknown_word comment"),
    ("limit = \"stages\"", "limit = \"stages\"\nwithout = [\"urge\", \"urge\"]", "7 duplicate urge"),
    ("act = \"send_back\"", "act = \"urge\"\nto = \"open\"", "38 leads_nowhere open"),
    ("act = \"send_back\"", "act = \"urge\"\nwho = [\"assignee\"]", "36 wrong_who assignee"),
    ("key = \"open\"\n", "key = \"told\"\n", "15 duplicate told"),
    ("state = \"accepted\"", "state = \"waiting\"", "10 unknown_word waiting"),
    ("state = \"accepted\"\n", "", "8 missing state"),
    ("name_zh = \"待办\"\n", "", "8 missing name_zh"),
    ("yellow_percent = 50", "yellow_percent = 100", "13 out_of_range yellow_percent: 1–99"),
    ("on_return = \"restart\"", "on_return = \"forget\"", "13 unknown_word forget"),
    ("on_return = \"restart\"", "on_leave = \"restart\"", "13 unknown_key on_leave"),
    ("limit = { amount = 8, kind = \"working_hour\" }\n", "", "15 limit_missing told"),
    ("[[acts]]\nact = \"report\"\n\n", "", "1 report_once 0"),
    (
        "[[acts]]\nact = \"send_back\"",
        "[[acts]]\nact = \"report\"\n\n[[acts]]\nact = \"send_back\"",
        "1 report_once 2",
    ),
    ("act = \"send_back\"", "act = \"throw_back\"", "37 unknown_word throw_back"),
    ("act = \"send_back\"", "to = \"open\"", "36 missing act"),
    ("act = \"send_back\"", "act = \"send_back\"\nto = \"nowhere\"", "38 unknown_stage nowhere"),
    ("act = \"send_back\"", "act = \"send_back\"\nto = \"done\"", "38 wrong_to done"),
    ("act = \"send_back\"", "act = \"send_back\"\nfrom = [\"open\"]", "38 wrong_from open"),
    ("act = \"send_back\"", "act = \"send_back\"\nfrom = [\"nowhere\"]", "38 unknown_stage nowhere"),
    ("act = \"send_back\"", "act = \"send_back\"\nfrom = []", "36 missing from"),
    ("act = \"send_back\"", "act = \"send_back\"\nwho = []", "36 act_without_role send_back"),
    ("act = \"send_back\"", "act = \"send_back\"\nwho = [\"reader\"]", "36 wrong_who reader"),
    ("act = \"send_back\"", "act = \"send_back\"\nroles = [\"resident\"]", "36 act_without_role resident"),
    ("act = \"send_back\"", "act = \"send_back\"\nroles = [\"emperor\"]", "38 unknown_word emperor"),
    ("act = \"send_back\"", "act = \"send_back\"\nrequires = [\"rating\"]", "36 unknown_word rating"),
    ("act = \"send_back\"", "act = \"start\"", "36 unclear_to start"),
    ("label_zh = \"办好了\"\n", "", "31 missing label_zh"),
    ("act = \"evaluate\"", "act = \"comment\"\nto = \"done\"", "48 leads_nowhere done"),
    (
        "act = \"void\"\n",
        "act = \"void\"\n\n[[stages]]\nkey = \"lost\"\nstate = \"verified\"\nname_zh = \"丢\"\nname_en = \"Lost\"\nlimit = { amount = 1, kind = \"urgent_hour\" }\n",
        "52 unreachable lost",
    ),
    ("optional_fields = [\"sum\"]", "optional_fields = [\"total\"]", "54 unknown_field total"),
    ("optional_fields = [\"sum\"]\n", "", "55 unused_field sum"),
    ("key = \"sum\"", "key = \"Sum\"", "57 invalid_key Sum"),
    ("kind = \"money\"", "kind = \"coin\"", "58 unknown_word coin"),
    ("kind = \"money\"\n", "", "56 missing kind"),
    ("kind = \"money\"", "kind = \"money\"\nmin = -1", "59 out_of_range min: 0–1000000000000"),
    ("kind = \"money\"", "kind = \"number\"\nmin = 5\nmax = 4", "60 out_of_range max: 5–2147483647"),
    ("kind = \"money\"", "kind = \"text\"\nmost = 1001", "59 out_of_range most: 1–1000"),
    ("kind = \"money\"", "kind = \"choice\"", "56 missing choices"),
    ("kind = \"money\"", "kind = \"date\"\nreaders = \"friends\"", "59 unknown_word friends"),
    ("act = \"send_back\"", "act = \"advance\"\nfrom = [\"open\"]\nto = \"told\"", "36 wrong_to told"),
    ("act = \"report\"", "act = \"report\"\nroles = [\"resident\"]", "28 wrong_who report"),
    (
        "act = \"send_back\"",
        "act = \"send_back\"\norganisations = [\"a\"]",
        "36 act_without_role organisations",
    ),
    (
        "label_zh = \"办好了\"",
        "organisations = [\"a\"]\ntiers = [\"town\"]\nlabel_zh = \"办好了\"",
        "31 act_without_role organisations",
    ),
    ("act = \"send_back\"", "act = \"send_back\"\n\n[[acts]]\nact = \"pause\"", "39 never_resumed open"),
    (
        "name_en = \"Amount\"",
        "name_en = \"Amount\"\nreaders = \"staff\"\n\n[[acts]]\nact = \"reopen\"\nto = \"open\"\nfields = [\"sum\"]",
        "63 hidden_field sum",
    ),
];

fn told(text: &str) -> Vec<String> {
    let faults = read(text).err().unwrap_or_default();
    faults
        .into_iter()
        .map(|fault| format!("{} {} {}", fault.line, <&'static str>::from(fault.rule), fault.subject))
        .collect()
}

#[test]
fn every_broken_file_is_told_line_and_rule() {
    let mut wrong = vec![];
    for (from, to, wanted) in BROKEN {
        assert_eq!(GOOD.matches(from).count(), 1, "{from} stands there once");
        let told = told(&GOOD.replace(from, to));
        if !told.first().is_some_and(|fault| fault.starts_with(wanted)) {
            wrong.push((to, told, wanted));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_fault_of_a_file_is_told_at_once_in_the_order_of_its_lines() {
    let bad = GOOD
        .replace("name_zh = \"小事\"\n", "")
        .replace("state = \"resolved\"", "state = \"resolve\"")
        .replace("act = \"evaluate\"", "act = \"judge\"");
    let told = told(&bad);
    assert_eq!(told, ["1 missing name_zh", "16 unknown_word resolve", "46 unknown_word judge"]);
}

#[test]
fn a_way_without_an_end_is_told() {
    let dead = GOOD
        .replace("[[acts]]\nact = \"complete\"\nlabel_zh = \"办好了\"\nlabel_en = \"Done with it\"\n\n", "");
    let dead = told(&dead);
    assert!(dead.iter().any(|fault| fault == "8 dead_end open"), "{dead:?}");
    assert!(dead.iter().any(|fault| fault == "15 unreachable told"), "{dead:?}");

    let circle = GOOD.replace("act = \"close\"", "act = \"comment\"");
    let circle = told(&circle);
    for stage in ["8 loop_without_exit open", "15 loop_without_exit told"] {
        assert!(circle.iter().any(|fault| fault == stage), "{circle:?}");
    }
}

#[test]
fn an_act_beside_the_way_needs_no_line() {
    let read = |text: &str| read(text).unwrap_or_else(|faults| panic!("{faults:?}"));
    let without = GOOD.replace("limit = \"stages\"", "limit = \"stages\"\nwithout = [\"urge\"]");
    let line =
        "[[acts]]\nact = \"urge\"\nfrom = [\"open\"]\nwho = [\"reporter\"]\n\n[[acts]]\nact = \"evaluate\"";
    let written = |text: &str| text.replace("[[acts]]\nact = \"evaluate\"", line);

    let silent = read(GOOD);
    let [urge] = silent.rules_of(CaseAct::Urge).collect::<Vec<_>>()[..] else { panic!("one rule") };
    assert_eq!((urge.from.join(" "), &urge.to), ("open told".to_owned(), &None));
    assert_eq!(urge.who, CaseAct::Urge.terms().who);
    assert!(silent.rules.iter().all(|rule| rule.act != CaseAct::Urge), "it is no line of the file");
    assert_eq!(silent.without(), []);

    let own = read(&written(GOOD));
    let [urge] = own.rules_of(CaseAct::Urge).collect::<Vec<_>>()[..] else { panic!("one rule") };
    assert_eq!((urge.from.join(" "), &urge.who[..]), ("open".to_owned(), &[Relation::Reporter][..]));

    let never = read(&without);
    assert_eq!((never.rules_of(CaseAct::Urge).count(), never.without()), (0, vec![CaseAct::Urge]));
    assert_eq!(told(&written(&without)), ["47 duplicate urge"]);

    let told = changes(&silent, &never);
    let [change] = &told[..] else { panic!("{told:?}") };
    assert_eq!((change.part.as_str(), &change.before), ("without", &None));
    assert_eq!(change.after.as_deref(), Some("urge"));
}

#[test]
fn supervision_costs_what_a_file_says() {
    let read = |text: &str| read(text).unwrap_or_else(|faults| panic!("{faults:?}"));
    let costly = format!("{GOOD}\n[supervision]\nyellow = 5\nred = 10\n");
    let (free, costly) = (read(GOOD), read(&costly));
    assert_eq!(free.supervision, SupervisionCost::default());
    assert_eq!(costly.supervision, SupervisionCost { normal: 0, yellow: 5, red: 10 });
    assert_eq!(costly.supervision.of(SupervisionLevel::Red), 10);
    let told: Vec<(String, Option<String>, Option<String>)> = changes(&free, &costly)
        .into_iter()
        .map(|change| (change.part, change.before, change.after))
        .collect();
    let points = |text: &str| Some(text.to_owned());
    let wanted = [
        ("supervision.red".to_owned(), points("0"), points("10")),
        ("supervision.yellow".to_owned(), points("0"), points("5")),
    ];
    assert_eq!(told, wanted);
}

#[test]
fn two_lines_of_one_act_may_not_contend_for_the_same_people() {
    let twice = |first: &str, second: &str| {
        let stage = "[[stages]]\nkey = \"again\"\nstate = \"accepted\"\nname_zh = \"再办\"\nname_en = \"Again\"\nlimit = { amount = 1, kind = \"urgent_hour\" }\n\n[[acts]]\nact = \"report\"\nto = \"open\"";
        let text = GOOD.replace("[[acts]]\nact = \"report\"", stage);
        let lines = format!(
            "act = \"send_back\"\nto = \"open\"\n{first}\n\n[[acts]]\nact = \"send_back\"\nto = \"again\"\n{second}"
        );
        told(&text.replace("act = \"send_back\"", &lines))
    };
    let clash = ["49 ambiguous send_back".to_owned()];
    assert_eq!(twice("", ""), clash);
    assert_eq!(twice("who = [\"oversight\", \"territory\"]", "who = [\"territory\"]"), clash);
    assert_eq!(
        twice("roles = [\"station_chief\"]", "roles = [\"station_chief\", \"town_dispatcher\"]"),
        clash
    );
    assert_eq!(twice("roles = [\"station_chief\"]", "roles = [\"town_dispatcher\"]"), [""; 0]);
    assert_eq!(twice("tiers = [\"village\"]", "tiers = [\"town\"]"), [""; 0]);
    assert_eq!(
        twice(
            "who = [\"assignee\"]
organisations = [\"a\"]",
            "who = [\"assignee\"]
organisations = [\"b\"]"
        ),
        [""; 0]
    );
    assert_eq!(twice("who = [\"oversight\"]", "who = [\"territory\"]"), [""; 0]);
}

#[test]
fn a_file_has_its_bounds() {
    let long = format!("{GOOD}# {}", "x".repeat(FILE_LIMIT));
    assert_eq!(told(&long), [format!("1 file_too_long {FILE_LIMIT}")]);
    let codes = format!("categories = [{}]", "\"1\",".repeat(201));
    let wide = GOOD.replace("categories = [\"05\", \"06\"]", &codes);
    assert!(told(&wide).iter().any(|fault| fault == "4 too_many categories: 200"));
    let nonsense: Vec<String> = (0..500).map(|number| format!("key_{number} = 1")).collect();
    assert_eq!(told(&format!("{}\n{GOOD}", nonsense.join("\n"))).len(), FAULTS_TOLD);
    let many = format!("{GOOD}{}", "\n[[acts]]\nact = \"comment\"\n".repeat(200));
    assert!(told(&many).iter().any(|fault| fault.contains("too_many acts: 200")));
}

/// A word that a later release does not know is no permission for everybody.
#[test]
fn what_cannot_be_read_any_more_lets_nobody_in() {
    assert!(reread(GOOD).is_some());
    assert!(reread(&GOOD.replace("station_chief", "station_head")).is_none());
    // Rules that join the parts and came later stop no running case.
    assert!(reread(&GOOD.replace("who = [\"oversight\", \"territory\"]", "who = []")).is_some());
}
