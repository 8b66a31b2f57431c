//! A district leaves (停用、移交、销毁): closed, handed over, erased; and the one beside it notices nothing.

mod looking_back;
mod whole_way;

use anyhow::{anyhow, ensure};
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::kernel::sheet::ImportFailure;
use fengqiao_domain::leaving::{LeavingError, LeavingService};
use fengqiao_tests::{Served, on_backends};
use serde_json::json;

use crate::calendars::kept;
use crate::exchange::order;
use crate::programmes::ladders::{HOUR, RUNGS, ladder, watched};
use crate::webhooks::placed;

const DISTRICT: &str = "150302";

fn service(served: &Served) -> (LeavingService, PlatformScope) {
    let services = served.services();
    let platform = PlatformScope::for_command_line("test");
    (LeavingService::new(services.db.clone(), services.org.clone()), platform)
}

async fn closed(leave: &LeavingService, platform: &PlatformScope, code: &str) -> anyhow::Result<()> {
    leave.close(platform, code, "合同到期").await.map(drop).map_err(|failure| anyhow!("{failure:?}"))
}

async fn reopened(leave: &LeavingService, platform: &PlatformScope) -> anyhow::Result<()> {
    leave.reopen(platform, DISTRICT, "误操作").await.map(drop).map_err(|failure| anyhow!("{failure:?}"))
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Failure<LeavingError>>) -> LeavingError {
    match answer {
        Err(Failure::User(problems)) => problems[0].error.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_a_closed_district_is_out() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (leave, platform) = service(&served);
        let worker = served.sign_in("xindi.worker@150302").await?;
        let neighbour = served.sign_in("district.command@320804").await?;
        let input = json!({"account": "xindi.worker@150302", "password": fengqiao_api::demo::PASSWORD});
        let selection = "session { refreshToken } userErrors { code path }";
        let signed_in = served.anonymous().mutate("sessionCreate", selection, input.clone()).await?;
        let refresh = json!({"refreshToken": signed_in.payload()?["session"]["refreshToken"]});
        let asked = "{ viewer { account { login } } }";
        assert_eq!(worker.run(asked, json!({})).await?.data("viewer/account/login")?, "xindi.worker");
        for _ in 0..2 {
            closed(&leave, &platform, DISTRICT).await?;
        }
        // As long as who is asking is remembered.
        served.pass_seconds(10);
        assert_eq!(worker.run(asked, json!({})).await?.code(), "UNAUTHENTICATED");
        assert!(served.sign_in("xindi.worker@150302").await.is_err(), "nobody comes in");
        let answer = served.anonymous().mutate("sessionRefresh", selection, refresh).await?;
        assert_eq!(answer.user_error()?.0, "REFRESH_INVALID", "nor does anybody stay");
        let answer = served.anonymous().mutate("sessionCreate", selection, input).await?;
        assert_eq!(answer.user_error()?.0, "INVALID_CREDENTIALS", "as if it never was");
        assert_eq!(neighbour.run(asked, json!({})).await?.data("viewer/account/login")?, "district.command");
        reopened(&leave, &platform).await?;
        served.pass_seconds(10);
        assert_eq!(worker.run(asked, json!({})).await?.data("viewer/account/login")?, "xindi.worker");
        assert_eq!(
            refused(leave.close(&platform, "999999", "x").await),
            LeavingError::NotFound("999999".to_owned())
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_from_a_closed_district_is_out_too() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (leave, platform) = service(&served);
        let (overseer, _) = crate::oversight::overseer(&served).await?;
        let asked = "{ cases { totalCount } }";
        ensure!(overseer.run(asked, json!({})).await?.data("cases/totalCount")?.is_number());
        closed(&leave, &platform, "320804").await?;
        served.pass_seconds(10);
        assert_eq!(overseer.run(asked, json!({})).await?.code(), "UNAUTHENTICATED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn other_systems_find_no_closed_district_and_are_told_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, _hook) = crate::exchange::told(backend).await?;
        let (leave, platform) = service(&desk.served);
        assert_eq!(partner.send(&order("WH-1")).await?.status, 201);
        placed(&desk.served).await?;
        closed(&leave, &platform, DISTRICT).await?;
        let refused = partner.send(&order("WH-2")).await?;
        assert_eq!(refused.status, 401, "{}", refused.text);
        let round = desk.round().await?;
        assert_eq!((round.enqueued, round.attempts, desk.receiver.came().len()), (0, 0, 0));
        reopened(&leave, &platform).await?;
        let round = desk.round().await?;
        ensure!(round.enqueued > 0 && desk.receiver.came().len() == round.attempts, "{round:?}");
        assert_eq!(partner.send(&order("WH-2")).await?.status, 201);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_account_of_a_closed_district_begins_a_write() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (leave, platform) = service(&served);
        let services = served.services();
        // Whoever was recognised before, as work in a queue has it.
        let scope = services.identity.scope_for(&platform, "system.admin@150302").await;
        let scope = scope.map_err(|failure| anyhow!("{failure:?}"))?;
        let file = "code,parent_code,name_zh,name_en\n9901,,试用,Trial\n".as_bytes();
        let import = async || services.catalogue.import_category_file(&scope, file).await;
        let before = import().await;
        ensure!(before.is_ok(), "{before:?}");
        closed(&leave, &platform, DISTRICT).await?;
        let refused = import().await;
        ensure!(matches!(refused, Err(ImportFailure::Store(_) | ImportFailure::Denied)), "{refused:?}");
        let units = "code,name,level,parent_code\n150302,海勃湾区,district,\n";
        let refused = services.org.import_units(&platform, units.as_bytes()).await;
        ensure!(matches!(refused, Err(ImportFailure::Rows(_))), "{refused:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_time_runs_in_a_closed_district() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (leave, platform) = service(&served);
        ladder(&served, RUNGS).await?;
        watched(&served).await?;
        served.pass_seconds(26 * HOUR + 1);
        closed(&leave, &platform, DISTRICT).await?;
        assert_eq!(kept(&served).await?.fired, 0, "nothing is done for it");
        reopened(&leave, &platform).await?;
        assert_eq!(kept(&served).await?.fired, 1, "and then what was due");
        Ok(())
    })
    .await
}
