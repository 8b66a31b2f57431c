//! What a case counts as, how its settlement was judged, and the return visits that were made, as its row keeps them.

use sea_orm::sea_query::Expr;
use serde_json::{Value, json};
use uuid::Uuid;

use fengqiao_entity::cases::case::{self, Column};

use crate::cases::evaluation::{FilledForm, QuestionScore};
use crate::cases::model::{Case, Evaluation};
use crate::cases::outcome::Judgement;
use crate::cases::return_visit::ReturnVisit;
use crate::cases::store::{optional, parsed};
use crate::kernel::id::{AccountId, Timestamp};
use crate::store::{StoreError, Update};

/// One return visit: how, the rating, when, and who made it.
type VisitRow = (String, Option<String>, i64, Option<Uuid>);

pub(super) fn judgement(row: &case::Model) -> Option<Judgement> {
    row.on_time.zip(row.judged_at).map(|(on_time, at)| Judgement { on_time, at })
}

pub(super) fn evaluation(row: &case::Model) -> Result<Option<Evaluation>, StoreError> {
    let rating = optional("evaluation", row.evaluation.as_deref())?;
    let Some((rating, at)) = rating.zip(row.evaluated_at) else { return Ok(None) };
    let filled = row.evaluation_form.as_deref().map(filled).transpose()?.unwrap_or_default();
    Ok(Some(Evaluation { rating, at, filled }))
}

/// `[["late"], [["attitude", 4], …]]`: the reasons, and the questions with their scores.
fn filled(text: &str) -> Result<FilledForm, StoreError> {
    let rows: (Vec<String>, Vec<(String, u8)>) =
        serde_json::from_str(text).map_err(|_| StoreError::corrupt("cases", "evaluation_form", text))?;
    let answers = rows.1.into_iter().map(|(key, score)| QuestionScore { key, score }).collect();
    Ok(FilledForm { reasons: rows.0, answers })
}

/// Nothing where nothing was filled in.
pub(super) fn filled_text(case: &Case) -> Option<String> {
    let filled = &case.evaluation.as_ref()?.filled;
    let answers: Vec<Value> = filled.answers.iter().map(|answer| json!([answer.key, answer.score])).collect();
    (*filled != FilledForm::default()).then(|| json!([filled.reasons, answers]).to_string())
}

/// `[["phone", "satisfied", 1795334400000000, "0193…"], …]`, oldest first.
pub(super) fn visits(text: &str) -> Result<Vec<ReturnVisit>, StoreError> {
    let rows: Vec<VisitRow> =
        serde_json::from_str(text).map_err(|_| StoreError::corrupt("cases", "return_visits", text))?;
    let visit = |(channel, rating, at, by): VisitRow| {
        Ok(ReturnVisit {
            channel: parsed("cases", "return_visits", &channel)?,
            rating: optional("return_visits", rating.as_deref())?,
            at: Timestamp(at),
            by: by.map(AccountId::from_uuid),
        })
    };
    rows.into_iter().map(visit).collect()
}

pub(super) fn visits_text(case: &Case) -> String {
    let row = |visit: &ReturnVisit| {
        let rating = visit.rating.map(<&'static str>::from);
        json!([<&'static str>::from(visit.channel), rating, visit.at.micros(), visit.by.map(AccountId::uuid)])
    };
    Value::Array(case.return_visits.iter().map(row).collect()).to_string()
}

/// Writes the columns of this file.
pub(super) fn set<'a>(update: Update<'a, case::Entity>, row: &case::Model) -> Update<'a, case::Entity> {
    update
        .set(Column::OnTime, Expr::val(row.on_time))
        .set(Column::JudgedAt, Expr::val(row.judged_at))
        .set(Column::Reworks, Expr::val(row.reworks))
        .set(Column::Evaluation, Expr::val(row.evaluation.clone()))
        .set(Column::EvaluatedAt, Expr::val(row.evaluated_at))
        .set(Column::EvaluationForm, Expr::val(row.evaluation_form.clone()))
        .set(Column::EvaluableUntil, Expr::val(row.evaluable_until))
        .set(Column::ReturnVisits, Expr::val(row.return_visits.clone()))
        .set(Column::VisitedAt, Expr::val(row.visited_at))
}
