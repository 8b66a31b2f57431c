//! Whoever brings many images at once keeps nobody else waiting.

use std::sync::atomic::{AtomicUsize, Ordering};

use fengqiao_tests::{Served, on_backends};
use futures::future::try_join_all;
use image::{DynamicImage, ImageFormat};

use super::photos::plain;
use super::{brought, person};

/// Sent at once by one account.
const MANY: usize = 12;

/// An image that takes a while to be drawn, and few bytes.
fn large() -> anyhow::Result<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(vec![]);
    DynamicImage::new_rgb8(2_000, 1_500).write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_accounts_images_let_those_of_others_pass() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.attachments.at_once = 1).await?;
        let (worker, station) =
            (person(&served, "xindi.worker").await?, person(&served, "xindi.station").await?);
        let (large, drawn) = (large()?, AtomicUsize::new(0));
        let many = try_join_all((0..MANY).map(async |_| {
            brought(&worker, &large, &[]).await?;
            drawn.fetch_add(1, Ordering::SeqCst);
            anyhow::Ok(())
        }));
        let one = async {
            // All of them have come when the first is drawn.
            while drawn.load(Ordering::SeqCst) == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            brought(&station, &plain(1)?, &[]).await?;
            anyhow::Ok(drawn.load(Ordering::SeqCst))
        };
        let (_, before) = futures::try_join!(many, one)?;
        assert!(before < MANY / 2, "{before} of {MANY} were drawn before somebody else's");
        assert_eq!(drawn.load(Ordering::SeqCst), MANY, "they all are, one after the other");
        Ok(())
    })
    .await
}
