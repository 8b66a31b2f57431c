//! Links to files: for one file, one use, one session and a time.

use fengqiao_tests::{Served, on_backends};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{FORCE, announced, ended, fetched, taken, text, uploaded};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_for_one_file_one_use_and_a_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let (id, path) = announced(&town, "STAFF").await?;
        let get = town.at(Method::GET, &path).send().await?.status();
        assert_eq!(get, StatusCode::NOT_FOUND, "an upload is no download");
        assert_eq!(uploaded(&town, &path, FORCE).await?, StatusCode::ACCEPTED);
        assert_eq!(ended(&town, &id).await?["state"], "SUCCEEDED");
        assert_eq!(uploaded(&town, &path, FORCE).await?, StatusCode::CONFLICT, "a file comes once");
        let export = taken(&town, json!({"kind": "UNITS", "formatKind": "CSV", "purpose": "考核"})).await?;
        fetched(&town, &export).await?;
        let down = text(&export["downloadPath"])?;
        assert_eq!(uploaded(&town, &down, FORCE).await?, StatusCode::NOT_FOUND, "a download is no upload");
        let cut = down.get(..down.len() - 1).unwrap_or_default();
        let token = format!("/files/{}", town.token().unwrap_or_default());
        for wrong in [cut, "/files/nothing", &token] {
            let status = town.at(Method::GET, wrong).send().await?.status();
            assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
        }
        let link = down.trim_start_matches("/files/");
        let posing = served.bearer("nobody", link).run("{ viewer { account { id } } }", json!({})).await?;
        assert_eq!(posing.code(), "UNAUTHENTICATED", "a link is no access token");
        served.pass_seconds(901);
        let late = town.at(Method::GET, &down).send().await?.status();
        assert_eq!(late, StatusCode::NOT_FOUND, "its time is over");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_with_the_session_and_the_right_that_it_was_made_under() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let wanted = json!({"kind": "UNITS", "formatKind": "CSV", "purpose": "考核"});
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let export = taken(&town, wanted.clone()).await?;
        town.mutate("sessionRevoke", "isRevoked", json!({})).await?;
        let path = text(&export["downloadPath"])?;
        assert_eq!(town.at(Method::GET, &path).send().await?.status(), StatusCode::NOT_FOUND);
        let dispatcher = served.sign_in("qianlishan.dispatch@150302").await?;
        let export = taken(&dispatcher, wanted).await?;
        let ended = "UPDATE role_grants SET revoked_at = 1 WHERE role = 'town_dispatcher'";
        served.world.run_sql(ended).await?;
        let path = text(&export["downloadPath"])?;
        assert_eq!(dispatcher.at(Method::GET, &path).send().await?.status(), StatusCode::NOT_FOUND);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_its_bringers_alone() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let system = served.sign_in("system.admin@150302").await?;
        let (import, _) = announced(&town, "STAFF").await?;
        let export = taken(&town, json!({"kind": "UNITS", "formatKind": "CSV", "purpose": "考核"})).await?;
        let seen = async |id: &str| {
            let answer = system.run("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await?;
            anyhow::Ok(answer.data("node")?.clone())
        };
        assert_eq!(seen(&import).await?, Value::Null);
        assert_eq!(seen(&text(&export["id"])?).await?, Value::Null);
        for (field, id) in [("importProgress", import), ("exportProgress", text(&export["id"])?)] {
            let document = format!("subscription($id: ID!) {{ {field}(id: $id) {{ id }} }}");
            assert_eq!(system.follow(&document, json!({"id": id})).await?, Vec::<Value>::new(), "{field}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_removed_when_its_time_is_over() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let export = taken(&town, json!({"kind": "GRIDS", "formatKind": "CSV", "purpose": "考核"})).await?;
        let parts = "SELECT count(*) FROM export_parts";
        assert_eq!(served.world.number(parts).await?, 1);
        assert_eq!(served.app.services.db.sweep().await?, 0);
        served.pass_seconds(24 * 3_600);
        assert_eq!(served.app.services.db.sweep().await?, 1);
        assert_eq!(served.world.number(parts).await?, 0);
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let again = town
            .run(
                "query($id: ID!) { node(id: $id) { ... on Export { downloadPath } } }",
                json!({"id": export["id"]}),
            )
            .await?;
        let path = text(&again.data("node")?["downloadPath"])?;
        assert_eq!(town.at(Method::GET, &path).send().await?.status(), StatusCode::NOT_FOUND);
        Ok(())
    })
    .await
}
