//! Mutations whose input names nothing that exists: done by whoever's role allows it, refused to everyone
//! else, and nothing is told either way.

use anyhow::{Context as _, ensure};
use fengqiao_tests::on_backends;
use serde_json::Value;

use crate::sweep::contract::Contract;
use crate::sweep::queries::{Secrets, document, samples};
use crate::sweep::reach::CALLERS;
use crate::sweep::samples::{Inputs, filled};
use crate::sweep::stage::Stage;

/// Each with those who may.
pub(crate) const NAMELESS: [(&str, &[&str]); 16] = [
    ("accountCreate", &["townadmin", "system"]),
    ("externalIdentityCreate", &[]),
    ("identityProviderCreate", &["security"]),
    ("importStart", &["system"]),
    ("organisationCreate", &["system"]),
    ("passwordChange", &[]),
    ("postKindAdopt", &["system"]),
    ("postKindCreate", &["system"]),
    ("secondFactorBegin", &[]),
    ("secondFactorConfirm", &[]),
    ("secondFactorRemove", &[]),
    ("sessionCreateByOidc", &[]),
    ("sessionCreateByWechat", &[]),
    ("sessionRefresh", &[]),
    ("tenantCreate", &["operator"]),
    ("workCalendarUpdate", &["system"]),
];

/// A mutation by somebody, as one that names nothing.
async fn sends(stage: &Stage, contract: &Contract, login: &str, name: &str) -> anyhow::Result<bool> {
    let field = contract.fields("Mutation")?.iter().find(|field| field.name == name);
    let field = field.context("a mutation")?;
    let scope = stage.scope(0, login).await?;
    let samples = samples(stage, login, &scope).await?;
    let owner = format!("Mutation.{name}");
    let given = filled(contract, &Inputs::arguments(&owner, field), None, &samples)?;
    let document = document(contract, "mutation", field, &given, 1)?;
    let answer = stage.ask(&scope, &document, &Value::Object(given)).await?;
    let told = Secrets::of(stage, login).await?.told(&answer);
    ensure!(told.is_empty(), "{login} sends {name} and learns {told:?}");
    let mistakes = answer["data"][name]["userErrors"].as_array().map(Vec::len);
    Ok(answer["errors"].is_null() && mistakes == Some(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_nothing_is_done_by_its_role_alone() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    on_backends(async |backend| {
        let common = Box::new(Stage::at_work(backend).await?);
        for login in CALLERS {
            // Nobody is refused for what another one made.
            let may = |allowed: &[&str]| allowed.contains(&login);
            let makes = NAMELESS.iter().any(|(_, allowed)| may(allowed));
            let own = if makes { Some(Box::new(Stage::at_work(backend).await?)) } else { None };
            for (name, allowed) in NAMELESS {
                let stage = if may(allowed) { own.as_ref() } else { None }.unwrap_or(&common);
                let done = Box::pin(sends(stage, &contract, login, name)).await?;
                ensure!(done == may(allowed), "{login} sends {name}: done is {done}");
            }
        }
        Ok(())
    })
    .await
}
