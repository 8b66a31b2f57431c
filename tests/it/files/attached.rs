//! What comes with an act: whose it may be, who sees it then, and that it comes once.

use fengqiao_tests::{Actor, Matter, Places, Served, mutation, on_backends};
use serde_json::{Value, json};

use super::photos::plain;
use super::{CATEGORY, GRID, brought, person, read};

/// What somebody sees of a case's attachments.
async fn seen(matter: &Matter, by: &Actor) -> anyhow::Result<Value> {
    let selection = "attachments { totalCount nodes { id kind case { id } } }";
    Ok(matter.read(by, selection).await?["attachments"].clone())
}

fn with(ids: &[(&str, &str)]) -> Value {
    let given = ids.iter().map(|(id, kind)| json!({"attachmentId": id, "kind": kind}));
    json!({"text": "见附件", "audience": "EVERYONE", "attachments": given.collect::<Vec<_>>()})
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_with_its_entry_once_in_its_order() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let resident = person(&served, "xindi.resident").await?;
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        let first = brought(&worker, &plain(1)?, &[]).await?;
        served.pass_seconds(1);
        let second = brought(&worker, &plain(2)?, &[]).await?;
        matter.act(&worker, "caseComment", with(&[(&second, "AFTER"), (&first, "BEFORE")])).await?;
        let entry = "timeline(last: 1) { nodes { act attachments { id kind } } }";
        let told = json!([{"id": second, "kind": "AFTER"}, {"id": first, "kind": "BEFORE"}]);
        for by in [&worker, &station, &resident] {
            let read = matter.read(by, entry).await?;
            assert_eq!(read["timeline"]["nodes"][0]["attachments"], told, "{}", by.account());
        }
        let all = seen(&matter, &station).await?;
        assert_eq!((&all["totalCount"], &all["nodes"][0]["id"]), (&json!(2), &json!(first)));
        assert_eq!(all["nodes"][0]["case"]["id"], matter.id);

        let again = matter.try_act(&worker, "caseComment", with(&[(&first, "SCENE")])).await?;
        let path = "attachments.0.attachmentId".to_owned();
        assert_eq!(again.user_error()?, ("ALREADY_ATTACHED".to_owned(), path.clone()));
        let third = brought(&worker, &plain(3)?, &[]).await?;
        let twice =
            matter.try_act(&worker, "caseComment", with(&[(&third, "SCENE"), (&third, "SCENE")])).await?;
        assert_eq!(
            twice.user_error()?,
            ("ALREADY_ATTACHED".to_owned(), "attachments.1.attachmentId".to_owned())
        );
        // Whoever sees it did not bring it: to them it is as if it did not exist.
        let theirs = matter.try_act(&station, "caseComment", with(&[(&first, "SCENE")])).await?;
        assert_eq!(theirs.user_error()?, ("NOT_FOUND".to_owned(), path.clone()));
        let unseen = matter.try_act(&station, "caseComment", with(&[(&third, "SCENE")])).await?;
        assert_eq!(unseen.user_error()?, ("NOT_FOUND".to_owned(), path));
        let many: Vec<_> = (0..10).map(|_| (third.as_str(), "SCENE")).collect();
        let many = matter.try_act(&worker, "caseComment", with(&many)).await?;
        assert_eq!(many.user_error()?, ("TOO_MANY_ATTACHMENTS".to_owned(), "attachments".to_owned()));
        assert_eq!(seen(&matter, &worker).await?["totalCount"], 2, "what was refused attached nothing");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_with_a_word_for_staff_is_theirs() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        let id = brought(&station, &plain(1)?, &[]).await?;
        let mut said = with(&[(&id, "SCENE")]);
        said["audience"] = json!("STAFF");
        matter.act(&station, "caseComment", said).await?;
        assert_eq!(seen(&matter, &station).await?["totalCount"], 1);
        assert_eq!(seen(&matter, &resident).await?, json!({"totalCount": 0, "nodes": []}));
        assert_eq!(read(&resident, &id, "id").await?, Value::Null);
        // Who does not see the case sees nothing of it either, and staff elsewhere are no exception.
        for login in ["xinfeng.worker", "xindi.resident2", "binhe.dispatch"] {
            assert_eq!(read(&person(&served, login).await?, &id, "id").await?, Value::Null, "{login}");
        }
        let district = person(&served, "district.command").await?;
        assert_eq!(read(&district, &id, "id").await?["id"], id);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_comes_with_photos_and_a_repeat_attaches_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let places = Places::of(&resident);
        let id = brought(&resident, &plain(1)?, &[]).await?;
        let input = json!({"categoryId": places.category(CATEGORY).await?, "title": "井盖缺失", "description": "述",
            "place": {"gridId": places.grid(GRID).await?}, "source": "RESIDENT",
            "reporter": {"isAnonymous": true}, "attachments": [{"attachmentId": id, "kind": "SCENE"}]});
        let selection = "case { id number version } userErrors { code path }";
        let document = mutation("caseReport", selection);
        let key = [("idempotency-key", "photo-1")];
        let first = resident.run_with(&document, json!({"input": input}), &key).await?;
        let second = resident.run_with(&document, json!({"input": input}), &key).await?;
        assert_eq!(first.payload()?, second.payload()?);
        let attached = "SELECT count(*) FROM attachments WHERE case_id IS NOT NULL";
        assert_eq!(served.world.number(attached).await?, 1);
        let told = read(&station, &id, "kind fileName case { number }").await?;
        assert_eq!(told["case"]["number"], first.payload()?["case"]["number"]);
        // Of an anonymous reporter an attachment tells nobody who brought it.
        assert!(!told.to_string().contains("resident"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_photo_twice_is_shown_to_staff() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let resident = person(&served, "xindi.resident").await?;
        let mut ids = vec![];
        for shade in [1, 1, 2] {
            let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
            let id = brought(&worker, &plain(shade)?, &[]).await?;
            matter.act(&worker, "caseComment", with(&[(&id, "AFTER")])).await?;
            ids.push((id, matter.number));
        }
        // One that nobody attached is its bringer's alone, whatever it shows.
        served.pass_seconds(1);
        let loose = brought(&worker, &plain(1)?, &[]).await?;
        let same = "sameContent { totalCount nodes { id case { number } } }";
        let told = read(&station, &ids[0].0, same).await?["sameContent"].clone();
        assert_eq!(told, json!({"totalCount": 1, "nodes": [{"id": ids[1].0, "case": {"number": ids[1].1}}]}));
        let own = read(&worker, &ids[0].0, same).await?["sameContent"].clone();
        assert_eq!((&own["totalCount"], &own["nodes"][1]["id"]), (&json!(2), &json!(loose)));
        assert_eq!(read(&station, &ids[2].0, same).await?["sameContent"]["totalCount"], 0);
        let nothing = json!({"totalCount": 0, "nodes": []});
        assert_eq!(read(&resident, &ids[0].0, same).await?["sameContent"], nothing, "residents judge nobody");
        Ok(())
    })
    .await
}
