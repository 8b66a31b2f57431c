use super::{RungAct, RungMoment};
use crate::kernel::calendar::{Limit, LimitKind};
use crate::programmes::change::changes;
use crate::programmes::model::Programme;
use crate::programmes::shipped::templates;
use crate::programmes::vocabulary::SupervisionLevel;
use crate::programmes::{Fault, read};

/// A programme whose stage `handling` has a limit, with these rungs below it.
fn with(rungs: &str) -> Result<Programme, Vec<Fault>> {
    read(&format!("{}{rungs}", base()))
}

fn base() -> String {
    let shipped = templates().iter().find(|(key, _)| *key == "grid_event").map(|(_, text)| *text);
    let limit = "state = \"handling\"\nlimit = { amount = 5, kind = \"working_day\" }";
    let mut text = shipped.unwrap_or_default().replacen("state = \"handling\"", limit, 1);
    text.push('\n');
    text
}

const RUNG: &str = r#"[[rungs]]
key = "late"
name_zh = "逾期"
name_en = "Late"
stages = ["handling"]
at = "due"
after = { amount = 1, kind = "working_day" }
act = "supervise"
level = "yellow"
"#;

#[test]
fn a_rung_is_what_its_lines_say() {
    let rungs = format!(
        "{RUNG}\n[[rungs]]\nkey = \"soon\"\nname_zh = \"将到期\"\nname_en = \"Soon\"\nat = \"yellow\"\nact = \"urge\"\n"
    );
    let programme = with(&rungs).unwrap_or_else(|faults| panic!("{faults:?}"));
    let [late, soon] = &programme.rungs[..] else { panic!("two rungs") };
    assert_eq!((late.key.as_str(), &late.stages[..]), ("late", &["handling".to_owned()][..]));
    let day = Limit { amount: 1, kind: LimitKind::WorkingDay };
    assert_eq!(
        (late.moment, late.act),
        (RungMoment::After(day), RungAct::Supervise(SupervisionLevel::Yellow))
    );
    assert_eq!((soon.moment, soon.act, soon.stages.len()), (RungMoment::Yellow, RungAct::Urge, 0));

    let told: Vec<String> = changes(&with("").unwrap(), &programme)
        .into_iter()
        .map(|change| format!("{}: {}", change.part, change.after.unwrap_or_default()))
        .collect();
    assert!(told.contains(&"rungs.late.at: 1 working_day after due".to_owned()), "{told:?}");
    assert!(told.contains(&"rungs.late.act: supervise, yellow".to_owned()), "{told:?}");
}

/// A line of the good rung, what stands there instead, and what is told of it: line of the rung, rule, subject.
const BROKEN: [(&str, &str, &str); 16] = [
    ("key = \"late\"\n", "", "1 missing key"),
    ("name_en = \"Late\"\n", "", "1 missing name_en"),
    ("at = \"due\"\n", "", "1 missing at"),
    ("at = \"due\"", "at = \"noon\"", "6 unknown_word noon"),
    ("at = \"due\"", "at = \"yellow\"", "1 not_together after"),
    ("act = \"supervise\"", "act = \"close\"", "8 unknown_word close"),
    ("act = \"supervise\"", "act = \"urge\"", "9 not_together level"),
    ("act = \"supervise\"", "act = \"hand_up\"", "9 not_together level"),
    ("level = \"yellow\"\n", "", "1 missing level"),
    ("level = \"yellow\"", "level = \"orange\"", "9 unknown_word orange"),
    ("stages = [\"handling\"]", "stages = [\"nowhere\"]", "1 unknown_stage nowhere"),
    ("stages = [\"handling\"]", "stages = [\"triage\"]", "1 rung_without_limit triage"),
    ("stages = [\"handling\"]", "stage = \"handling\"", "5 unknown_key stage"),
    ("after = { amount = 1,", "after = { amount = 0,", "7 out_of_range amount: 1–3650"),
    ("after = { amount = 1, kind = \"working_day\" }", "after = 1", "7 wrong_type after"),
    ("key = \"late\"", "key = \"Late\"", "2 invalid_key Late"),
];

#[test]
fn what_is_wrong_with_a_rung_is_told_with_its_line() {
    let before = u32::try_from(base().lines().count()).unwrap();
    for (there, instead, wanted) in BROKEN {
        assert!(RUNG.contains(there), "{there}");
        let faults = with(&RUNG.replace(there, instead)).err().unwrap_or_default();
        let told: Vec<String> = faults
            .iter()
            .map(|fault| {
                let rule: &str = fault.rule.into();
                format!("{} {rule} {}", fault.line - before, fault.subject)
            })
            .collect();
        assert!(told.iter().any(|fault| fault == wanted), "{instead:?}: {told:?}, not {wanted}");
    }
    let twice = with(&format!("{RUNG}{RUNG}")).err().unwrap_or_default();
    assert_eq!(<&str>::from(twice[0].rule), "duplicate");
}

#[test]
fn a_rung_does_what_is_possible_where_it_watches() {
    let rule = |text: &str| {
        let faults = read(text).err().unwrap_or_default();
        faults.iter().map(|fault| <&str>::from(fault.rule)).collect::<Vec<_>>()
    };
    let silent = format!("without = [\"urge\"]\n{}{RUNG}", base());
    assert_eq!(rule(&silent), ["rung_without_act"], "urging stands in for everything");
    let unsupervised = format!("without = [\"supervise\"]\n{}{RUNG}", base());
    assert_eq!(rule(&unsupervised), ["rung_without_act"]);
    let whole = RUNG.replace("stages = [\"handling\"]\n", "");
    let stages = base().replace("limit = \"category\"", "limit = \"stages\"");
    assert!(rule(&format!("{stages}{whole}")).contains(&"rung_without_limit"));
    assert_eq!(rule(&format!("{}{whole}", base())), [""; 0]);
}

/// A rung has nobody to choose for it.
#[test]
fn a_rung_knows_the_way_up_and_fills_in_nothing() {
    let up = RUNG.replace("act = \"supervise\"\nlevel = \"yellow\"\n", "act = \"hand_up\"\n");
    let told = |lines: &str| {
        let text = base().replacen("[[acts]]\nact = \"hand_up\"\nto = \"acceptance\"\n", lines, 1);
        assert!(text.contains(lines), "grid_event has such lines");
        let faults = read(&format!("{text}{up}")).err().unwrap_or_default();
        faults
            .iter()
            .map(|fault| format!("{} {}", <&str>::from(fault.rule), fault.subject))
            .collect::<Vec<_>>()
    };
    let one = "[[acts]]\nact = \"hand_up\"\nto = \"acceptance\"\n";
    assert_eq!(told(one), [""; 0]);
    let two = "[[acts]]\nact = \"hand_up\"\ntiers = [\"village\"]\nto = \"acceptance\"\n\n[[acts]]\nact = \"hand_up\"\n\
         tiers = [\"town\"]\nto = \"triage\"\n";
    assert_eq!(told(two), ["ambiguous handling"]);
    let asking = "[[fields]]\nkey = \"why\"\nkind = \"text\"\nname_zh = \"缘由\"\nname_en = \"Why\"\n\n[[acts]]\nact = \"hand_up\"\n\
         to = \"acceptance\"\nfields = [\"why\"]\n";
    assert_eq!(told(asking), ["ambiguous handling"]);
}
