//! Where the bytes of attachments lie: a local folder, or a bucket that speaks S3.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt as _, RetryConfig};
use uuid::Uuid;

use crate::files::staged;
use crate::kernel::id::{AttachmentId, TenantId, Timestamp};
use crate::store::StoreError;

/// Longest wait for one answer of a folder: a disk that others keep busy.
const ANSWER: Duration = Duration::from_secs(30);
/// Longest wait for a connection to it.
const CONNECT: Duration = Duration::from_secs(5);
/// How often it is asked again, and for how long altogether: whoever waits has a phone in their hand.
const RETRIES: usize = 2;
/// See [`RETRIES`].
const RETRYING: Duration = Duration::from_secs(15);

/// Where attachments are to lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoragePlace {
    /// A folder of this machine, which is made when it is missing and read by its owner alone.
    Folder(PathBuf),
    /// A bucket.
    S3(S3Place),
}

/// A bucket that speaks S3.
#[derive(Clone, PartialEq, Eq)]
pub struct S3Place {
    /// Address, with its scheme.
    pub endpoint: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Region.
    pub region: String,
    /// Who asks.
    pub access_key: String,
    /// Proves it.
    pub secret_key: String,
    /// Longest silence of it, and longest wait until it has kept a file.
    pub answer: Duration,
}

impl std::fmt::Debug for S3Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Place")
            .field("endpoint", &self.endpoint)
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}

/// The place cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the storage of attachments: {0}")]
pub struct BadStorage(String);

/// The bytes of attachments.
#[derive(Clone, Debug)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    /// Longest wait for an answer.
    answer: Duration,
    /// The folder; none for a bucket.
    folder: Option<PathBuf>,
}

/// The bytes of one attachment as they come.
pub(super) struct Opened {
    pub(super) bytes: u64,
    pub(super) stream: BoxStream<'static, Result<Bytes, StoreError>>,
}

/// Where an attachment lies; no other place builds keys.
fn key(tenant: TenantId, id: AttachmentId) -> Path {
    Path::from_iter(["t", &tenant.uuid().to_string(), "attachments", &id.uuid().to_string()])
}

/// The attachment that lies under a key; none for what is not ours.
fn named(path: &Path) -> Option<(TenantId, AttachmentId)> {
    let parts: Vec<_> = path.parts().collect();
    let [top, tenant, kind, id] = parts.as_slice() else { return None };
    let uuid = |text: &str| Uuid::try_parse(text).ok();
    if top.as_ref() != "t" || kind.as_ref() != "attachments" {
        return None;
    }
    Some((TenantId::from_uuid(uuid(tenant.as_ref())?), AttachmentId::from_uuid(uuid(id.as_ref())?)))
}

fn told(error: &object_store::Error) -> StoreError {
    StoreError::Unavailable(format!("the storage of attachments: {error}"))
}

impl Storage {
    /// Opens a place; a folder is made when it is missing. A bucket is asked for nothing yet.
    ///
    /// # Errors
    /// [`BadStorage`] for a folder that cannot be made, and for an address that is none.
    pub fn open(place: &StoragePlace) -> Result<Self, BadStorage> {
        match place {
            StoragePlace::Folder(folder) => {
                private_folder(folder)
                    .map_err(|error| BadStorage(format!("{}: {error}", folder.display())))?;
                let store = LocalFileSystem::new_with_prefix(folder);
                // An acknowledged file outlives a power cut, as its row does.
                let store = store.map_err(|error| BadStorage(error.to_string()))?.with_fsync(true);
                Ok(Self { store: Arc::new(store), answer: ANSWER, folder: Some(folder.clone()) })
            }
            StoragePlace::S3(place) => {
                let bucket = bucket(place).map_err(|error| BadStorage(error.to_string()))?;
                Ok(Self { store: Arc::new(bucket), answer: place.answer, folder: None })
            }
        }
    }

    /// Writes the bytes of an attachment.
    pub(super) async fn put(
        &self,
        tenant: TenantId,
        id: AttachmentId,
        bytes: Vec<u8>,
    ) -> Result<(), StoreError> {
        let key = key(tenant, id);
        self.answered(self.store.put(&key, bytes.into())).await?.map(drop).map_err(|error| told(&error))
    }

    /// The bytes of an attachment; none when they are gone.
    pub(super) async fn get(&self, tenant: TenantId, id: AttachmentId) -> Result<Option<Opened>, StoreError> {
        match self.answered(self.store.get(&key(tenant, id))).await? {
            Ok(found) => {
                let bytes = found.meta.size;
                let stream = found.into_stream().map_err(|error| told(&error)).boxed();
                Ok(Some(Opened { bytes, stream }))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }

    /// Removes the bytes of an attachment; what is not there is no mistake.
    pub(super) async fn remove(&self, tenant: TenantId, id: AttachmentId) -> Result<(), StoreError> {
        let key = key(tenant, id);
        match self.answered(self.store.delete(&key)).await? {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(told(&error)),
        }
    }

    /// What lies there since before an instant, some at a time.
    pub(super) fn older(
        &self,
        than: Timestamp,
        at_once: usize,
    ) -> BoxStream<'_, Result<Vec<(TenantId, AttachmentId)>, StoreError>> {
        let old =
            move |meta: &object_store::ObjectMeta| meta.last_modified.timestamp_micros() < than.micros();
        let found = self.store.list(Some(&Path::from("t"))).map_err(|error| told(&error));
        let named = found.try_filter_map(move |meta| async move {
            Ok(if old(&meta) { named(&meta.location) } else { None })
        });
        named.try_chunks(at_once).map_err(|error| error.1).boxed()
    }

    /// What lies there of a tenant.
    pub(super) fn of_tenant(&self, tenant: TenantId) -> BoxStream<'static, Result<AttachmentId, StoreError>> {
        let folder = Path::from_iter(["t", &tenant.uuid().to_string()]);
        let found = self.store.list(Some(&folder)).map_err(|error| told(&error));
        found.try_filter_map(|meta| async move { Ok(named(&meta.location).map(|(_, id)| id)) }).boxed()
    }

    /// Removes the folder of a tenant, with whatever was staged there; a bucket has none.
    pub(super) async fn remove_folder_of(&self, tenant: TenantId) -> Result<(), StoreError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        match tokio::fs::remove_dir_all(folder.join("t").join(tenant.uuid().to_string())).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StoreError::Unavailable(format!("the storage of attachments: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Removes what was staged in a folder before an instant and never moved to its place: how much. A bucket has none: what is not
    /// there as a whole is not there.
    pub(super) async fn remove_staged(&self, before: Timestamp) -> Result<usize, StoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let removed = tokio::task::spawn_blocking(move || staged::removed(&folder, before)).await;
        let removed = removed.map_err(|fault| StoreError::Internal(format!("a sweep ended: {fault}")))?;
        removed.map_err(|error| StoreError::Unavailable(format!("the storage of attachments: {error}")))
    }

    /// An answer, unless it is too long in coming.
    async fn answered<T>(&self, answer: impl Future<Output = T>) -> Result<T, StoreError> {
        let late = |_| StoreError::Unavailable("the storage of attachments does not answer".to_owned());
        tokio::time::timeout(self.answer, answer).await.map_err(late)
    }
}

fn bucket(place: &S3Place) -> object_store::Result<AmazonS3> {
    // What comes lasts as long as its reader takes; only silence ends it.
    let client = ClientOptions::new()
        .with_timeout_disabled()
        .with_read_timeout(place.answer)
        .with_connect_timeout(CONNECT);
    let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRYING, ..RetryConfig::default() };
    AmazonS3Builder::new()
        .with_client_options(client)
        .with_retry(retry)
        .with_allow_http(place.endpoint.starts_with("http://"))
        .with_endpoint(&place.endpoint)
        .with_bucket_name(&place.bucket)
        .with_region(&place.region)
        .with_access_key_id(&place.access_key)
        .with_secret_access_key(&place.secret_key)
        .with_virtual_hosted_style_request(false)
        .build()
}

#[cfg(unix)]
fn private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_back_to_its_attachment_and_nothing_else_is_one() {
        let ids = (TenantId::from_uuid(Uuid::from_u128(1)), AttachmentId::from_uuid(Uuid::from_u128(2)));
        let path = key(ids.0, ids.1);
        assert_eq!(named(&path), Some(ids));
        assert!(path.as_ref().starts_with("t/00000000-"), "{path}");
        for other in ["t/x/attachments/y", "x", "t/attachments", "t/00000000-0000-0000-0000-000000000001/x/y"]
        {
            assert_eq!(named(&Path::from(other)), None, "{other}");
        }
    }
}
