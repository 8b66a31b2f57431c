//! What a programme demands to be shown: without it, or without where and when, the act is not done.

use anyhow::Context as _;
use fengqiao_tests::{Actor, Matter, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::photos::plain;
use super::{CATEGORY, GRID, brought, person, proof};

/// The shipped grid event as the district publishes it anew: its result must be shown.
fn shown() -> anyhow::Result<String> {
    let templates = fengqiao_domain::programmes::templates();
    let text = templates.iter().find(|(key, _)| *key == "grid_event").map(|(_, text)| *text);
    let text = text.context("the grid event")?;
    let mut found = false;
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let rule = line.trim() == "act = \"complete\"";
            found |= rule;
            if rule {
                format!("{line}\nrequires = [\"photo_before\", \"photo_after\"]")
            } else {
                line.to_owned()
            }
        })
        .collect();
    anyhow::ensure!(found, "{text}");
    Ok(lines.join("\n"))
}

async fn published(served: &Served) -> anyhow::Result<()> {
    let admin = person(served, "system.admin").await?;
    let selection = "programme { id version } userErrors { code path message fault { line rule message } }";
    let drafted =
        admin.mutate("programmeDraft", selection, json!({"source": {"definition": shown()?}})).await?;
    let programme = drafted.payload()?["programme"].clone();
    let seen = json!({"programmeId": programme["id"], "expectedVersion": programme["version"]});
    admin.mutate("programmePublish", selection, seen).await?.payload()?;
    Ok(())
}

/// A case of it that the worker has in hand.
async fn in_hand(served: &Served, worker: &Actor) -> anyhow::Result<Matter> {
    let (station, resident) =
        (person(served, "xindi.station").await?, person(served, "xindi.resident").await?);
    let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
    matter.act(&station, "caseAccept", json!({})).await?;
    let target = json!({"target": {"accountId": account_id(worker).await?}});
    matter.act(&station, "caseDispatch", target).await?;
    matter.act(worker, "caseStart", json!({})).await?;
    Ok(matter)
}

fn done(photos: &[(&str, &str)]) -> Value {
    let given = photos.iter().map(|(id, kind)| json!({"attachmentId": id, "kind": kind}));
    json!({"result": "已修", "attachments": given.collect::<Vec<_>>()})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_shown_before_and_after_with_where_and_when() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        published(&served).await?;
        let worker = person(&served, "xindi.worker").await?;
        let mut matter = in_hand(&served, &worker).await?;
        let offered = matter.read(&worker, "viewerActions { act requires }").await?;
        let demanded = json!({"act": "COMPLETE", "requires": ["TEXT", "PHOTO_BEFORE", "PHOTO_AFTER"]});
        assert!(
            offered["viewerActions"].as_array().is_some_and(|acts| acts.contains(&demanded)),
            "{offered}"
        );

        let (before, after) = (proof(&worker, 1).await?, proof(&worker, 2).await?);
        let bare = brought(&worker, &plain(3)?, &[("takenAt", "2026-11-22T07:00:00Z")]).await?;
        let paper = brought(&worker, b"%PDF-1.7\n%%EOF\n", &[]).await?;
        let codes = async |photos: &[(&str, &str)]| {
            let answer = matter.try_act(&worker, "caseComplete", done(photos)).await?;
            let told = answer.user_errors()?.iter().map(|error| {
                let path = error["path"].as_array().into_iter().flatten().filter_map(Value::as_str);
                format!(
                    "{} {}",
                    error["code"].as_str().unwrap_or_default(),
                    path.collect::<Vec<_>>().join(".")
                )
            });
            anyhow::Ok(told.collect::<Vec<_>>())
        };
        let (wanting, weak) = ("EVIDENCE_REQUIRED attachments", "EVIDENCE_INCOMPLETE attachments");
        assert_eq!(codes(&[]).await?, [wanting, wanting]);
        assert_eq!(codes(&[(&before, "BEFORE")]).await?, [wanting]);
        assert_eq!(codes(&[(&before, "BEFORE"), (&after, "SCENE")]).await?, [wanting]);
        assert_eq!(
            codes(&[(&before, "BEFORE"), (&bare, "AFTER")]).await?,
            [format!("{weak}.1.attachmentId")]
        );
        assert_eq!(
            codes(&[(&paper, "BEFORE"), (&after, "AFTER")]).await?,
            [format!("{weak}.0.attachmentId")]
        );
        let shown = [(before.as_str(), "BEFORE"), (after.as_str(), "AFTER"), (bare.as_str(), "AFTER")];
        assert_eq!(matter.act(&worker, "caseComplete", done(&shown)).await?, "RESOLVED");
        Ok(())
    })
    .await
}
