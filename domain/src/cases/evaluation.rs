//! What somebody fills in who judges the settlement of a case (评价表), and whether it fits the form of its programme. Pure.

use crate::cases::error::CaseError;
use crate::cases::model::CaseRating;
use crate::kernel::failure::Problem;
use crate::kernel::mutant::{self, Mutant};
use crate::programmes::{EvaluationForm, SCORES};

/// A question with its score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionScore {
    /// Key of the question.
    pub key: String,
    /// The score, 1 to 5.
    pub score: u8,
}

/// What was filled in besides the rating.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledForm {
    /// Keys of the reasons that were chosen.
    pub reasons: Vec<String>,
    /// The scores that were given.
    pub answers: Vec<QuestionScore>,
}

/// What is wrong with what was filled in: reasons and questions that the form has, each once, every score one, and
/// whoever is dissatisfied says why, by a reason or in words.
pub(super) fn unfit(
    form: &EvaluationForm,
    rating: CaseRating,
    filled: &FilledForm,
    note: Option<&str>,
) -> Vec<Problem<CaseError>> {
    let mut problems = vec![];
    for (place, key) in filled.reasons.iter().enumerate() {
        let known = rating != CaseRating::Satisfied && form.reasons.iter().any(|reason| reason.key == *key);
        if !known || filled.reasons.iter().take(place).any(|earlier| earlier == key) {
            problems.push(Problem::at(&format!("reasons.{place}"), CaseError::UnknownReason));
        }
    }
    for (place, answer) in filled.answers.iter().enumerate() {
        let again = filled.answers.iter().take(place).any(|earlier| earlier.key == answer.key);
        if form.question(&answer.key).is_none() || again {
            problems.push(Problem::at(&format!("answers.{place}.key"), CaseError::UnknownQuestion));
        } else if !SCORES.contains(&answer.score) {
            problems.push(Problem::at(&format!("answers.{place}.score"), CaseError::InvalidScore));
        }
    }
    let scored = |key: &str| filled.answers.iter().any(|answer| answer.key == key);
    if form.questions.iter().any(|question| question.required && !scored(&question.key)) {
        problems.push(Problem::at("answers", CaseError::Required));
    }
    let wordless = rating == CaseRating::Dissatisfied && note.is_none() && filled.reasons.is_empty();
    if wordless && !mutant::active(Mutant::NoReason) {
        problems.push(Problem::at("note", CaseError::Required));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::{FilledForm, QuestionScore, unfit};
    use crate::cases::error::CaseError;
    use crate::cases::model::CaseRating;
    use crate::programmes::{Choice, EvaluationForm, Name, Question};

    fn form() -> EvaluationForm {
        let name = || Name { zh: "办理超时".to_owned(), en: "Too late".to_owned() };
        let question = |key: &str, required| Question { key: key.to_owned(), name: name(), required };
        EvaluationForm {
            within: None,
            reasons: vec![Choice { key: "late".to_owned(), name: name() }],
            questions: vec![question("attitude", true), question("speed", false)],
        }
    }

    fn filled(reasons: &[&str], answers: &[(&str, u8)]) -> FilledForm {
        FilledForm {
            reasons: reasons.iter().map(|key| (*key).to_owned()).collect(),
            answers: answers
                .iter()
                .map(|(key, score)| QuestionScore { key: (*key).to_owned(), score: *score })
                .collect(),
        }
    }

    #[test]
    fn what_is_filled_in_fits_the_form() {
        let told = |rating, reasons: &[&str], answers: &[(&str, u8)], note| -> Vec<(String, CaseError)> {
            let problems = unfit(&form(), rating, &filled(reasons, answers), note);
            problems.into_iter().map(|problem| (problem.path.join("."), problem.error)).collect()
        };
        let wrong = |path: &str, error| vec![(path.to_owned(), error)];
        let good: &[(&str, u8)] = &[("attitude", 5)];
        assert!(told(CaseRating::Satisfied, &[], good, None).is_empty());
        assert!(told(CaseRating::Dissatisfied, &["late"], good, None).is_empty(), "a reason is a word");
        assert!(told(CaseRating::Dissatisfied, &[], good, Some("来得太晚")).is_empty());
        assert!(told(CaseRating::BasicallySatisfied, &["late"], good, None).is_empty());
        assert_eq!(told(CaseRating::Dissatisfied, &[], good, None), wrong("note", CaseError::Required));
        assert_eq!(told(CaseRating::Satisfied, &[], &[], None), wrong("answers", CaseError::Required));
        let satisfied_and_late = told(CaseRating::Satisfied, &["late"], good, None);
        assert_eq!(satisfied_and_late, wrong("reasons.0", CaseError::UnknownReason));
        for reasons in [["gone", "late"], ["late", "late"]] {
            let found = told(CaseRating::Dissatisfied, &reasons, good, None);
            assert!(matches!(found.as_slice(), [(_, CaseError::UnknownReason)]), "{found:?}");
        }
        let twice = told(CaseRating::Satisfied, &[], &[("attitude", 5), ("attitude", 4)], None);
        assert_eq!(twice, wrong("answers.1.key", CaseError::UnknownQuestion));
        for score in [0, 6] {
            let found = told(CaseRating::Satisfied, &[], &[("attitude", score)], None);
            assert_eq!(found, wrong("answers.0.score", CaseError::InvalidScore));
        }
    }
}
