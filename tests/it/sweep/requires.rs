//! What `@requires` promises is what the use case demands: somebody who may do everything but that is
//! refused, and somebody who may do that as well is not.

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::id::RoleGrantId;
use fengqiao_domain::kernel::permission::{Permission, PermissionSet};
use fengqiao_domain::kernel::place::{Sensitivity, Territory};
use fengqiao_domain::kernel::scope::{Held, Scope};
use fengqiao_tests::on_backends;
use serde_json::Value;
use strum::IntoEnumIterator as _;

use crate::schema::sdl::Sdl;
use crate::sweep::contract::{Contract, Member};
use crate::sweep::named::Kind;
use crate::sweep::queries::{document, samples};
use crate::sweep::samples::{Inputs, Whose, filled, spots};
use crate::sweep::stage::Stage;

/// The commander, as if the role allowed just this in the whole district.
fn somebody(stage: &Stage, grant: RoleGrantId, permissions: PermissionSet) -> Scope {
    let side = &stage.mirror.sides[0];
    let held = Held {
        grant,
        role: "district_commander",
        permissions,
        territory: Territory { district: true, ..Territory::default() },
        unit: Some(side.unit),
        organisation: None,
        categories: None,
        ceiling: Sensitivity::Confidential,
    };
    Scope::for_tests(side.tenant, side.accounts["commander"], vec![held])
}

/// Every mutation with the permission that the schema says it requires.
fn promised() -> anyhow::Result<Vec<(String, Permission)>> {
    let sdl = Sdl::parse(&fengqiao_api::graphql::schema::sdl())?;
    let mutation = sdl.get("Mutation").context("the schema has mutations")?;
    let mut promised = vec![];
    for field in &mutation.members {
        let Some(directive) = field.directives.iter().find(|directive| directive.name == "requires") else {
            continue;
        };
        let (_, permission) = directive.arguments.first().context("a permission")?;
        promised.push((field.name.clone(), permission.parse().with_context(|| permission.clone())?));
    }
    Ok(promised)
}

/// What is answered, if it is a refusal.
async fn refusal(
    stage: &Stage,
    field: &Member,
    contract: &Contract,
    scope: &Scope,
) -> anyhow::Result<Option<Value>> {
    let samples = samples(stage, "commander", scope).await?;
    let owner = format!("Mutation.{}", field.name);
    // Nobody disables or grants to themselves: where an account is named, it is another's.
    let spots = spots(contract, &owner, &field.arguments)?;
    let other = samples.names(Kind::Account, Whose::Hidden)?.pop().context("an account")?;
    let account = spots.iter().find(|spot| spot.kind == Kind::Account && spot.path.len() == 2);
    let way = account.map(|spot| (spot.path.as_slice(), other.as_str()));
    let given = filled(contract, &Inputs::arguments(&owner, field), way, &samples)?;
    let document = document(contract, "mutation", field, &given, 1)?;
    let answer = stage.ask(scope, &document, &Value::Object(given)).await?;
    let errors = answer["data"][&field.name]["userErrors"].as_array().cloned().unwrap_or_default();
    let refused = answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        || errors.iter().any(|error| error["code"] == "NOT_PERMITTED");
    Ok(refused.then_some(answer))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mutation_demands_what_the_schema_says_it_requires() -> anyhow::Result<()> {
    let (contract, promised) = (Contract::read()?, promised()?);
    ensure!(promised.len() > 25, "only {} mutations require something", promised.len());
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        let grant = stage.scope(0, "commander").await?.held().first().context("a grant")?.grant;
        for (name, permission) in &promised {
            let field = contract.fields("Mutation")?.iter().find(|field| field.name == *name);
            let field = field.context("a field of the same text")?;
            let rest = Permission::iter().filter(|other| other != permission).collect();
            let without = refusal(&stage, field, &contract, &somebody(&stage, grant, rest)).await?;
            ensure!(without.is_some(), "{name} is done without {permission:?}");
            let everything = somebody(&stage, grant, Permission::iter().collect());
            let with = refusal(&stage, field, &contract, &everything).await?;
            ensure!(with.is_none(), "{name} is refused with {permission:?} and everything else: {with:?}");
        }
        Ok(())
    })
    .await
}
