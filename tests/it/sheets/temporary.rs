//! What is put aside on the disk while files of rows come in and go out has no name there, so that nothing of it stays (requirement P9).

use std::path::Path;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Household, on_backends};
use reqwest::Method;
use serde_json::json;

use super::{FORCE, announced, brought, fetched, taken, uploaded};

/// What lies in a folder.
fn left(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = std::fs::read_dir(folder)?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Takes every kind of file out once, and brings some in.
async fn worked(town: &Actor) -> anyhow::Result<()> {
    ensure!(brought(town, "STAFF", FORCE).await?["state"] == "SUCCEEDED", "a file comes in");
    ensure!(brought(town, "STAFF", vec![0xff; 4_096]).await?["state"] == "REFUSED", "rubbish does not");
    for format in ["CSV", "XLSX"] {
        let wanted = json!({"kind": "ROSTER", "formatKind": format, "purpose": "年度考核"});
        let file = fetched(town, &taken(town, wanted).await?).await?;
        let back = brought(town, "STAFF", file).await?;
        ensure!(back["state"] == "SUCCEEDED", "{format}: {back}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_file_stays_in_the_folder_for_temporary_ones() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        let folder = home.folder().join("temporary");
        std::fs::create_dir(&folder)?;
        let named = folder.to_str().context("a name")?;
        let running = home.start_with(&[("TMPDIR", named)]).await?;
        let town = running.sign_in("qianlishan.admin@150302").await?;
        worked(&town).await?;
        assert_eq!(left(&folder)?, Vec::<String>::new());
        // A server that ends without a word in the middle of an upload leaves nothing either.
        let (_, path) = announced(&town, "STAFF").await?;
        let half = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(FORCE))]);
        let body = reqwest::Body::wrap_stream(futures::StreamExt::chain(half, futures::stream::pending()));
        let request = town.at(Method::PUT, &path).body(body).send();
        ensure!(
            tokio::time::timeout(std::time::Duration::from_millis(500), request).await.is_err(),
            "half a file was taken for a whole one"
        );
        running.kill()?;
        assert_eq!(left(&folder)?, Vec::<String>::new());
        // That is the folder: where it is not there, nothing can be put aside.
        let nowhere = home.folder().join("nowhere");
        let running = home.start_with(&[("TMPDIR", nowhere.to_str().context("a name")?)]).await?;
        let town = running.sign_in("qianlishan.admin@150302").await?;
        let (_, path) = announced(&town, "STAFF").await?;
        ensure!(uploaded(&town, &path, FORCE).await?.is_server_error(), "it is put aside elsewhere");
        Ok(())
    })
    .await
}
