//! The acts that the main job does not need: back, down, across, and the ways to end a case early.

use fengqiao_tests::{Matter, Places, Served, account_id, on_backends};
use serde_json::json;

use super::{CATEGORY, GRID, in_hand, person};

#[tokio::test(flavor = "multi_thread")]
async fn down_across_and_back() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, town) =
            (person(&served, "xindi.station").await?, person(&served, "qianlishan.dispatch").await?);
        let (chief, worker) = (person(&served, "xindi.chief").await?, person(&served, "xindi.worker").await?);
        let resident = person(&served, "xindi.resident").await?;
        let (chief_id, worker_id) = (account_id(&chief).await?, account_id(&worker).await?);
        let village = Places::of(&town).unit("150302101203").await?;
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        matter.act(&station, "caseAccept", json!({})).await?;
        matter.act(&station, "caseHandUp", json!({"reason": "请镇里协调"})).await?;
        assert_eq!(matter.case["level"], "TOWN");
        let down = json!({"target": {"unitId": village}, "reason": "村里先处理"});
        assert_eq!(matter.act(&town, "caseSendDown", down.clone()).await?, "DISPATCHED");
        assert_eq!((&matter.case["level"], matter.inbox(&station).await?), (&json!("VILLAGE"), Some("TODO")));
        assert_eq!(matter.act(&station, "caseReturn", json!({"reason": "村里没有力量"})).await?, "ACCEPTED");
        assert_eq!((&matter.case["level"], matter.inbox(&town).await?), (&json!("TOWN"), Some("TODO")));
        matter.act(&town, "caseSendDown", down).await?;
        matter.act(&station, "caseDispatch", json!({"target": {"accountId": chief_id}})).await?;
        let across = json!({"target": {"accountId": worker_id}, "reason": "由专职网格员办"});
        assert_eq!(matter.act(&chief, "caseTransfer", across).await?, "DISPATCHED");
        assert_eq!((matter.inbox(&chief).await?, matter.inbox(&worker).await?), (Some("DONE"), Some("TODO")));
        matter.act(&worker, "caseStart", json!({})).await?;
        matter.act(&worker, "caseComplete", json!({"result": "已修"})).await?;
        assert_eq!(matter.inbox(&station).await?, Some("TODO"));
        assert_eq!(matter.act(&station, "caseSendBack", json!({"reason": "还在渗水"})).await?, "HANDLING");
        assert_eq!(matter.case["assignee"]["login"], "xindi.worker");
        matter.act(&worker, "caseComplete", json!({"result": "已换管"})).await?;
        // Whoever reported the result does not confirm it; somebody else of the station's people does.
        let own = matter.try_act(&worker, "caseVerify", json!({})).await?;
        assert_eq!(own.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        assert_eq!(matter.act(&chief, "caseVerify", json!({})).await?, "VERIFIED");
        assert_eq!(matter.act(&station, "caseClose", json!({"note": "感谢配合"})).await?, "CLOSED");
        assert_eq!(matter.case["settledLevel"], "GRID");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_withdrawn_and_voided_cases_are_over() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let town = person(&served, "qianlishan.dispatch").await?;
        let ends = [
            (&station, "caseReject", json!({"reason": "不属于受理范围"}), "REJECTED"),
            (&resident, "caseWithdraw", json!({"note": "已经好了"}), "WITHDRAWN"),
            (&town, "caseVoid", json!({"reason": "测试数据"}), "VOIDED"),
        ];
        for (by, field, more, state) in ends {
            let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
            assert_eq!(matter.act(by, field, more).await?, state);
            assert_eq!(matter.inbox(&station).await?, Some("DONE"), "{field}");
            for actor in [&station, &resident, &town] {
                assert_eq!(matter.actions(actor).await?, Vec::<String>::new(), "{field}");
            }
            let late = matter.try_act(&station, "caseAccept", json!({})).await?;
            assert_eq!(late.user_errors()?[0]["state"], state);
        }
        // A case that somebody works on is not withdrawn any more.
        let matter = in_hand(&served).await?;
        let late = matter.try_act(&resident, "caseWithdraw", json!({})).await?;
        assert_eq!(late.user_error()?.0, "ILLEGAL_TRANSITION");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_only_where_its_giver_may_send_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        matter.act(&station, "caseAccept", json!({})).await?;
        let places = Places::of(&station);
        let targets = [
            json!({"unitId": places.unit("150302101206").await?}),
            json!({"unitId": places.unit("150302101").await?}),
            json!({"unitId": places.unit("150302101203").await?}),
            json!({"accountId": account_id(&person(&served, "xinfeng.worker").await?).await?}),
            json!({"accountId": account_id(&resident).await?}),
        ];
        for target in targets {
            let answer = matter.try_act(&station, "caseDispatch", json!({"target": target})).await?;
            assert_eq!(answer.user_error()?, ("INVALID_TARGET".to_owned(), "target".to_owned()), "{target}");
        }
        Ok(())
    })
    .await
}
