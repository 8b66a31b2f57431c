//! What somebody moved in the database from one place to another opens there nowhere, and whoever asks is told of neither (requirement P1).

use anyhow::{Context as _, ensure};
use fengqiao_domain::SEALED_COLUMNS;
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::vault::{Cell, Vault, VaultError};
use fengqiao_entity::value::SealedBytes;
use fengqiao_tests::{World, on_backends};
use serde_json::{Value, json};
use sqlx::types::Uuid;

use super::resealed::{TENANT_KEYS, cell, fill, id, kept, rows};
use crate::sweep::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_in_any_sealed_column_opens_in_its_own_cell_only() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        let world = &stage.world;
        fill(world).await?;
        let vault = Vault::for_tests();
        let [one, other] = [0, 1].map(|side| stage.mirror.sides[side].tenant.uuid());
        for column in SEALED_COLUMNS.iter().filter(|column| column.table != TENANT_KEYS) {
            let place = format!("{}.{}", column.table, column.column);
            let found = rows(world, column).await?;
            let (tenant, row) = *found.first().with_context(|| place.clone())?;
            let own = cell(column, (tenant, row));
            let sealed = SealedBytes(kept(world, column, row).await?);
            assert_eq!(vault.open_sealed(&own, &sealed)?, place);
            let next = found.iter().map(|(_, row)| *row).find(|next| *next != row).unwrap_or_else(Uuid::nil);
            let foreign = TenantId::from_uuid(if tenant == one { other } else { one });
            let mut elsewhere = vec![Cell { row: next, ..own }, Cell { tenant: foreign, ..own }];
            let columns =
                SEALED_COLUMNS.iter().filter(|known| (known.table, known.column) != (own.table, own.column));
            elsewhere.extend(columns.map(|known| Cell { table: known.table, column: known.column, ..own }));
            for there in elsewhere {
                let opened = vault.open_sealed(&there, &sealed);
                ensure!(matches!(opened, Err(VaultError::Altered)), "{place} opens in {there:?}: {opened:?}");
            }
        }
        Ok(())
    })
    .await
}

/// A value that takes the place of another one: the table, the columns, and the rows.
struct Moved {
    table: &'static str,
    from: (&'static str, Uuid),
    to: (&'static str, Uuid),
}

impl Moved {
    async fn done(&self, world: &World) -> anyhow::Result<()> {
        let Self { table, from, to } = self;
        let sql = format!(
            "UPDATE {table} SET {} = (SELECT o.{} FROM {table} o WHERE o.id = {}) WHERE id = {}",
            to.0,
            from.0,
            id(world, from.1),
            id(world, to.1)
        );
        world.run_sql(&sql).await
    }
}

const CASE: &str = "query($id: ID!) { case(id: $id) { description } }";
const VISIT: &str =
    "query($id: ID!) { node(id: $id) { ... on Visit { findings place { address { text } } } } }";

/// Asks for a thing of the first district, which says something of its own before and nothing after a value was moved there.
async fn is_refused(
    stage: &Stage,
    (document, id): (&str, &str),
    own: &str,
    moved: &Moved,
) -> anyhow::Result<()> {
    let scope = stage.scope(0, "commander").await?;
    let asked = json!({ "id": id });
    let before = stage.ask(&scope, document, &asked).await?;
    ensure!(before["errors"].is_null() && before.to_string().contains(own), "{before}");
    moved.done(&stage.world).await?;
    let after = stage.ask(&scope, document, &asked).await?;
    let place = format!("{}.{} from {}", moved.table, moved.to.0, moved.from.0);
    ensure!(after["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{place}: {after}");
    let secrets = stage.mirror.sides.iter().map(|side| side.mark);
    for secret in secrets {
        ensure!(!after.to_string().contains(secret), "{place}: {after}");
    }
    let told = [&after["data"]["case"]["description"], &after["data"]["node"]["findings"]];
    ensure!(told.into_iter().all(Value::is_null), "{place}: {after}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_was_moved_is_told_to_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let [own, other] = &stage.mirror.sides;
        let case = |at: usize| own.cases[at].id.uuid();
        let visit = |at: usize| own.visits[at].id.uuid();
        let foreign = other.cases[0].id.uuid();
        // From another row, from another district, and from another column.
        for (at, moved) in [
            (0, Moved { table: "cases", from: ("description", case(1)), to: ("description", case(0)) }),
            (2, Moved { table: "cases", from: ("description", foreign), to: ("description", case(2)) }),
        ] {
            let laid = &own.cases[at];
            is_refused(&stage, (CASE, &laid.id.to_string()), &laid.canary, &moved).await?;
        }
        for (at, moved) in [
            (0, Moved { table: "visits", from: ("findings", visit(1)), to: ("findings", visit(0)) }),
            (2, Moved { table: "visits", from: ("address", visit(2)), to: ("findings", visit(2)) }),
            (
                4,
                Moved {
                    table: "visits",
                    from: ("findings", other.visits[4].id.uuid()),
                    to: ("findings", visit(4)),
                },
            ),
        ] {
            let laid = &own.visits[at];
            is_refused(&stage, (VISIT, &laid.id.to_string()), &laid.canary, &moved).await?;
        }
        // Whatever was moved, the next one is told as before.
        let scope = stage.scope(0, "commander").await?;
        let next = &own.cases[5];
        let answer = stage.ask(&scope, CASE, &json!({"id": next.id.to_string()})).await?;
        ensure!(
            answer["data"]["case"]["description"].as_str().is_some_and(|said| said.contains(&next.canary)),
            "{answer}"
        );
        Ok(())
    })
    .await
}
