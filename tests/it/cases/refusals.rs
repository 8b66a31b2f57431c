//! What an act is refused for, and what the refusal says.

use fengqiao_tests::{Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, in_hand, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_version_conflicts_and_names_the_present_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        let stale = matter.clone();
        matter.act(&station, "caseAccept", json!({})).await?;
        let answer = stale.try_act(&station, "caseAccept", json!({})).await?;
        assert_eq!(answer.user_error()?, ("CONFLICT".to_owned(), "expectedVersion".to_owned()));
        assert_eq!(answer.user_errors()?[0]["currentVersion"], 2);
        assert_eq!(answer.body["data"]["caseAccept"]["case"], Value::Null);
        let future = Matter { version: 99, ..matter.clone() };
        assert_eq!(future.try_act(&station, "caseStart", json!({})).await?.user_error()?.0, "CONFLICT");
        assert_eq!(matter.read(&station, "version state").await?, json!({"version": 2, "state": "ACCEPTED"}));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_illegal_act_names_the_state_and_the_act() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let matter = Matter::report(&resident, GRID, CATEGORY).await?;
        let answer = matter.try_act(&station, "caseClose", json!({})).await?;
        assert_eq!(answer.user_error()?, ("ILLEGAL_TRANSITION".to_owned(), "caseId".to_owned()));
        let error = &answer.user_errors()?[0];
        assert_eq!((&error["state"], &error["act"]), (&json!("REPORTED"), &json!("CLOSE")));
        assert_eq!(error["message"], "当前状态（已上报）不能执行该操作（结案）");
        let answer = matter.try_act(&station.in_english(), "caseClose", json!({})).await?;
        assert_eq!(answer.user_errors()?[0]["message"], "CLOSE is not possible in state REPORTED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_visible_but_not_mine_is_not_permitted() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let matter = in_hand(&served).await?;
        // The part-time worker of the same grid sees it; it lies with the full-time worker.
        let colleague = person(&served, "xindi.parttime").await?;
        assert!(!matter.read(&colleague, "id").await?.is_null());
        for (field, more) in [
            ("caseComplete", json!({"result": "不是我的"})),
            ("caseHandUp", json!({"reason": "不是我的"})),
            ("caseReturn", json!({"reason": "不是我的"})),
        ] {
            let answer = matter.try_act(&colleague, field, more).await?;
            assert_eq!(answer.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()), "{field}");
        }
        let offered = matter.actions(&colleague).await?;
        assert!(offered.iter().all(|act| act == "COMMENT"), "{offered:?}");
        // So it is for whoever holds the permission nowhere.
        let resident = person(&served, "xindi.resident").await?;
        let answer = matter.try_act(&resident, "caseAccept", json!({})).await?;
        assert_eq!(answer.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        let answer = matter.try_act(&served.anonymous(), "caseAccept", json!({})).await?;
        assert_eq!(answer.code(), "UNAUTHENTICATED", "{}", answer.text);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invisible_case_is_as_unknown_as_one_that_never_was() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let matter = in_hand(&served).await?;
        let unknown = Matter { id: never(&matter.id), ..matter.clone() };
        let acts = [
            ("caseAccept", json!({})),
            ("caseStart", json!({})),
            ("caseHandUp", json!({"reason": "试"})),
            ("caseComment", json!({"text": "试", "audience": "EVERYONE"})),
            ("caseVoid", json!({"reason": "试"})),
            ("caseWithdraw", json!({})),
            ("caseComplete", json!({"result": "试"})),
        ];
        for login in [
            "xinfeng.station@150302",
            "binhe.dispatch@150302",
            "xindi.resident2@150302",
            "district.command@320804",
        ] {
            let stranger = served.sign_in(login).await?;
            for (field, more) in &acts {
                let foreign = matter.try_act(&stranger, field, more.clone()).await?;
                let never = unknown.try_act(&stranger, field, more.clone()).await?;
                assert_eq!(foreign.impersonal(), never.impersonal(), "{field} by {login}");
                assert_eq!(foreign.status, never.status);
                assert_eq!(foreign.user_error()?, ("NOT_FOUND".to_owned(), "caseId".to_owned()), "{field}");
            }
            for document in [
                "query($id: ID!) { case(id: $id) { id title } }",
                "query($id: ID!) { node(id: $id) { id } }",
                "query($id: ID!) { nodes(ids: [$id]) { id } }",
            ] {
                let foreign = stranger.run(document, json!({"id": matter.id})).await?;
                let never = stranger.run(document, json!({"id": unknown.id})).await?;
                assert_eq!(foreign.text, never.text, "{document} by {login}");
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_places_categories_and_targets_are_not_found() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (resident, stranger) =
            (person(&served, "xindi.resident").await?, served.sign_in("luhua.resident@320804").await?);
        let (own, foreign) = (Ids::of(&resident, GRID).await?, Ids::of(&stranger, "320804110201001").await?);
        let report = async |category: &str, grid: &str| {
            let input = json!({"categoryId": category, "place": {"gridId": grid}, "title": "题", "description": "述",
                "source": "RESIDENT"});
            resident.mutate("caseReport", "case { id } userErrors { code path }", input).await
        };
        let not_found = |path: &str| ("NOT_FOUND".to_owned(), path.to_owned());
        assert_eq!(report(&foreign.category, &own.grid).await?.user_error()?, not_found("categoryId"));
        assert_eq!(report(&own.category, &foreign.grid).await?.user_error()?, not_found("place.gridId"));
        assert_eq!(report(&own.category, &never(&own.grid)).await?.user_error()?, not_found("place.gridId"));
        let matter = in_hand(&served).await?;
        let station = person(&served, "xindi.station").await?;
        for target in [json!({"accountId": foreign.account}), json!({"accountId": never(&own.account)})] {
            let answer = matter.try_act(&station, "caseDispatch", json!({"target": target})).await?;
            assert_eq!(answer.user_error()?, not_found("target"));
        }
        Ok(())
    })
    .await
}

struct Ids {
    category: String,
    grid: String,
    account: String,
}

impl Ids {
    async fn of(actor: &fengqiao_tests::Actor, grid: &str) -> anyhow::Result<Self> {
        let places = Places::of(actor);
        Ok(Self {
            category: places.category(CATEGORY).await?,
            grid: places.grid(grid).await?,
            account: fengqiao_tests::account_id(actor).await?,
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_mutation_of_a_document_may_fail_beside_another() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let matter = in_hand(&served).await?;
        let worker = person(&served, "xindi.worker").await?;
        let document = "mutation($one: CaseCommentInput!, $two: CategoryUpdateInput!) {
            caseComment(input: $one) { case { version } userErrors { code } }
            categoryUpdate(input: $two) { category { id } userErrors { code } } }";
        let one = json!({"caseId": matter.id, "text": "在路上", "audience": "EVERYONE"});
        let two = json!({"categoryId": Places::of(&worker).category(CATEGORY).await?, "nameZh": "新名", "expectedVersion": 1});
        let answer = worker.run(document, json!({"one": one, "two": two})).await?;
        assert_eq!(
            answer.body["data"]["caseComment"]["case"]["version"],
            matter.version + 1,
            "{}",
            answer.text
        );
        assert_eq!(answer.body["data"]["categoryUpdate"], Value::Null, "a worker renames nothing");
        assert_eq!(answer.code(), "FORBIDDEN");
        Ok(())
    })
    .await
}

/// An id of the same kind that was never given.
fn never(id: &str) -> String {
    let prefix = id.split('_').next().unwrap_or_default();
    format!("{prefix}_01890000-0000-7000-8000-00000000dead")
}
