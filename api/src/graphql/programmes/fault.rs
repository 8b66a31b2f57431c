//! What is wrong with a programme's file, told line by line.

use async_graphql::SimpleObject;
use fengqiao_domain::programmes::Fault;

use super::enums::ProgrammeRuleKind;
use crate::graphql::kit::message::message;
use crate::http::Language;

/// One thing that is wrong with a programme's file.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProgrammeFault {
    /// Line of the file, from 1.
    line: u32,
    /// The rule that it breaks.
    rule: ProgrammeRuleKind,
    /// What breaks it: a key, a word, a number.
    subject: String,
    /// For people, in the request's language.
    message: String,
}

impl ProgrammeFault {
    /// A fault as it is told in a language.
    pub(super) fn told(fault: Fault, language: Language) -> Self {
        let text = told(&fault, language);
        Self { line: fault.line, rule: fault.rule.into(), subject: fault.subject, message: text }
    }
}

/// The message of a fault, with the line in front.
fn told(fault: &Fault, language: Language) -> String {
    let holes = [
        ("line", fault.line.to_string()),
        ("subject", fault.subject.clone()),
        ("allowed", fault.allowed.join(", ")),
    ];
    let rule: &'static str = fault.rule.into();
    message(language, &format!("programmes.rule.{rule}"), &holes)
}

#[cfg(test)]
mod tests {
    use fengqiao_domain::programmes::{Fault, ProgrammeRule};
    use strum::IntoEnumIterator as _;

    use super::told;
    use crate::http::Language;

    #[test]
    fn every_rule_has_a_message_in_both_languages_that_names_line_and_subject() {
        for rule in ProgrammeRule::iter() {
            let fault = Fault { line: 17, rule, subject: "handling".to_owned(), allowed: vec!["keep"] };
            let (chinese, english) = (told(&fault, Language::Zh), told(&fault, Language::En));
            assert!(!chinese.is_ascii() && chinese.contains("17"), "no Chinese message for {rule:?}");
            assert!(english.is_ascii() && english.contains("17"), "no English message for {rule:?}");
            assert!(!chinese.contains("%{") && !english.contains("%{"), "{rule:?}");
        }
    }
}
