//! What nobody attached goes, and bytes that no row knows.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context as _;
use fengqiao_domain::files::Swept;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_tests::{Answered as _, Matter, Served, on_backends};
use serde_json::json;

use super::photos::plain;
use super::{CATEGORY, GRID, brought, person, sent};

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_attached_goes_with_its_bytes() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let folder = served.app.settings.attachments.folder.clone();
        let worker = person(&served, "xindi.worker").await?;
        let mut matter = Matter::report(&worker, GRID, CATEGORY).await?;
        let kept = brought(&worker, &plain(1)?, &[]).await?;
        let said = json!({"text": "现场", "audience": "EVERYONE", "attachments": [{"attachmentId": kept, "kind": "SCENE"}]});
        matter.act(&worker, "caseComment", said).await?;
        brought(&worker, &plain(2)?, &[]).await?;
        assert_eq!(files(&folder)?.len(), 2);
        let (platform, service) = (PlatformScope::for_worker("test"), &served.app.services.files);
        assert_eq!(service.sweep(&platform).await.done()?, Swept::default(), "nothing is old yet");
        served.pass_seconds(24 * 3_600 + 1);
        assert_eq!(service.sweep(&platform).await.done()?, Swept { unattached: 1, ..Swept::default() });
        assert_eq!(served.world.number("SELECT count(*) FROM attachments").await?, 1);
        let left = files(&folder)?;
        let [left] = left.as_slice() else { anyhow::bail!("{left:?}") };
        let id = kept.strip_prefix("attachment_").context("a prefix")?;
        assert!(left.ends_with(id), "{left:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_no_row_knows_go_when_they_are_old() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let folder = served.app.settings.attachments.folder.clone();
        let worker = person(&served, "xindi.worker").await?;
        brought(&worker, &plain(1)?, &[]).await?;
        let [known] = <[PathBuf; 1]>::try_from(files(&folder)?).ok().context("one file")?;
        // As an upload leaves it that ended after its bytes were written, and something that is not ours.
        let orphan = known.with_file_name("01900000-0000-7000-8000-000000000000");
        std::fs::write(&orphan, b"half")?;
        std::fs::write(folder.join("t").join("README"), b"not ours")?;
        let (platform, service) = (PlatformScope::for_worker("test"), &served.app.services.files);
        served.pass_seconds(-365 * 86_400);
        assert_eq!(service.sweep_bytes(&platform).await.done()?, Swept::default(), "nothing is old yet");
        // The bytes are of the machine's clock, which runs on.
        served.pass_seconds(50 * 365 * 86_400);
        assert_eq!(service.sweep_bytes(&platform).await.done()?, Swept { unknown: 1, ..Swept::default() });
        assert!(known.exists() && !orphan.exists());
        assert!(folder.join("t").join("README").exists());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_of_a_write_goes_after_a_day() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let folder = served.app.settings.attachments.folder.clone();
        let (platform, service) = (PlatformScope::for_worker("test"), &served.app.services.files);
        assert_eq!(
            service.sweep_staged(&platform).await.done()?,
            Swept::default(),
            "nothing was brought yet"
        );
        brought(&person(&served, "xindi.worker").await?, &plain(1)?, &[]).await?;
        let [known] = <[PathBuf; 1]>::try_from(files(&folder)?).ok().context("one file")?;
        let now = u64::try_from(served.world.db.now().micros())?;
        let written = |path: &Path, seconds: u64| {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
            file.set_modified(UNIX_EPOCH + Duration::from_micros(now) - Duration::from_secs(seconds))
        };
        let id = "01900000-0000-7000-8000-000000000000";
        let names =
            [format!("{id}#1"), format!("{id}#2"), format!("{id}#x"), "README#1".to_owned(), id.to_owned()];
        let [old, young, others @ ..] = names.map(|name| known.with_file_name(name));
        written(&known, 2 * 86_400)?;
        written(&old, 86_401)?;
        written(&young, 86_399)?;
        for other in &others {
            written(other, 2 * 86_400)?;
        }
        assert_eq!(service.sweep_staged(&platform).await.done()?, Swept { staged: 1, ..Swept::default() });
        assert!(!old.exists() && young.exists() && known.exists());
        assert!(others.iter().all(|other| other.exists()), "what is not staged is not touched");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_row_is_without_its_bytes() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let folder = served.app.settings.attachments.folder.clone();
        let worker = person(&served, "xindi.worker").await?;
        std::fs::remove_dir_all(&folder)?;
        std::fs::write(&folder, b"no folder")?;
        let answer = sent(&worker, "a.jpg", &plain(1)?, &[]).await?;
        assert_eq!((answer.status, &answer.body["code"]), (503, &json!("UNAVAILABLE")));
        assert!(answer.headers.contains_key("retry-after"));
        assert_eq!(served.world.number("SELECT count(*) FROM attachments").await?, 0);
        Ok(())
    })
    .await
}
