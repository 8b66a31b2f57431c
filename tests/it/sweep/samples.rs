//! What every argument is given: a table by coordinate. A new argument without a row fails the sweep.

use anyhow::{Context as _, bail};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::Side;
use serde_json::{Map, Value, json};

use crate::sweep::contract::{Contract, Member, Shape};
use crate::sweep::reach::{is_staff, told};

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

/// What kind of thing an argument names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Account,
    AccountName,
    Case,
    CaseNumber,
    Category,
    CategoryCode,
    Grant,
    Grid,
    GridCode,
    Group,
    Organisation,
    Session,
    Unit,
    UnitCode,
    /// Ids of every kind, one after the other.
    Any,
    /// No name of anything: a text that fits.
    Text(&'static str),
}

/// Arguments by coordinate, or by the end of one.
const TABLE: &[(&str, Kind)] = &[
    ("Query.account.id", Kind::Account),
    ("Query.case.id", Kind::Case),
    ("Query.caseByNumber.number", Kind::CaseNumber),
    ("Query.category.id", Kind::Category),
    ("Query.categoryByCode.code", Kind::CategoryCode),
    ("Query.grid.id", Kind::Grid),
    ("Query.gridByCode.code", Kind::GridCode),
    ("Query.node.id", Kind::Any),
    ("Query.nodes.ids", Kind::Any),
    ("Query.organisation.id", Kind::Organisation),
    ("Query.unit.id", Kind::Unit),
    ("Query.unitByCode.code", Kind::UnitCode),
    ("AccountFilter.loginPrefix", Kind::Text("w")),
    ("AccountFilter.phone", Kind::Text("13800001003")),
    ("CaseFilter.categoryIds", Kind::Category),
    ("CasePlaceInput.gridId", Kind::Grid),
    ("CasePlaceInput.unitId", Kind::Unit),
    ("CategoryFilter.parentId", Kind::Category),
    ("GridFilter.townId", Kind::Unit),
    ("GridFilter.villageId", Kind::Unit),
    ("OrganisationFilter.kind", Kind::Text("police")),
    ("RoleGrantTargetInput.gridId", Kind::Grid),
    ("RoleGrantTargetInput.organisationId", Kind::Organisation),
    ("RoleGrantTargetInput.unitGroupId", Kind::Group),
    ("RoleGrantTargetInput.unitId", Kind::Unit),
    ("TextSearch.contains", Kind::Text("区")),
    ("UnitFilter.parentId", Kind::Unit),
    ("CaseEventFilter.caseId", Kind::Case),
    ("CaseEventFilter.categoryIds", Kind::Category),
    ("CaseEventFilter.unitId", Kind::Unit),
    ("AccountCreateInput.login", Kind::Text("newcomer")),
    ("AccountCreateInput.name", Kind::Text("新人")),
    ("AccountCreateInput.password", Kind::Text("a long password")),
    ("AccountCreateInput.phone", Kind::Text("13800009999")),
    ("AccountDisableInput.accountId", Kind::Account),
    ("CaseAssigneeInput.accountId", Kind::Account),
    ("CaseAssigneeInput.organisationId", Kind::Organisation),
    ("CaseAssigneeInput.unitId", Kind::Unit),
    ("CaseExternalInput.number", Kind::Text("12345-1")),
    ("CaseExternalInput.source", Kind::Text("12345")),
    ("CaseReporterInput.name", Kind::Text("张三")),
    ("CaseReporterInput.phone", Kind::Text("13800009999")),
    ("CaseReportInput.address", Kind::Text("某处")),
    ("CaseReportInput.categoryId", Kind::Category),
    ("CaseReportInput.description", Kind::Text("详情")),
    ("CaseReportInput.reportedUnitId", Kind::Unit),
    ("CaseReportInput.title", Kind::Text("标题")),
    ("CategoryCreateInput.code", Kind::Text("99")),
    ("CategoryCreateInput.nameEn", Kind::Text("new")),
    ("CategoryCreateInput.nameZh", Kind::Text("新类")),
    ("CategoryCreateInput.nationalCode", Kind::Text("GB/T 1")),
    ("CategoryCreateInput.organisationKind", Kind::Text("police")),
    ("CategoryCreateInput.parentId", Kind::Category),
    ("CategoryUpdateInput.categoryId", Kind::Category),
    ("CategoryUpdateInput.nameEn", Kind::Text("new")),
    ("CategoryUpdateInput.nameZh", Kind::Text("新类")),
    ("CategoryUpdateInput.nationalCode", Kind::Text("GB/T 1")),
    ("CategoryUpdateInput.organisationKind", Kind::Text("police")),
    ("GeoAreaInput.geojson", Kind::Text("{}")),
    ("GridCreateInput.name", Kind::Text("新网格")),
    ("GridCreateInput.villageId", Kind::Unit),
    ("OrganisationCreateInput.code", Kind::Text("new")),
    ("OrganisationCreateInput.kind", Kind::Text("new")),
    ("OrganisationCreateInput.name", Kind::Text("新单位")),
    ("RoleGrantCreateInput.accountId", Kind::Account),
    ("RoleGrantCreateInput.categoryIds", Kind::Category),
    ("RoleGrantRevokeInput.roleGrantId", Kind::Grant),
    ("SessionCreateInput.account", Kind::AccountName),
    ("SessionCreateInput.password", Kind::Text("not the password")),
    ("SessionRefreshInput.refreshToken", Kind::Text("never issued")),
    ("SessionRevokeInput.sessionId", Kind::Session),
    ("TenantCreateInput.code", Kind::Text("150399")),
    ("TenantCreateInput.name", Kind::Text("新区")),
    ("UnitCreateInput.code", Kind::Text("150302009")),
    ("UnitCreateInput.name", Kind::Text("新镇")),
    ("UnitCreateInput.parentId", Kind::Unit),
    ("UnitGroupCreateInput.code", Kind::Text("new")),
    ("UnitGroupCreateInput.gridIds", Kind::Grid),
    ("UnitGroupCreateInput.name", Kind::Text("新片区")),
    ("UnitGroupCreateInput.unitIds", Kind::Unit),
    ("UnitMergeInput.predecessorIds", Kind::Unit),
    ("UnitMergeInput.successorId", Kind::Unit),
    ("UnitMergeNewInput.code", Kind::Text("150302009")),
    ("UnitMergeNewInput.name", Kind::Text("新镇")),
    ("UnitRenameInput.name", Kind::Text("新名")),
    ("UnitRenameInput.unitId", Kind::Unit),
    // The same words in the input of every act on a case.
    ("Input.caseId", Kind::Case),
    ("Input.note", Kind::Text("说明")),
    ("Input.reason", Kind::Text("理由")),
    ("Input.result", Kind::Text("已办")),
    ("Input.text", Kind::Text("留言")),
    (".after", Kind::Text("bm90aGluZw")),
    (".before", Kind::Text("bm90aGluZw")),
];

/// What stands at a coordinate such as `Query.case.id` or `CaseFilter.categoryIds`.
pub(crate) fn kind(coordinate: &str) -> anyhow::Result<Kind> {
    TABLE
        .iter()
        .find(|(known, _)| {
            *known == coordinate || (!known.starts_with(char::is_uppercase) && coordinate.ends_with(known))
        })
        .or_else(|| {
            TABLE.iter().find(|(known, _)| known.starts_with("Input.") && coordinate.ends_with(known))
        })
        .map(|(_, kind)| *kind)
        .with_context(|| format!("{coordinate} is new: say in samples.rs what the sweep gives it"))
}

impl Kind {
    /// Whether it names something that may belong to another.
    pub(crate) fn names_something(self) -> bool {
        !matches!(self, Self::Text(_))
    }

    /// Whether some things of this kind are out of the reach of some of the own tenant.
    pub(crate) fn can_be_hidden(self, login: &str) -> bool {
        match self {
            Self::Case | Self::CaseNumber => login != "commander" && login != "leader",
            Self::Account => !is_staff(login),
            Self::Any => Self::Case.can_be_hidden(login),
            _ => false,
        }
    }
}

/// Names of things, as one caller is to send them.
pub(crate) struct Samples<'a> {
    pub(crate) sides: &'a [Side; 2],
    pub(crate) login: &'a str,
    /// A case that the caller does not see, if there is one.
    pub(crate) hidden: Option<(String, String)>,
    /// Grants and sessions of either side.
    pub(crate) grants: [String; 2],
    pub(crate) sessions: [String; 2],
    pub(crate) scope: &'a Scope,
}

const NEVER: &str = "01900000-0000-7000-8000-000000000000";

impl Samples<'_> {
    /// Names of a kind: one, but for [`Kind::Any`].
    pub(crate) fn names(&self, kind: Kind, whose: Whose) -> anyhow::Result<Vec<String>> {
        let side = &self.sides[usize::from(whose == Whose::Foreign)];
        let never = |prefix: &str| format!("{prefix}_{NEVER}");
        let known = |prefix: &str, id: String| if whose == Whose::Never { never(prefix) } else { id };
        let at = usize::from(whose == Whose::Foreign);
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
            Kind::Category => known("category", side.categories["01"].to_string()),
            // Codes are the same in every tenant: a foreign one is the own one.
            Kind::CategoryCode => (if whose == Whose::Own { "01" } else { "77" }).to_owned(),
            Kind::Grant => known("grant", self.grants[at].clone()),
            Kind::Grid => known("grid", side.grids[0][0][0].to_string()),
            Kind::GridCode if whose == Whose::Never => "150304001001001".to_owned(),
            Kind::GridCode => format!("{}001001001", side.code),
            Kind::Group => known("group", side.group.to_string()),
            Kind::Organisation => known("org", side.organisations[1].to_string()),
            Kind::Session => known("session", self.sessions[at].clone()),
            Kind::Unit => known("unit", side.villages[0][0].to_string()),
            Kind::UnitCode if whose == Whose::Never => "150304001001".to_owned(),
            Kind::UnitCode => format!("{}001001", side.code),
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
            Kind::Case,
            Kind::Category,
            Kind::Grid,
            Kind::Group,
            Kind::Organisation,
            Kind::Unit,
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

/// A place in the arguments of a field that names something: the way to it, and of what kind it is.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) path: Vec<String>,
    pub(crate) kind: Kind,
}

/// Every place below some arguments that names something; fails for an argument without a sample.
pub(crate) fn spots(contract: &Contract, owner: &str, members: &[Member]) -> anyhow::Result<Vec<Spot>> {
    let mut found = vec![];
    for member in members {
        let coordinate = format!("{owner}.{}", member.name);
        let mut below = match (contract.shape(&member.base)?, member.base.as_str()) {
            (Shape::Input { members, .. }, base) => spots(contract, base, members)?,
            (Shape::Leaf(_), "ID" | "String") => {
                let kind = kind(&coordinate)?;
                if kind.names_something() { vec![Spot { path: vec![], kind }] } else { vec![] }
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
        let way = on_way(member).map(|(path, name)| (&path[1..], name));
        let value = match contract.shape(&member.base)? {
            Shape::Input { members, one_of } => {
                let inputs = Inputs { owner: &member.base, members, one_of: *one_of };
                Value::Object(filled(contract, &inputs, way, samples)?)
            }
            Shape::Leaf(_) if matches!(member.base.as_str(), "ID" | "String") => {
                let own = || samples.names(kind(&coordinate)?, Whose::Own);
                let name = match way {
                    Some((_, name)) => name.to_owned(),
                    None => own()?.into_iter().next().context("a sample")?,
                };
                Value::String(name)
            }
            Shape::Leaf(values) => scalar(&member.base, values)?,
            other => bail!("{coordinate}: {other:?}"),
        };
        let value = if member.list { Value::Array(vec![value]) } else { value };
        values.insert(member.name.clone(), value);
    }
    Ok(values)
}

/// What an input needs although its type does not say so: one of two ways to name a successor.
fn needed(owner: &str, member: &Member, way: Option<(&[String], &str)>) -> bool {
    let elsewhere = way.is_none_or(|(path, _)| path.first().is_none_or(|name| name != "successorId"));
    owner == "UnitMergeInput" && member.name == "newUnit" && elsewhere
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
