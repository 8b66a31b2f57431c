//! A key makes a mutation happen once, whatever the number of times it is sent.

use std::time::Duration;

use anyhow::{bail, ensure};
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::scope::{Claim, Scope};
use fengqiao_domain::org::{CreateOrganisation, OrgError, Organisation};
use fengqiao_tests::{Answered as _, World, on_each};
use futures::future::join_all;

fn claimed(scope: &Scope, key: &str, field: &'static str, input: u8) -> Scope {
    scope.with_claim(Claim { key: key.to_owned(), field, input_hash: vec![input; 32] })
}

async fn create(world: &World, scope: &Scope, code: &str) -> Result<Organisation, Failure<OrgError>> {
    let command =
        CreateOrganisation { code: code.to_owned(), name: "城管局".to_owned(), kind: "urban".to_owned() };
    world.org().create_organisation(scope, command).await
}

/// Effects, events and audit rows so far.
async fn effects(world: &World) -> anyhow::Result<[i64; 3]> {
    Ok([
        world.number("SELECT count(*) FROM organisations WHERE kind = 'urban'").await?,
        world.number("SELECT count(*) FROM outbox_events WHERE name = 'organisation.created'").await?,
        world.number("SELECT count(*) FROM audit_entries WHERE action = 'organisation.created'").await?,
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_twice_has_one_effect() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let scope = claimed(&district.commander(1), "k1", "organisationCreate", 1);
        let before = effects(&world).await?;
        let first = create(&world, &scope, "urban").await.done()?;
        let second = create(&world, &scope, "urban").await.done()?;
        assert_eq!(first, second);
        // The input is not compared again: the same key is the same request.
        let third = create(&world, &scope, "other").await.done()?;
        assert_eq!(first, third);
        assert_eq!(effects(&world).await?, before.map(|number| number + 1));
        assert_eq!(world.number("SELECT count(*) FROM idempotency_records").await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_an_input_cannot_be_tried_out() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        for key in ["k1", "k2"] {
            let scope = claimed(&district.commander(1), key, "organisationCreate", 171);
            create(&world, &scope, key).await.done()?;
        }
        let rows = world.rows("idempotency_records").await?.join("\n").to_lowercase();
        ensure!(rows.contains("k1") && !rows.contains("abababab"), "{rows}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_one_mutation_and_input() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let scope = district.commander(1);
        create(&world, &claimed(&scope, "k1", "organisationCreate", 1), "urban").await.done()?;
        let before = effects(&world).await?;
        for (field, input) in [("organisationCreate", 2), ("unitCreate", 1)] {
            let again = create(&world, &claimed(&scope, "k1", field, input), "urban-2").await;
            ensure!(matches!(again, Err(Failure::KeyReused)), "{field} {input}: {again:?}");
        }
        assert_eq!(effects(&world).await?, before);
        create(&world, &claimed(&scope, "k2", "organisationCreate", 2), "urban-2").await.done()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_others_are_other_keys() -> anyhow::Result<()> {
    on_each(async |world| {
        let [left, right] = world.mirrored_districts().await?;
        let scopes = [left.commander(1), left.commander(2), right.commander(1)];
        for (number, scope) in scopes.iter().enumerate() {
            let scope = claimed(scope, "k1", "organisationCreate", 1);
            create(&world, &scope, &format!("urban-{number}")).await.done()?;
        }
        assert_eq!(world.number("SELECT count(*) FROM organisations WHERE kind = 'urban'").await?, 3);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_have_one_effect() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let scope = claimed(&district.commander(1), "k1", "organisationCreate", 1);
        let before = effects(&world).await?;
        let answers = join_all((0..20).map(|_| create(&world, &scope, "urban"))).await;
        let mut ids = vec![];
        for answer in answers {
            match answer {
                Ok(organisation) => ids.push(organisation.id),
                Err(Failure::KeyBusy) => {}
                Err(other) => bail!("{other:?}"),
            }
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(effects(&world).await?, before.map(|number| number + 1));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_does_not_use_its_key_up() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let scope = claimed(&district.commander(1), "k1", "organisationCreate", 1);
        let refused = create(&world, &scope, "police").await;
        ensure!(matches!(refused, Err(Failure::User(_))), "{refused:?}");
        assert_eq!(world.number("SELECT count(*) FROM idempotency_records").await?, 0);
        create(&world, &scope, "urban").await.done()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_remembered_for_its_time_and_then_begins_anew() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (usual, own) = (Duration::from_hours(24), (["fieldSync", "exchange"], Duration::from_hours(48)));
        let sweep = async || world.db.sweep_keys(usual, own).await;
        let scope = claimed(&district.commander(1), "k1", "organisationCreate", 1);
        let batched = claimed(&district.commander(1), "k2", "fieldSync", 1);
        let first = create(&world, &scope, "urban").await.done()?;
        let other = create(&world, &batched, "urban-2").await.done()?;
        let before = effects(&world).await?;
        world.clock.advance_seconds(24 * 3_600 - 1);
        assert_eq!(sweep().await?, 0, "a second too early");
        assert_eq!(create(&world, &scope, "urban-3").await.done()?, first);
        world.clock.advance_seconds(1);
        assert_eq!(sweep().await?, 1);
        assert_eq!(sweep().await?, 0);
        assert_eq!(create(&world, &batched, "urban-3").await.done()?, other, "that of the batch stays");
        assert_eq!(effects(&world).await?, before);
        // What comes now is a new request.
        let anew = create(&world, &scope, "urban-3").await.done()?;
        ensure!(anew != first && anew.code == "urban-3", "{anew:?}");
        assert_eq!(effects(&world).await?, before.map(|number| number + 1));
        world.clock.advance_seconds(24 * 3_600);
        assert_eq!(sweep().await?, 2);
        assert_eq!(world.number("SELECT count(*) FROM idempotency_records").await?, 0);
        Ok(())
    })
    .await
}
