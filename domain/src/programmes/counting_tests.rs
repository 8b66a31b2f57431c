use super::{JudgedLimits, JudgedUntil};
use crate::programmes::act::CaseAct;
use crate::programmes::change::changes;
use crate::programmes::fault::ProgrammeRule;
use crate::programmes::model::Programme;
use crate::programmes::reading::read;
use crate::programmes::shipped::template;

/// A shipped file with lines of its own before its stages; `beforehand` must be about the whole.
fn with(key: &str, lines: &str) -> Result<Programme, Vec<String>> {
    let file = template(key).unwrap();
    // What counts is said by a table, so it stands after the keys of the whole.
    let (head, rest) = file.split_once("[[stages]]").unwrap();
    let kept: String = rest.split("[counts]").next().unwrap().to_owned();
    let told = |fault: &crate::programmes::fault::Fault| {
        format!("{} {}", <&'static str>::from(fault.rule), fault.subject)
    };
    read(&format!("{head}{lines}\n[[stages]]{kept}")).map_err(|faults| faults.iter().map(told).collect())
}

#[test]
fn where_a_file_says_nothing_every_closed_stage_counts_and_the_limits_there_are() {
    let base = Programme::base();
    assert_eq!(base.counts.closed, ["closing", "evaluation"]);
    assert_eq!(
        (base.counts.on_time.until, base.counts.on_time.limits),
        (JudgedUntil::Complete, JudgedLimits::Whole)
    );
    assert_eq!(base.counts.reworked, [CaseAct::SendBack, CaseAct::Reopen].into());
    let by_stages = with("service_application", "").unwrap();
    assert_eq!(by_stages.counts.on_time.limits, JudgedLimits::Every, "the whole has none");
}

#[test]
fn a_file_says_what_counts() {
    let written = "[counts]\nclosed = [\"replied\", \"visited\", \"closed\", \"rated\"]\nreworked = [\"step_back\"]\n\
                   on_time = { until = \"close\", limits = \"whole\" }";
    let own = with("hotline_ticket", written).unwrap();
    assert_eq!(own.counts.closed, ["replied", "visited", "closed", "rated"]);
    assert_eq!(
        (own.counts.on_time.until, own.counts.on_time.limits),
        (JudgedUntil::Close, JudgedLimits::Whole)
    );
    assert_eq!(own.counts.reworked, [CaseAct::StepBack].into());
    let plain = with("hotline_ticket", "").unwrap();
    let parts: Vec<String> = changes(&plain, &own).into_iter().map(|change| change.part).collect();
    assert!(parts.iter().any(|part| part == "counts.closed"), "{parts:?}");
    assert!(parts.iter().any(|part| part == "counts.reworked"), "{parts:?}");
}

#[test]
fn what_cannot_count_is_told() {
    let told = |key: &str, lines: &str| with(key, lines).err().unwrap_or_default().join("; ");
    let cases = [
        ("closed = [\"gone\"]", "unknown_stage gone"),
        ("closed = [\"handling\"]", "not_together handling"),
        ("closed = []", "missing closed"),
        ("reworked = [\"urge\"]", "unknown_word urge"),
        ("on_time = { until = \"report\" }", "unknown_word report"),
        ("on_time = { limits = \"none\" }", "unknown_word none"),
        ("late = 5", "unknown_key late"),
    ];
    for (line, wanted) in cases {
        assert_eq!(told("hotline_ticket", &format!("[counts]\n{line}")), wanted, "{line}");
    }
    let whole = "[counts]\non_time = { limits = \"whole\" }";
    assert_eq!(told("service_application", whole), "not_together limits", "nothing gives the whole a limit");
}

#[test]
fn what_counts_as_closed_goes_on_counting_until_its_result_is_taken_back() {
    let told = |lines: &str| with("hotline_ticket", lines).err().unwrap_or_default();
    assert_eq!(told("[counts]\nclosed = [\"closed\"]"), ["missing rated"], "whoever judges it would undo it");
    assert_eq!(told("[counts]\nclosed = [\"replied\", \"closed\"]"), ["missing rated", "missing visited"]);
    assert_eq!(
        told("[counts]\nclosed = [\"closed\", \"rated\"]"),
        [""; 0],
        "sent back or opened again it may"
    );

    let file = template("grid_event").unwrap();
    let faults =
        read(&format!("{file}\n[counts]\nreworked = []\nclosed = [\n    \"closing\",\n]\n")).unwrap_err();
    let line = u32::try_from(file.lines().count()).unwrap() + 5;
    let told: Vec<(u32, ProgrammeRule, &str)> =
        faults.iter().map(|fault| (fault.line, fault.rule, fault.subject.as_str())).collect();
    assert_eq!(told, [(line, ProgrammeRule::Missing, "evaluation")]);
}
