//! Cases to which everything happened that can be read of one: by whom, where, how long, and how it was judged.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{Laid, Laying, id};

const CASE: &str = "case { id version }";

/// A case, and its version.
struct Case<'a, 'b> {
    laying: &'b Laying<'a>,
    id: String,
    version: i64,
}

impl<'a, 'b> Case<'a, 'b> {
    async fn report(laying: &'b Laying<'a>, by: &str, more: Value) -> anyhow::Result<Self> {
        let side = laying.side;
        let mut input = json!({
            "categoryId": side.categories["0101"].to_string(),
            "place": { "gridId": side.grids[0][0][0].to_string() },
            "title": format!("{}楼上漏水", side.mark),
            "description": format!("{}楼上漏水，楼下要赔偿。", side.mark),
            "source": "RESIDENT",
            "address": format!("{}人民路一号", side.mark),
            "point": { "coordinateSystem": "WGS84", "latitude": 39.67, "longitude": 106.82 },
            "occurredAt": "2026-11-21T02:00:00Z",
            "reporter": { "name": format!("{}赵某", side.mark), "phone": "13900000002" },
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        let payload = laying.done(by, "caseReport", CASE, input).await?;
        Ok(Self { laying, id: id(&payload, "case")?, version: 1 })
    }

    async fn act(&mut self, by: &str, field: &str, more: Value) -> anyhow::Result<()> {
        let mut input = json!({ "caseId": self.id, "expectedVersion": self.version });
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        let payload = self.laying.done(by, field, CASE, input).await?;
        self.version = payload["case"]["version"].as_i64().context("a version")?;
        Ok(())
    }

    /// It comes to the worker, who starts.
    async fn start(&mut self) -> anyhow::Result<()> {
        let worker = self.laying.side.accounts["worker"].to_string();
        self.act("chief", "caseAccept", json!({})).await?;
        self.act("chief", "caseDispatch", json!({ "target": { "accountId": worker } })).await?;
        self.act("worker", "caseStart", json!({})).await
    }
}

pub(super) async fn lay(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    let watched = watched(laying).await?;
    let mut double = Case::report(laying, "resident", json!({})).await?;
    double.act("chief", "caseMerge", json!({ "masterId": watched.id, "reason": "同一件事" })).await?;
    laid.insert("merged", double.id);
    laid.insert("watched from above", watched.id);
    laid.insert("over, and not judged", over(laying).await?.id);
    laid.insert("judged", judged(laying).await?.id);
    laid.insert("paused", paused(laying).await?.id);
    laid.insert("of another system", ticket(laying).await?.id);
    laid.insert("by a ladder", ladder(laying).await?.id);
    Ok(())
}

/// One that everybody above looks at.
async fn watched<'a, 'b>(laying: &'b Laying<'a>) -> anyhow::Result<Case<'a, 'b>> {
    let justice = laying.side.organisations[1].to_string();
    let mut case = Case::report(laying, "resident", json!({})).await?;
    case.start().await?;
    case.act("commander", "caseUrge", json!({ "note": "请抓紧" })).await?;
    case.act("commander", "caseSupervise", json!({ "level": "YELLOW", "reason": "久拖不决" })).await?;
    case.act("leader", "caseInstruct", json!({ "text": "依法办理" })).await?;
    case.act("leader", "caseTakeCharge", json!({ "note": "由我包案" })).await?;
    let targets = json!([{ "organisationId": justice }]);
    case.act("commander", "caseCoHandle", json!({ "targets": targets, "reason": "请协办" })).await?;
    case.act("mediator", "caseAssist", json!({ "result": "已到场" })).await?;
    let sanitation = laying.side.categories["0201"].to_string();
    case.act("chief", "caseChangeCategory", json!({ "categoryId": sanitation, "reason": "是垃圾" })).await?;
    case.act("worker", "caseRequestExtension", json!({ "amount": 8, "reason": "等待鉴定" })).await?;
    Ok(case)
}

/// One that is over.
async fn over<'a, 'b>(laying: &'b Laying<'a>) -> anyhow::Result<Case<'a, 'b>> {
    let mut case = Case::report(laying, "resident", json!({})).await?;
    case.start().await?;
    case.act("worker", "caseComplete", json!({ "result": "已修好" })).await?;
    case.act("chief", "caseVerify", json!({ "note": "属实", "score": 5 })).await?;
    case.act("chief", "caseClose", json!({})).await?;
    Ok(case)
}

/// One that is over, and of which everybody said what they think.
async fn judged<'a, 'b>(laying: &'b Laying<'a>) -> anyhow::Result<Case<'a, 'b>> {
    let mut case = over(laying).await?;
    let answers = json!([]);
    let judgement = json!({ "rating": "SATISFIED", "note": "谢谢", "reasons": [], "answers": answers });
    case.act("resident", "caseEvaluate", judgement).await?;
    let visit = json!({ "channel": "PHONE", "contact": "REACHED", "rating": "SATISFIED", "note": "满意" });
    case.act("chief", "caseReturnVisit", visit).await?;
    Ok(case)
}

/// One whose clock stands still.
async fn paused<'a, 'b>(laying: &'b Laying<'a>) -> anyhow::Result<Case<'a, 'b>> {
    let mut case = Case::report(laying, "resident", json!({})).await?;
    case.start().await?;
    case.act("chief", "casePause", json!({ "reason": "等待鉴定" })).await?;
    Ok(case)
}

/// One that another system sent, which is told what becomes of it.
async fn ticket<'a, 'b>(laying: &'b Laying<'a>) -> anyhow::Result<Case<'a, 'b>> {
    let side = laying.side;
    let more = json!({
        "source": "UPPER_PLATFORM", "external": { "number": format!("T-{}", side.code), "source": "province" },
        "reportedUnitId": side.villages[0][1].to_string(), "reportedAt": "2026-11-21T03:00:00Z",
    });
    let mut case = Case::report(laying, "api", more).await?;
    case.start().await?;
    Ok(case)
}

/// One that goes by a programme with fields of every kind and a limit for each stage.
async fn ladder<'a, 'b>(laying: &'b Laying<'a>) -> anyhow::Result<Case<'a, 'b>> {
    let side = laying.side;
    let value = |key: &str, value: Value| json!({ "key": key, "value": value });
    let fields = json!([
        value("headcount", json!({ "number": 3 })),
        value("amount", json!({ "money": "1200.00" })),
        value("leader", json!({ "accountId": side.accounts["leader"].to_string() })),
        value("mediation", json!({ "choiceKey": "people" })),
        value("agreement", json!({ "text": "协议一号" })),
        value("since", json!({ "date": "2026-11-01" })),
        value("beside", json!({ "unitId": side.villages[0][1].to_string() })),
    ]);
    let more = json!({ "source": "HOTLINE_12345", "programmeKey": "ladder", "fields": fields });
    let mut case = Case::report(laying, "commander", more).await?;
    case.act("chief", "caseStart", json!({})).await?;
    Ok(case)
}
