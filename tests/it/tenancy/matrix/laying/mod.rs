//! What the mirrored districts lack of what an answer can hold: it is done over HTTP by whoever may, before anybody is asked.

mod cases;
mod ended;
mod papers;

use std::collections::BTreeMap;

use anyhow::Context as _;
use fengqiao_domain::Sealer;
use fengqiao_tests::{Actor, Mirror, Served, Side};
use serde_json::{Value, json};

use crate::sweep::named::Kind;
use crate::sweep::stage::Sql;

/// Ids of what was laid in a district, by what the table calls it.
pub(super) type Laid = BTreeMap<&'static str, String>;

/// Whose fields are rows beside those of what the mirror has, by type.
pub(super) const LAID: [(&str, &str); 26] = [
    ("Case", "merged"),
    ("Case", "watched from above"),
    ("Case", "judged"),
    ("Case", "paused"),
    ("Case", "of another system"),
    ("Case", "by a ladder"),
    ("CaseSample", "a sample that was looked at"),
    ("Category", "a category with everything"),
    ("Export", "a file that waits"),
    ("Export", "a file that may go"),
    ("ExportReview", "a review that waits"),
    ("Grid", "a grid with an outline"),
    ("StaffMember", "a member with an account"),
    ("Team", "a team of an organisation"),
    ("Visit", "a visit that was voided"),
    ("Webhook", "a webhook for what came from one"),
    ("Webhook", "a webhook that is told nothing more"),
    ("Tenant", "the district"),
    ("AuditEntry", "an entry of the trail"),
    ("Appointment", "a post for a while"),
    ("Appointment", "a post of somebody else's"),
    ("ExchangePartner", "a partner with everything"),
    ("ExchangePartner", "a partner that is told nothing more"),
    ("Import", "a file that is awaited"),
    ("PostKind", "a kind of post with a role"),
    ("Unit", "a village that is to be"),
];

/// One of each kind that the mirror does not know by name, of either district.
pub(super) fn kinds(laid: &[Laid; 2]) -> BTreeMap<Kind, [String; 2]> {
    let names = [
        (Kind::ClientSecret, "a secret"),
        (Kind::Export, "a file that went out"),
        (Kind::ExportReview, "a review"),
        (Kind::IdentityProvider, "a provider"),
        (Kind::Import, "a file that came in"),
    ];
    let found = names.into_iter().filter_map(|(kind, name)| {
        let [own, other] = [laid[0].get(name)?.clone(), laid[1].get(name)?.clone()];
        Some((kind, [own, other]))
    });
    found.collect()
}

/// A district in which something is laid.
struct Laying<'a> {
    served: &'a Served,
    side: &'a Side,
}

impl Laying<'_> {
    async fn by(&self, login: &str) -> anyhow::Result<Actor> {
        self.served.sign_in(&format!("{login}@{}", self.side.code)).await
    }

    /// Somebody has something changed, and it is: what is answered.
    async fn done(&self, login: &str, field: &str, selection: &str, input: Value) -> anyhow::Result<Value> {
        let by = self.by(login).await?;
        let by = if login == "api" { by.into_program() } else { by };
        let answer =
            by.mutate(field, &format!("{selection} userErrors {{ code path message }}"), input).await?;
        Ok(answer.payload().with_context(|| format!("{field} by {login}: {}", answer.text))?.clone())
    }
}

/// The id at a place of what was answered.
fn id(payload: &Value, place: &str) -> anyhow::Result<String> {
    Ok(payload[place]["id"].as_str().with_context(|| format!("{payload} has no id at {place}"))?.to_owned())
}

/// Lays everything: the ids by side.
pub(super) async fn lay(served: &Served, mirror: &Mirror) -> anyhow::Result<[Laid; 2]> {
    let mut laid = <[Laid; 2]>::default();
    for (side, laid) in mirror.sides.iter().zip(&mut laid) {
        let laying = Laying { served, side };
        papers::lay(&laying, laid).await?;
        cases::lay(&laying, laid).await?;
        ended::lay(&laying, laid).await?;
        Sealer::new(served.services().db.clone()).step().await?;
        laid.insert("the district", side.tenant.to_string());
        let entry = Sql(&served.world).first_of("audit_entries", side.accounts["worker"].uuid()).await?;
        laid.insert("an entry of the trail", format!("audit_{entry}"));
    }
    crate::webhooks::placed(served).await?;
    papers::send(served).await?;
    Ok(laid)
}

/// The cases that a mutation is tried on beside those of the mirror.
pub(super) fn acted_on(laid: &Laid) -> impl Iterator<Item = (String, String)> {
    let names = ["watched from above", "paused", "by a ladder", "over, and not judged"];
    names.into_iter().filter_map(|name| Some((name.to_owned(), laid.get(name)?.clone())))
}

/// What is given to a query so that it has something to answer.
pub(super) fn given(field: &str, side: &Side, laid: &Laid) -> Option<Value> {
    Some(match field {
        "clientSecrets" => json!({ "accountId": side.accounts["api"].to_string() }),
        "similarCases" => json!({ "to": { "caseId": laid["judged"] } }),
        "exchangeReconcile" => json!({ "input": {
            "partnerId": laid["a partner with everything"], "fromAt": "2026-11-20T00:00:00Z", "untilAt": "2026-11-23T00:00:00Z",
            "theirs": [{ "number": "T-0", "standing": "OPEN" }],
        } }),
        "programmeSimulate" => json!({ "input": {
            "source": { "templateKey": "dispute_ladder" }, "startedAt": "2026-11-23T01:00:00Z",
            "categoryLimit": { "amount": 24, "kind": "URGENT_HOUR" },
            "steps": [
                { "act": "START", "occurredAt": "2026-11-23T02:00:00Z", "relation": "TERRITORY" },
                { "act": "VERIFY", "occurredAt": "2026-11-23T02:30:00Z", "relation": "OVERSIGHT" },
            ],
        } }),
        _ => return None,
    })
}
