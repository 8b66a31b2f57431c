//! What is over of posts, teams, duties and visits, and what a district set for itself.

use serde_json::json;

use super::{Laid, Laying, id};

pub(super) async fn lay(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    visits(laying, laid).await?;
    ground(laying, laid).await?;
    force(laying, laid).await
}

async fn visits(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    let side = laying.side;
    let visit = json!({
        "subject": { "kind": "HOUSEHOLD", "name": format!("{}户主", side.mark) },
        "purpose": "ROUTINE", "outcome": "MET", "place": { "gridId": side.grids[0][0][0].to_string() },
        "point": { "coordinateSystem": "WGS84", "latitude": 39.67, "longitude": 106.82 },
        "caseId": laid["watched from above"],
    });
    let made = laying.done("worker", "visitRecord", "visit { id }", visit).await?;
    let visit = id(&made, "visit")?;
    let over = json!({ "visitId": visit, "reason": "记错了" });
    laying.done("worker", "visitVoid", "visit { id }", over).await?;
    laid.insert("a visit that was voided", visit);
    Ok(())
}

/// A grid with its outline, a category with everything, a unit that is not yet, and what the district samples.
async fn ground(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    let side = laying.side;
    let ring = "[[[106.8,39.6],[106.9,39.6],[106.9,39.7],[106.8,39.6]]]";
    let geojson = format!("{{\"type\":\"Polygon\",\"coordinates\":{ring}}}");
    let boundary = json!({ "coordinateSystem": "WGS84", "geojson": geojson });
    let grid = json!({
        "villageId": side.villages[1][0].to_string(), "name": format!("第三网格{}", side.mark), "kind": "BASIC", "boundary": boundary,
    });
    let made = laying.done("system", "gridCreate", "grid { id }", grid).await?;
    laid.insert("a grid with an outline", id(&made, "grid")?);
    let category = json!({
        "code": "0299", "nameZh": format!("其他{}", side.mark), "nameEn": "Other", "sensitivity": "NORMAL",
        "parentId": side.categories["02"].to_string(), "nationalCode": "0601", "routing": "OWNER_FIRST",
        "similarHours": 24, "similarMetres": 50,
    });
    let made = laying.done("system", "categoryCreate", "category { id }", category).await?;
    laid.insert("a category with everything", id(&made, "category")?);
    let village = json!({
        "code": format!("{}001099", side.code), "codeSystem": "NBS", "codeYear": 2026, "name": format!("新设村{}", side.mark),
        "parentId": side.towns[0].to_string(), "state": "PLANNED", "liveOn": "2027-01-01",
    });
    let made = laying.done("system", "unitCreate", "unit { id }", village).await?;
    laid.insert("a village that is to be", id(&made, "unit")?);
    let sample = json!({
        "name": format!("抽查二{}", side.mark), "categoryId": side.categories["01"].to_string(), "programmeKey": "grid_event",
        "closedFromOn": "2026-11-01", "closedUntilOn": "2026-11-30", "size": { "percent": 100 },
    });
    let made = laying
        .done("commander", "caseSampleCreate", "caseSample { id items { nodes { case { id } } } }", sample)
        .await?;
    laid.insert("a sample that was looked at", id(&made, "caseSample")?);
    let case = made["caseSample"]["items"]["nodes"][0]["case"]["id"].clone();
    let looked = json!({
        "caseSampleId": id(&made, "caseSample")?, "caseId": case, "finding": "FAILED", "note": "照片不符",
    });
    laying.done("commander", "caseSampleCheck", "caseSample { id }", looked).await.map(drop)
}

async fn force(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    let side = laying.side;
    let organisation = side.organisations[1].to_string();
    let member = json!({
        "name": format!("{}钱某", side.mark), "unitId": side.villages[0][0].to_string(), "organisationId": organisation,
        "accountId": side.accounts["chief"].to_string(), "phone": "13800001234", "code": "S-9",
    });
    let made = laying.done("townadmin", "staffMemberCreate", "staffMember { id }", member).await?;
    let member = id(&made, "staffMember")?;
    let team = json!({
        "code": "T-9", "kind": "MEDIATION", "name": format!("调解队{}", side.mark), "unitId": side.villages[0][0].to_string(),
        "organisationId": organisation, "leaderId": member,
    });
    let made = laying.done("townadmin", "teamCreate", "team { id }", team).await?;
    laid.insert("a team of an organisation", id(&made, "team")?);
    laid.insert("a member with an account", member);
    posts(laying, laid).await?;
    let headcount = json!({
        "planned": 3, "postKindId": side.force.post.map(|post| post.to_string()), "unitId": side.villages[0][0].to_string(),
    });
    laying.done("townadmin", "headcountSet", "headcount { planned }", headcount).await?;
    Ok(())
}

/// Posts that are over or for a while, and the kinds of posts that a village must have.
async fn posts(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    let side = laying.side;
    let kind = json!({
        "code": "helper", "nameZh": format!("协管员{}", side.mark), "nameEn": "Helper", "employmentKind": "PART_TIME",
        "isExclusive": false, "role": "PART_TIME_WORKER", "targetKinds": ["GRID"],
    });
    let made = laying.done("system", "postKindCreate", "postKind { id }", kind).await?;
    let kind = id(&made, "postKind")?;
    let post = json!({
        "postKindId": kind, "staffMemberId": laid["a member with an account"], "target": { "gridId": side.grids[0][0][1].to_string() },
        "document": "镇政发〔2026〕1号", "untilAt": "2027-11-22T00:00:00Z",
    });
    let made = laying.done("townadmin", "appointmentCreate", "appointment { id }", post).await?;
    let post = id(&made, "appointment")?;
    let other = json!({ "name": format!("{}孙某", side.mark), "unitId": side.villages[0][0].to_string() });
    let made = laying.done("townadmin", "staffMemberCreate", "staffMember { id }", other).await?;
    let stand_in = json!({
        "appointmentId": post, "staffMemberId": id(&made, "staffMember")?, "untilAt": "2026-12-22T00:00:00Z",
    });
    let made = laying.done("townadmin", "appointmentStandIn", "appointment { id }", stand_in).await?;
    laid.insert("a post of somebody else's", id(&made, "appointment")?);
    laid.insert("a post for a while", post);
    let rule = json!({ "requirements": [{
        "gridKind": "BASIC", "minimum": 1, "nameZh": "协管员", "nameEn": "Helper", "postKindIds": [kind],
    }] });
    laying.done("system", "staffingRuleSet", "staffingRule { sinceAt }", rule).await?;
    laid.insert("a kind of post with a role", kind);
    let member = json!({ "teamId": laid["a team of an organisation"], "staffMemberId": laid["a member with an account"] });
    let made = laying.done("townadmin", "teamMembershipCreate", "teamMembership { id }", member).await?;
    let over = json!({ "teamMembershipId": id(&made, "teamMembership")?, "untilAt": "2027-01-01T00:00:00Z" });
    laying.done("townadmin", "teamMembershipEnd", "teamMembership { id }", over).await.map(drop)
}
