//! What a case counts as, how its settlement was judged, and the return visits that were made.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use fengqiao_domain::cases as domain;

use super::enums::{CaseContactState, CaseRatingKind, CaseVisitChannelKind};
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::kit::weight::list_size;
use crate::graphql::programmes::outline_of;

/// What a case counts as by its programme (办结、按时、返工). It is decided once, and a calendar that changes later does not
/// change it.
#[derive(SimpleObject)]
pub struct CaseOutcome {
    /// Whether it counts as closed (办结).
    is_closed: bool,
    /// Whether it was on time (按时); null while that is not judged, and where it has no limit.
    is_on_time: Option<bool>,
    /// When the time that was judged ended: the result that stood was reported, or the case was closed.
    judged_at: Option<DateTime>,
    /// Whether it was reworked (返工).
    is_reworked: bool,
    /// How often it was reworked.
    reworks: u32,
}

impl From<domain::CaseOutcome> for CaseOutcome {
    fn from(outcome: domain::CaseOutcome) -> Self {
        Self {
            is_closed: outcome.closed,
            is_on_time: outcome.judgement.map(|judgement| judgement.on_time),
            judged_at: outcome.judgement.map(|judgement| DateTime(judgement.at)),
            is_reworked: outcome.reworks > 0,
            reworks: outcome.reworks,
        }
    }
}

/// What a case counts as by the programme that it follows.
pub(super) async fn outcome_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<CaseOutcome> {
    let programme = outline_of(ctx, case.programme).await?;
    Ok(domain::CaseOutcome::of(case, &programme.counts).into())
}

/// The judgement on a closed case.
pub struct CaseEvaluation(pub domain::Evaluation);

/// The judgement on a closed case (评价).
#[Object]
impl CaseEvaluation {
    /// The judgement.
    async fn rating(&self) -> CaseRatingKind {
        self.0.rating.into()
    }

    /// When it was given.
    async fn evaluated_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Keys of the reasons that were chosen from the form of its programme, at most 20.
    async fn reasons(&self) -> &[String] {
        &self.0.filled.reasons
    }

    /// The questions of the form that were scored, at most 20.
    #[graphql(directive = list_size::apply(Some(20), None))]
    async fn answers(&self) -> Vec<CaseQuestionScore> {
        let scored = self.0.filled.answers.iter();
        scored.map(|answer| CaseQuestionScore { key: answer.key.clone(), score: answer.score }).collect()
    }
}

/// A question of the evaluation form (评价表) with its score.
#[derive(SimpleObject)]
pub struct CaseQuestionScore {
    /// Key of the question in the form of the programme.
    key: String,
    /// The score, 1 to 5, 5 for the best.
    score: u8,
}

/// A question of the evaluation form (评价表) with its score.
#[derive(InputObject)]
pub struct CaseQuestionScoreInput {
    /// Key of the question in the form of the programme, at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    key: String,
    /// The score, 1 to 5, 5 for the best.
    score: i32,
}

impl CaseQuestionScoreInput {
    /// The score with its question; what is no score at all counts as none.
    pub(super) fn parsed(self) -> domain::QuestionScore {
        domain::QuestionScore { key: self.key, score: u8::try_from(self.score).unwrap_or_default() }
    }
}

/// A return visit that was made.
pub struct CaseReturnVisit(pub domain::ReturnVisit);

/// A return visit (回访) that was made; what was said stands in the timeline.
#[Object]
impl CaseReturnVisit {
    /// How it was made.
    async fn channel(&self) -> CaseVisitChannelKind {
        self.0.channel.into()
    }

    /// Whether anybody was reached.
    async fn contact(&self) -> CaseContactState {
        self.0.contact().into()
    }

    /// What they make of the result; null when nobody was reached.
    async fn rating(&self) -> Option<CaseRatingKind> {
        self.0.rating.map(Into::into)
    }

    /// When it was made.
    async fn visited_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Who made it; null for whom the caller may not know.
    async fn visited_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.by).await.map_err(Into::into).transpose()
    }
}
