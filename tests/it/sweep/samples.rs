//! What every argument is given: names of things by the kinds of `named`.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::Side;
use serde_json::{Map, Value, json};

use crate::sweep::contract::{Contract, Member, Shape};
use crate::sweep::named::{Kind, kind};
use crate::sweep::reach::told;

/// Whose things an argument names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The caller's own, or what everyone in the tenant may know.
    Own,
    /// Of the own tenant, out of the caller's reach.
    Hidden,
    /// Of the other tenant.
    Foreign,
    /// Never given to anything.
    Never,
}

/// Names of things, as one caller is to send them.
pub(crate) struct Samples<'a> {
    pub(crate) sides: &'a [Side; 2],
    pub(crate) login: &'a str,
    /// A case that the caller does not see, if there is one.
    pub(crate) hidden: Option<(String, String)>,
    /// What either side has of kinds that the mirror does not know by name.
    pub(crate) laid: BTreeMap<Kind, [String; 2]>,
    pub(crate) scope: &'a Scope,
}

const NEVER: &str = "01900000-0000-7000-8000-000000000000";

impl Samples<'_> {
    /// Names of a kind: one, but for [`Kind::Any`].
    pub(crate) fn names(&self, kind: Kind, whose: Whose) -> anyhow::Result<Vec<String>> {
        let side = &self.sides[usize::from(whose == Whose::Foreign)];
        let never = |prefix: &str| format!("{prefix}_{NEVER}");
        let known = |prefix: &str, id: String| if whose == Whose::Never { never(prefix) } else { id };
        let laid = |prefix: &str| match self.laid.get(&kind) {
            Some(ids) if whose != Whose::Never => ids[usize::from(whose == Whose::Foreign)].clone(),
            _ => never(prefix),
        };
        Ok(vec![match kind {
            Kind::Account if whose == Whose::Hidden => side.accounts["far"].to_string(),
            Kind::Account => {
                let own = if whose == Whose::Own { self.scope.account() } else { None };
                known("account", own.unwrap_or(side.accounts["worker"]).to_string())
            }
            Kind::AccountName => {
                format!("{}@{}", if whose == Whose::Never { "nobody" } else { "worker" }, side.code)
            }
            Kind::Case | Kind::CaseNumber => return self.case(kind, whose, side).map(|name| vec![name]),
            Kind::Appointment => known("appointment", shown(side.force.appointment)?),
            Kind::Category => known("category", side.categories["01"].to_string()),
            // Codes are the same in every tenant: a foreign one is the own one.
            Kind::CategoryCode => (if whose == Whose::Own { "01" } else { "77" }).to_owned(),
            Kind::Duty => known("duty", shown(side.duty)?),
            // Files are their bringer's alone, and nobody brought any.
            Kind::Attachment => known("attachment", shown(side.attachments.first())?),
            Kind::Export => laid("export"),
            Kind::ExportReview => laid("exportreview"),
            Kind::Import => laid("import"),
            Kind::Grant => laid("grant"),
            Kind::Grid => known("grid", side.grids[0][0][0].to_string()),
            Kind::GridCode if whose == Whose::Never => "150304001001001".to_owned(),
            Kind::GridCode => format!("{}001001001", side.code),
            Kind::Group => known("group", side.group.to_string()),
            Kind::Membership => known("membership", shown(side.force.membership)?),
            Kind::Organisation => known("org", side.organisations[1].to_string()),
            Kind::Post => known("post", shown(side.force.post)?),
            Kind::Programme => known("programme", shown(side.programme)?),
            Kind::Sample => known("sample", shown(side.sample)?),
            Kind::Session => laid("session"),
            Kind::StaffMember => known("staff", shown(side.force.members.last().copied())?),
            Kind::Team => known("team", shown(side.force.team)?),
            Kind::Unit => known("unit", side.villages[0][0].to_string()),
            Kind::UnitCode if whose == Whose::Never => "150304001001".to_owned(),
            Kind::UnitCode => format!("{}001001", side.code),
            Kind::Visit => {
                // One's own, where one made one.
                let mine = side.visits.iter().find(|visit| visit.by == self.login && whose == Whose::Own);
                known("visit", shown(mine.or(side.visits.first()).map(|visit| visit.id))?)
            }
            Kind::Partner => known("partner", shown(side.partner)?),
            Kind::Webhook => known("webhook", shown(side.webhook)?),
            Kind::WebhookDelivery => laid("delivery"),
            Kind::ClientSecret => laid("clientsecret"),
            Kind::ExternalIdentity => laid("externalidentity"),
            Kind::IdentityProvider => laid("identityprovider"),
            Kind::OversightGrant => laid("oversightgrant"),
            Kind::Any => return self.every(whose, side),
            Kind::Text(text) => text.to_owned(),
        }])
    }

    fn case(&self, kind: Kind, whose: Whose, side: &Side) -> anyhow::Result<String> {
        let number = kind == Kind::CaseNumber;
        let laid = told(side, "accepted", 0, 0)?;
        Ok(match (whose, &self.hidden) {
            (Whose::Never, _) if number => format!("{}-2026-999999", self.sides[0].code),
            (Whose::Never, _) => format!("case_{NEVER}"),
            (Whose::Hidden, Some((id, own_number))) => (if number { own_number } else { id }).clone(),
            (Whose::Hidden, None) => bail!("{} sees every case", self.login),
            _ if number => laid.number.clone(),
            _ => laid.id.to_string(),
        })
    }

    fn every(&self, whose: Whose, side: &Side) -> anyhow::Result<Vec<String>> {
        let kinds = [
            Kind::Account,
            Kind::Appointment,
            Kind::Attachment,
            Kind::Case,
            Kind::Category,
            Kind::Grid,
            Kind::Group,
            Kind::Organisation,
            Kind::Post,
            Kind::Programme,
            Kind::Sample,
            Kind::StaffMember,
            Kind::Team,
            Kind::Unit,
            Kind::Visit,
            Kind::Partner,
            Kind::Webhook,
        ];
        // Only some kinds can be hidden; the others stand in with a name never given.
        let whose_of = |kind: Kind| {
            if whose == Whose::Hidden && !kind.can_be_hidden(self.login) { Whose::Never } else { whose }
        };
        let mut names = vec![];
        for kind in kinds {
            names.extend(self.names(kind, whose_of(kind))?);
        }
        let whose = if whose == Whose::Hidden { Whose::Never } else { whose };
        names.push(if whose == Whose::Never { format!("tenant_{NEVER}") } else { side.tenant.to_string() });
        Ok(names)
    }
}

/// The text of an id that the mirror has.
fn shown<I: std::fmt::Display>(id: Option<I>) -> anyhow::Result<String> {
    Ok(id.context("the mirror has one")?.to_string())
}

/// A place in the arguments of a field that names something: the way to it, and of what kind it is.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) path: Vec<String>,
    pub(crate) kind: Kind,
}

/// Every place below some arguments that names something; fails for an argument without a sample.
pub(crate) fn spots(contract: &Contract, owner: &str, members: &[Member]) -> anyhow::Result<Vec<Spot>> {
    let mut spots = written(contract, owner, members)?;
    spots.retain(|spot| spot.kind.names_something());
    Ok(spots)
}

/// Every place below some arguments where a text is written, whether or not it names something.
pub(crate) fn written(contract: &Contract, owner: &str, members: &[Member]) -> anyhow::Result<Vec<Spot>> {
    let mut found = vec![];
    for member in members {
        let coordinate = format!("{owner}.{}", member.name);
        let mut below = match (contract.shape(&member.base)?, member.base.as_str()) {
            (Shape::Input { members, .. }, base) => written(contract, base, members)?,
            (Shape::Leaf(_), "ID" | "String") => {
                vec![Spot { path: vec![], kind: kind(&coordinate)? }]
            }
            (Shape::Leaf(values), base) => {
                scalar(base, values).with_context(|| coordinate.clone())?;
                vec![]
            }
            (other, base) => bail!("{coordinate}: {base} is no input but {other:?}"),
        };
        for spot in &mut below {
            spot.path.insert(0, member.name.clone());
        }
        found.extend(below);
    }
    Ok(found)
}

/// The members of an input, or the arguments of a field.
pub(crate) struct Inputs<'a> {
    owner: &'a str,
    members: &'a [Member],
    /// Whether exactly one of them is given.
    one_of: bool,
}

impl<'a> Inputs<'a> {
    pub(crate) fn arguments(owner: &'a str, field: &'a Member) -> Self {
        Self { owner, members: &field.arguments, one_of: false }
    }
}

/// Values for some arguments: what is required, and the way to one place, whose name is `name`.
pub(crate) fn filled(
    contract: &Contract,
    inputs: &Inputs<'_>,
    way: Option<(&[String], &str)>,
    samples: &Samples<'_>,
) -> anyhow::Result<Map<String, Value>> {
    let Inputs { owner, members, one_of } = *inputs;
    let on_way = |member: &Member| way.filter(|(path, _)| path.first() == Some(&member.name));
    let chosen = |(position, member): &(usize, &Member)| match (one_of, way) {
        (true, Some(_)) => on_way(member).is_some(),
        (true, None) => *position == 0,
        (false, _) => member.required || on_way(member).is_some() || needed(owner, member, way),
    };
    let mut values = Map::new();
    for (_, member) in members.iter().enumerate().filter(chosen) {
        let coordinate = format!("{owner}.{}", member.name);
        let below = on_way(member).map(|(path, name)| (&path[1..], name));
        let value = match contract.shape(&member.base)? {
            Shape::Input { members, one_of } => {
                let inputs = Inputs { owner: &member.base, members, one_of: *one_of };
                Value::Object(filled(contract, &inputs, below, samples)?)
            }
            Shape::Leaf(_) if matches!(member.base.as_str(), "ID" | "String") => {
                let own = || samples.names(kind(&coordinate)?, Whose::Own);
                let name = match below {
                    Some((_, name)) => name.to_owned(),
                    None => own()?.into_iter().next().context("a sample")?,
                };
                Value::String(name)
            }
            Shape::Leaf(_) if coordinate == EXPORTED => Value::from(exported(way)),
            Shape::Leaf(values) => scalar(&member.base, values)?,
            other => bail!("{coordinate}: {other:?}"),
        };
        let value = if member.list { Value::Array(vec![value]) } else { value };
        values.insert(member.name.clone(), value);
    }
    Ok(values)
}

const EXPORTED: &str = "ExportStartInput.kind";

/// What is taken out: what most may, unless the trail is searched.
fn exported(given: Option<(&[String], &str)>) -> &'static str {
    let searched = given.and_then(|(path, _)| path.first()).is_some_and(|name| name == "auditEntryFilter");
    if searched { "AUDIT_ENTRIES" } else { "CASES" }
}

/// What an input needs although its type does not say so: one of two ways to name a successor, and a place where there is no point.
fn needed(owner: &str, member: &Member, way: Option<(&[String], &str)>) -> bool {
    let elsewhere = way.is_none_or(|(path, _)| path.first().is_none_or(|name| name != "successorId"));
    match owner {
        "UnitMergeInput" => member.name == "newUnit" && elsewhere,
        "CaseReportInput" | "VisitRecordInput" => member.name == "place",
        _ => false,
    }
}

fn scalar(base: &str, values: &[String]) -> anyhow::Result<Value> {
    if let Some(first) = values.first() {
        return Ok(Value::String(first.clone()));
    }
    Ok(match base {
        "Int" => json!(1),
        "Float" => json!(39.5),
        "Boolean" => json!(true),
        "Date" => json!("2026-11-01"),
        "DateTime" => json!("2026-11-22T07:00:00Z"),
        other => bail!("the scalar {other} is new: say in samples.rs what the sweep gives it"),
    })
}
