//! Who looks at an attachment, and for how long.

use anyhow::Context as _;
use fengqiao_tests::{Matter, Served, on_backends};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::photos::plain;
use super::{CATEGORY, GRID, brought, looked_at, person, read};

#[tokio::test(flavor = "multi_thread")]
async fn until_it_is_attached_it_is_its_bringers_alone() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let id = brought(&worker, &plain(1)?, &[]).await?;
        for login in ["xindi.station", "xindi.resident", "district.command", "system.admin"] {
            assert_eq!(read(&person(&served, login).await?, &id, "id").await?, Value::Null, "{login}");
        }
        let elsewhere = served.sign_in("system.admin@320804").await?;
        assert_eq!(read(&elsewhere, &id, "id").await?, Value::Null);
        assert_eq!(looked_at(&worker, &id).await?.status(), StatusCode::OK);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_and_runs_nothing_and_ends() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let id = brought(&worker, &plain(1)?, &[]).await?;
        let answer = looked_at(&worker, &id).await?;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("content-type"), Some("image/jpeg"));
        assert_eq!(header("content-security-policy"), Some("sandbox; default-src 'none'"));
        assert_eq!(
            (header("x-content-type-options"), header("cache-control")),
            (Some("nosniff"), Some("no-store"))
        );
        let named = "inline; filename*=UTF-8''%E7%85%A7%E7%89%87%2Ejpg";
        assert_eq!(header("content-disposition"), Some(named));
        let paper = brought(&worker, b"%PDF-1.7\n%%EOF\n", &[]).await?;
        let paper = looked_at(&worker, &paper).await?;
        let named = paper.headers().get("content-disposition").context("a name")?.to_str()?;
        assert!(named.starts_with("attachment;") && named.ends_with("%2Epdf"), "{named}");

        let path = read(&worker, &id, "downloadPath").await?["downloadPath"].clone();
        let path = path.as_str().context("a path")?;
        let status = async |path: &str| anyhow::Ok(worker.at(Method::GET, path).send().await?.status());
        assert_eq!(status(path).await?, StatusCode::OK);
        let forged = path.strip_suffix(|_: char| true).context("a signature")?;
        let forged = format!("{forged}{}", if path.ends_with('A') { 'B' } else { 'A' });
        assert_eq!(
            status(&forged[..forged.len() - 1]).await?,
            StatusCode::NOT_FOUND,
            "its signature is not whole"
        );
        let put = worker.at(Method::PUT, path).body("x").send().await?;
        assert_eq!(put.status(), StatusCode::NOT_FOUND, "nothing is brought by it");
        served.pass_seconds(901);
        assert_eq!(status(path).await?, StatusCode::NOT_FOUND, "its time is over");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_counts_as_long_as_whoever_asked_sees_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let id = brought(&station, &plain(1)?, &[]).await?;
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        let said = json!({"text": "现场", "audience": "EVERYONE", "attachments": [{"attachmentId": id, "kind": "SCENE"}]});
        matter.act(&station, "caseComment", said).await?;
        let path = read(&resident, &id, "downloadPath").await?["downloadPath"].clone();
        let path = path.as_str().context("a path")?;
        let status = async || anyhow::Ok(resident.at(Method::GET, path).send().await?.status());
        assert_eq!(status().await?, StatusCode::OK);
        served.world.run_sql("UPDATE attachments SET audience = 1").await?;
        assert_eq!(status().await?, StatusCode::NOT_FOUND, "it is for staff now");
        served.world.run_sql("UPDATE attachments SET audience = 0").await?;
        assert_eq!(status().await?, StatusCode::OK);
        resident.mutate("sessionRevoke", "isRevoked", json!({})).await?;
        assert_eq!(status().await?, StatusCode::NOT_FOUND, "its session is over");
        Ok(())
    })
    .await
}
