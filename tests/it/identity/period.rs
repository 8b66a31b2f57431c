//! From when and until when a grant counts, and for how long it may be remembered.

use fengqiao_tests::{Actor, Matter, Places, Served, account_id, on_backends};
use serde_json::json;

const GRID: &str = "150302101203001";
const PAYLOAD: &str = "roleGrant { id version } userErrors { code path }";

/// A case, and a volunteer of another village who does not see it.
async fn unseen(served: &Served) -> anyhow::Result<(Matter, Actor)> {
    let matter = Matter::report(&served.sign_in("xindi.resident@150302").await?, GRID, "1105").await?;
    Ok((matter, served.sign_in("bailou.volunteer@150302").await?))
}

async fn sees(matter: &Matter, actor: &Actor) -> anyhow::Result<bool> {
    Ok(!matter.read(actor, "id").await?.is_null())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_counts_from_its_first_to_its_last_instant() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (matter, volunteer) = unseen(&served).await?;
        let security = served.sign_in("security.admin@150302").await?;
        // The clock stands at 2026-11-22T08:00:00Z.
        let input = json!({"accountId": account_id(&volunteer).await?, "role": "PART_TIME_WORKER",
            "target": {"gridId": Places::of(&security).grid(GRID).await?},
            "sinceAt": "2026-11-22T08:01:00Z", "untilAt": "2026-11-22T08:03:00Z"});
        security.mutate("roleGrantCreate", PAYLOAD, input).await?.payload()?;
        let mut seen = vec![];
        for _ in 0..4 {
            seen.push(sees(&matter, &volunteer).await?);
            served.pass_seconds(65);
        }
        assert_eq!(seen, [false, true, true, false]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_counts_at_once_here_and_within_the_cache_time_elsewhere() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (matter, volunteer) = unseen(&served).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let input = json!({"accountId": account_id(&volunteer).await?, "role": "PART_TIME_WORKER",
            "target": {"gridId": Places::of(&security).grid(GRID).await?}});
        let answer = security.mutate("roleGrantCreate", PAYLOAD, input.clone()).await?;
        assert!(sees(&matter, &volunteer).await?, "a new grant counts at once");
        let grant = answer.payload()?["roleGrant"].clone();
        let revoke = json!({"roleGrantId": grant["id"]});
        security.mutate("roleGrantRevoke", PAYLOAD, revoke).await?.payload()?;
        assert!(!sees(&matter, &volunteer).await?, "a revocation counts at once");
        // Another process revokes: this one remembers the grant for five seconds, no longer.
        security.mutate("roleGrantCreate", PAYLOAD, input).await?.payload()?;
        assert!(sees(&matter, &volunteer).await?);
        served
            .world
            .run_sql("UPDATE role_grants SET revoked_at = since_at WHERE role = 'part_time_worker'")
            .await?;
        served.pass_seconds(5);
        assert!(!sees(&matter, &volunteer).await?);
        Ok(())
    })
    .await
}
