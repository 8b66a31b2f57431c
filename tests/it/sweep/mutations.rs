//! Every mutation, as everyone, with names of things that are not the caller's: refused in the words for
//! what never existed, and nothing is changed.

use anyhow::ensure;
use fengqiao_tests::on_backends;
use serde_json::Value;

use crate::sweep::contract::{Contract, Member};
use crate::sweep::nameless::NAMELESS;
use crate::sweep::queries::{Secrets, document, samples, strangers};
use crate::sweep::reach::CALLERS;
use crate::sweep::samples::{Inputs, Samples, Whose, filled, spots};
use crate::sweep::stage::Stage;

struct Acting<'a> {
    stage: &'a Stage,
    contract: &'a Contract,
    samples: Samples<'a>,
    secrets: Secrets,
}

impl Acting<'_> {
    async fn act(&self, field: &Member, path: &[String], name: &str) -> anyhow::Result<Value> {
        let owner = format!("Mutation.{}", field.name);
        let way = Some((path, name));
        let given = filled(self.contract, &Inputs::arguments(&owner, field), way, &self.samples)?;
        let document = document(self.contract, "mutation", field, &given, 2)?;
        let given = Value::Object(given);
        let answer = self.stage.ask(self.samples.scope, &document, &given).await?;
        let login = self.samples.login;
        let told = self.secrets.told(&answer);
        ensure!(told.is_empty(), "{login} sends {owner} {given} and learns {told:?}");
        let forbidden = answer["errors"][0]["extensions"]["code"] == "FORBIDDEN";
        let payload = &answer["data"][&field.name];
        // A batch tells of each operation by itself.
        let told = payload["operations"].as_array().into_iter().flatten().chain([payload]);
        let conflict = |told: &Value| told["state"] == "CONFLICT";
        let mistaken = |told: &Value| told["userErrors"].as_array().is_some_and(|found| !found.is_empty());
        let refused = told.into_iter().any(|told| mistaken(told) || conflict(told));
        ensure!(forbidden || refused, "{login} sends {owner} {given}: {answer}");
        Ok(answer)
    }

    async fn field(&self, field: &Member) -> anyhow::Result<()> {
        let owner = format!("Mutation.{}", field.name);
        for spot in spots(self.contract, &owner, &field.arguments)? {
            let unknown = self.samples.names(spot.kind, Whose::Never)?;
            // The trail names whatever anybody of the tenant did, to whoever reads it.
            let of_trail = spot.path.iter().any(|part| part == "auditEntryFilter");
            let mut strangers = strangers(spot.kind, self.samples.login);
            strangers.retain(|whose| *whose == Whose::Foreign || !of_trail);
            for whose in strangers {
                let strange = self.samples.names(spot.kind, whose)?;
                for (unknown, strange) in unknown.iter().zip(&strange) {
                    let wanted = self.act(field, &spot.path, unknown).await?;
                    let got = self.act(field, &spot.path, strange).await?;
                    ensure!(
                        wanted == got,
                        "{} sends {owner} at {:?}: {strange} is {got}, a name never given {wanted}",
                        self.samples.login,
                        spot.path,
                    );
                }
            }
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_what_is_out_of_reach() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        let before = stage.rows().await?;
        for login in CALLERS {
            let scope = stage.scope(0, login).await?;
            let acting = Acting {
                stage: &stage,
                contract: &contract,
                samples: samples(&stage, login, &scope).await?,
                secrets: Secrets::of(&stage, login).await?,
            };
            for field in contract.fields("Mutation")? {
                acting.field(field).await?;
            }
            let after = stage.rows().await?;
            for (table, rows) in &before {
                ensure!(after.get(table) == Some(rows), "{login} changed rows of {table}");
            }
        }
        Ok(())
    })
    .await
}

#[test]
fn every_mutation_names_something() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    let mut nameless = vec![];
    for field in contract.fields("Mutation")? {
        let owner = format!("Mutation.{}", field.name);
        if spots(&contract, &owner, &field.arguments)?.is_empty() {
            nameless.push(field.name.clone());
        }
    }
    nameless.sort();
    assert_eq!(nameless, NAMELESS.map(|(name, _)| name));
    Ok(())
}
