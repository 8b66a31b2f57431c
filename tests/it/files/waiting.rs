//! What waits to be attached: how much of it, who sees it, and how it ends.

use fengqiao_tests::{Actor, Answer, Matter, Served, mutation, on_backends};
use futures::future::try_join_all;
use serde_json::{Value, json};

use super::photos::plain;
use super::swept::files;
use super::{CATEGORY, GRID, brought, person, read, sent};

/// Sent at once by one account.
const AT_ONCE: u8 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_at_once_no_more_wait_than_may() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| {
            settings.attachments.max_waiting = 5;
            // Of one account eight are worked on at a time.
            settings.attachments.at_once = 16;
        })
        .await?;
        let (worker, other) =
            (person(&served, "xindi.worker").await?, person(&served, "xindi.station").await?);
        for shade in 0..3 {
            brought(&worker, &plain(shade)?, &[]).await?;
        }
        let photos: Vec<Vec<u8>> = (0..AT_ONCE).map(plain).collect::<Result<_, _>>()?;
        let answers = try_join_all(photos.iter().map(|photo| sent(&worker, "a.jpg", photo, &[]))).await?;
        let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!((taken.len(), refused.len()), (2, 18));
        for answer in refused {
            assert_eq!((answer.status, &answer.body["code"]), (422, &json!("TOO_MANY_WAITING")));
        }
        assert_eq!(served.world.number("SELECT count(*) FROM attachments").await?, 5);
        assert_eq!(files(&served.app.settings.attachments.folder)?.len(), 5, "nothing lies there besides");
        // Each account has its own.
        brought(&other, &plain(1)?, &[]).await?;
        Ok(())
    })
    .await
}

/// What somebody sees of what they brought and did not attach.
async fn waiting(by: &Actor, arguments: &str) -> anyhow::Result<Value> {
    let document = format!("{{ attachmentsWaiting{arguments} {{ totalCount nodes {{ id }} }} }}");
    Ok(by.run(&document, Value::Null).await?.data("attachmentsWaiting")?.clone())
}

async fn discarded(by: &Actor, id: &str) -> anyhow::Result<Answer> {
    by.mutate("attachmentDiscard", "isDiscarded userErrors { code path }", json!({"attachmentId": id})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_what_they_brought_and_did_not_attach() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (worker, station) =
            (person(&served, "xindi.worker").await?, person(&served, "xindi.station").await?);
        let mut ids = vec![];
        for shade in 1..=3 {
            ids.push(brought(&worker, &plain(shade)?, &[]).await?);
            served.pass_seconds(1);
        }
        let told = json!({"totalCount": 3, "nodes": [{"id": ids[2]}, {"id": ids[1]}, {"id": ids[0]}]});
        assert_eq!(waiting(&worker, "").await?, told, "the newest first");
        let last = waiting(&worker, "(last: 1)").await?;
        assert_eq!(last, json!({"totalCount": 3, "nodes": [{"id": ids[0]}]}));
        let nothing = json!({"totalCount": 0, "nodes": []});
        for login in ["xindi.station", "district.command", "system.admin"] {
            assert_eq!(waiting(&person(&served, login).await?, "").await?, nothing, "{login}");
        }
        let mut matter = Matter::report(&worker, GRID, CATEGORY).await?;
        let said = json!({"text": "现场", "audience": "EVERYONE", "attachments": [{"attachmentId": ids[1], "kind": "SCENE"}]});
        matter.act(&worker, "caseComment", said).await?;
        let told = json!({"totalCount": 2, "nodes": [{"id": ids[2]}, {"id": ids[0]}]});
        assert_eq!(waiting(&worker, "").await?, told, "what is attached waits no more");
        assert_eq!(waiting(&station, "").await?, nothing, "nor is it anybody else's");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_brought_it_discards_it_until_it_is_attached() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.attachments.max_waiting = 2).await?;
        let (worker, station) =
            (person(&served, "xindi.worker").await?, person(&served, "xindi.station").await?);
        let mut matter = Matter::report(&worker, GRID, CATEGORY).await?;
        let attached = brought(&worker, &plain(1)?, &[]).await?;
        let said = json!({"text": "现场", "audience": "EVERYONE", "attachments": [{"attachmentId": attached, "kind": "SCENE"}]});
        matter.act(&worker, "caseComment", said).await?;
        let loose = brought(&worker, &plain(2)?, &[]).await?;
        let other = brought(&worker, &plain(3)?, &[]).await?;
        let folder = served.app.settings.attachments.folder.clone();

        let refused = |code: &str| (code.to_owned(), "attachmentId".to_owned());
        assert_eq!(discarded(&worker, &attached).await?.user_error()?, refused("ALREADY_ATTACHED"));
        for id in [&attached, &loose, "attachment_01900000-0000-7000-8000-000000000000"] {
            assert_eq!(discarded(&station, id).await?.user_error()?, refused("NOT_FOUND"), "{id}");
        }
        assert_eq!(discarded(&person(&served, "system.admin").await?, &loose).await?.code(), "FORBIDDEN");
        assert_eq!(files(&folder)?.len(), 3, "what was refused removed nothing");
        assert_eq!(served.world.number("SELECT count(*) FROM attachments").await?, 3);
        assert_eq!(sent(&worker, "a.jpg", &plain(4)?, &[]).await?.body["code"], "TOO_MANY_WAITING");

        let document = mutation("attachmentDiscard", "isDiscarded userErrors { code }");
        let input = json!({"input": {"attachmentId": loose}});
        for _ in 0..2 {
            let answer =
                worker.run_with(&document, input.clone(), &[("idempotency-key", "discard-1")]).await?;
            assert_eq!(*answer.payload()?, json!({"isDiscarded": true, "userErrors": []}));
        }
        assert_eq!(discarded(&worker, &loose).await?.user_error()?, refused("NOT_FOUND"));
        assert_eq!(read(&worker, &loose, "id").await?, Value::Null);
        assert_eq!(waiting(&worker, "").await?, json!({"totalCount": 1, "nodes": [{"id": other}]}));
        let bare = loose.trim_start_matches("attachment_");
        let left = files(&folder)?;
        assert!(left.len() == 2 && !left.iter().any(|path| path.ends_with(bare)), "{left:?}");
        let told = "SELECT count(*) FROM audit_entries WHERE action = 'attachment.discarded'";
        assert_eq!(served.world.number(told).await?, 1);
        brought(&worker, &plain(4)?, &[]).await?;
        Ok(())
    })
    .await
}
