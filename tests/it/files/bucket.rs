//! Attachments in a bucket: over a real server of the S3 protocol, which keeps its objects in a folder.

use anyhow::ensure;
use fengqiao_api::config::{Attachments, StorageKind};
use fengqiao_domain::files::Swept;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_tests::{Answered as _, Served, on_backends};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use reqwest::StatusCode;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::photos::{holds, located, plain};
use super::swept::files;
use super::{brought, looked_at, person, sent};

/// Serves the folder as buckets, for whoever knows the secret, until the set is dropped.
pub(super) async fn served(folder: &TempDir) -> anyhow::Result<(String, JoinSet<()>)> {
    let objects = s3s_fs::FileSystem::new(folder.path()).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let mut service = S3ServiceBuilder::new(objects);
    service.set_auth(SimpleAuth::from_single("fengqiao", "a secret of tests"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            connections.spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    Ok((address, tasks))
}

/// Attachments are kept there.
pub(super) fn keep_in(attachments: &mut Attachments, endpoint: String) {
    attachments.storage = StorageKind::S3;
    attachments.s3.endpoint = endpoint;
    "attachments".clone_into(&mut attachments.s3.bucket);
    "fengqiao".clone_into(&mut attachments.s3.access_key);
    "a secret of tests".clone_into(&mut attachments.s3.secret_key);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_keeps_them_as_a_folder_does() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let folder = TempDir::new()?;
        std::fs::create_dir(folder.path().join("attachments"))?;
        let (endpoint, tasks) = served(&folder).await?;
        let served =
            Served::demo_with(backend, |settings| keep_in(&mut settings.attachments, endpoint)).await?;
        let worker = person(&served, "xindi.worker").await?;
        let id = brought(&worker, &located(1)?, &[]).await?;
        brought(&worker, &plain(2)?, &[]).await?;
        let answer = looked_at(&worker, &id).await?;
        ensure!(answer.status() == StatusCode::OK, "{answer:?}");
        let bytes = answer.bytes().await?;
        let kept = files(&folder.path().join("attachments"))?;
        assert_eq!(kept.len(), 2, "{kept:?}");
        let same = kept.iter().filter(|path| std::fs::read(path).is_ok_and(|kept| kept == bytes));
        assert_eq!(same.count(), 1, "what is shown is what lies there");
        assert!(!holds(&bytes, b"Exif"));

        let (platform, service) = (PlatformScope::for_worker("test"), &served.app.services.files);
        served
            .world
            .run_sql("DELETE FROM attachments WHERE byte_count = (SELECT max(byte_count) FROM attachments)")
            .await?;
        let left = served.world.number("SELECT count(*) FROM attachments").await?;
        served.pass_seconds(50 * 365 * 86_400);
        let swept = service.sweep_bytes(&platform).await.done()?;
        assert_eq!(i64::try_from(swept.unknown)? + left, 2, "bytes without a row go");
        let swept = service.sweep(&platform).await.done()?;
        assert_eq!(swept, Swept { unattached: usize::try_from(left)?, ..Swept::default() });
        assert_eq!(files(&folder.path().join("attachments"))?.len(), 0);

        drop(tasks);
        let worker = person(&served, "xindi.worker").await?;
        let answer = sent(&worker, "a.jpg", &plain(3)?, &[]).await?;
        assert_eq!((answer.status, &answer.body["code"]), (503, &serde_json::json!("UNAVAILABLE")));
        Ok(())
    })
    .await
}
