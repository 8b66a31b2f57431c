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

#[tokio::test(flavor = "multi_thread")]
async fn what_names_nothing_is_done_by_its_role_alone() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    on_backends(async |backend| {
        let common = Box::new(Stage::at_work(backend).await?);
        for (name, allowed) in NAMELESS {
            let field = contract.fields("Mutation")?.iter().find(|field| field.name == name);
            let field = field.context("a mutation")?;
            for login in CALLERS {
                // Nobody is refused for what another one made.
                let may = allowed.contains(&login);
                let own = if may { Some(Box::new(Stage::at_work(backend).await?)) } else { None };
                let stage = own.as_ref().unwrap_or(&common);
                let scope = stage.scope(0, login).await?;
                let samples = samples(stage, login, &scope).await?;
                let owner = format!("Mutation.{name}");
                let given = filled(&contract, &Inputs::arguments(&owner, field), None, &samples)?;
                let document = document(&contract, "mutation", field, &given, 1)?;
                let answer = stage.ask(&scope, &document, &Value::Object(given)).await?;
                let told = Secrets::of(stage, login).await?.told(&answer);
                ensure!(told.is_empty(), "{login} sends {name} and learns {told:?}");
                let mistakes = answer["data"][name]["userErrors"].as_array().map(Vec::len);
                let done = answer["errors"].is_null() && mistakes == Some(0);
                ensure!(done == may, "{login} sends {name}: {answer}");
            }
        }
        Ok(())
    })
    .await
}
