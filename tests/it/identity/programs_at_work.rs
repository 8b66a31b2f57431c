//! The secrets of a program take each other's place while it works (requirement A8).

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::ensure;
use fengqiao_tests::{Served, on_backends};
use serde_json::json;
use tokio::sync::RwLock;

use super::programs::{NOW, PROGRAM, Told, WHO, made, revoke, say, signed};

/// Requests that are under way at a time.
const AT_ONCE: usize = 6;
/// What each sends after the last change at least.
const AFTERWARDS: usize = 10;

/// Sends one request after the other until there was the last change, and some more: how many.
async fn works(
    served: &Served,
    number: usize,
    secret: &RwLock<String>,
    over: &AtomicBool,
) -> anyhow::Result<usize> {
    let (mut sent, mut afterwards) = (0, 0);
    while afterwards < AFTERWARDS {
        afterwards += usize::from(over.load(Ordering::Relaxed));
        // Held until it is answered: a secret ends when nothing is under way that it signed.
        let secret = secret.read().await;
        let id = format!("{number}-{sent}");
        let answer = say(signed(served, (PROGRAM, &secret), (&id, NOW), WHO)?, WHO).await?;
        ensure!(answer == (200, json!("hotline.api")), "{id}: {answer:?}");
        sent += 1;
    }
    Ok(sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn while_one_secret_takes_the_others_place_nothing_is_refused() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let signs = || made(&served, json!({"proof": "SIGNATURE"}));
        let mut present: Told = signs().await?;
        let (secret, over) = (RwLock::new(present.secret.clone()), AtomicBool::new(false));
        let change = async {
            for _ in 0..3 {
                let next = signs().await?;
                *secret.write().await = next.secret.clone();
                revoke(&served, &present).await?.payload()?;
                present = next;
            }
            over.store(true, Ordering::Relaxed);
            anyhow::Ok(())
        };
        let all = (0..AT_ONCE).map(|number| works(&served, number, &secret, &over));
        let (sent, ()) = tokio::try_join!(futures::future::try_join_all(all), change)?;
        ensure!(sent.iter().all(|sent| *sent > AFTERWARDS), "{sent:?}");
        Ok(())
    })
    .await
}
