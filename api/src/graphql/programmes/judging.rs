//! What the cases of a programme count as, and what whoever judges them is asked.

use async_graphql::{Enum, SimpleObject};
use fengqiao_domain::programmes as domain;

use super::outline::FieldChoice;
use crate::graphql::cases::CaseActKind;
use crate::graphql::catalogue::CaseLimit;
use crate::graphql::kit::weight::list_size;

/// What ends the time by which it is judged whether a case was on time (按时).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::JudgedUntil")]
pub enum JudgedUntilKind {
    /// The result that stood was reported (办结).
    Complete,
    /// The case was closed (结案).
    Close,
}

/// By which limits it is judged whether a case was on time (按时).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::JudgedLimits")]
pub enum JudgedLimitsKind {
    /// That of the whole alone.
    Whole,
    /// That of the whole and that of each stage it was at.
    Every,
}

/// What the cases of a programme count as.
#[derive(SimpleObject)]
pub struct ProgrammeCounts {
    /// Keys of the stages at which a case counts as closed (办结).
    closed_stages: Vec<String>,
    /// What ends the time by which it is judged whether a case was on time (按时).
    on_time_until: JudgedUntilKind,
    /// By which limits that is judged.
    on_time_limits: JudgedLimitsKind,
    /// The acts that make a case reworked (返工), at most 3.
    rework_acts: Vec<CaseActKind>,
}

impl From<&domain::Counts> for ProgrammeCounts {
    fn from(counts: &domain::Counts) -> Self {
        Self {
            closed_stages: counts.closed.clone(),
            on_time_until: counts.on_time.until.into(),
            on_time_limits: counts.on_time.limits.into(),
            rework_acts: counts.reworked.iter().copied().map(Into::into).collect(),
        }
    }
}

/// What whoever judges the settlement of a case is asked besides the rating (评价表).
#[derive(SimpleObject)]
pub struct ProgrammeEvaluation {
    /// How long after the closing a case is judged; null for as long as anybody likes.
    within: Option<CaseLimit>,
    /// What somebody who is not satisfied chooses from, in order, at most 20.
    #[graphql(directive = list_size::apply(Some(20), None))]
    reasons: Vec<FieldChoice>,
    /// What is scored from 1 to 5, in order, at most 20.
    #[graphql(directive = list_size::apply(Some(20), None))]
    questions: Vec<EvaluationQuestion>,
}

/// A question that is scored from 1 to 5.
#[derive(SimpleObject)]
pub struct EvaluationQuestion {
    /// Key within the form.
    key: String,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// Whether nobody judges without a score.
    is_required: bool,
}

impl From<&domain::EvaluationForm> for ProgrammeEvaluation {
    fn from(form: &domain::EvaluationForm) -> Self {
        let question = |question: &domain::Question| EvaluationQuestion {
            key: question.key.clone(),
            name_zh: question.name.zh.clone(),
            name_en: question.name.en.clone(),
            is_required: question.required,
        };
        Self {
            within: form.within.map(Into::into),
            reasons: form.reasons.iter().map(FieldChoice::from).collect(),
            questions: form.questions.iter().map(question).collect(),
        }
    }
}
