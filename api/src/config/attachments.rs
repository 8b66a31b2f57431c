//! Settings of photos and documents that are attached to cases.

use std::path::PathBuf;
use std::time::Duration;

use fengqiao_domain::files::{FileSettings, S3Place, StoragePlace};
use serde::Deserialize;

use super::masked::masked;

/// In place of a secret that is there.
const HIDDEN: &str = "***";

/// Where attachments lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageKind {
    /// In a folder of this machine.
    Folder,
    /// In a bucket.
    S3,
}

/// Photos and documents that are attached to cases.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachments {
    /// Where they lie.
    pub storage: StorageKind,
    /// The folder.
    pub folder: PathBuf,
    /// Bytes of one file.
    pub max_bytes: u64,
    /// Pixels of an image.
    pub max_pixels: u64,
    /// How long a form takes to arrive.
    pub arrival_seconds: u32,
    /// Images that one process draws at a time.
    pub at_once: u32,
    /// Files of one account that wait to be attached.
    pub max_waiting: u32,
    /// How long a file waits.
    pub keep_hours: u32,
    /// Whether bytes that no row knows are removed.
    pub sweep_unknown: bool,
    /// The bucket.
    pub s3: S3,
}

/// A bucket that speaks S3.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// Address.
    pub endpoint: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Region.
    pub region: String,
    /// Who asks.
    pub access_key: String,
    /// Proves it.
    pub secret_key: String,
    /// Longest silence of it.
    pub answer_seconds: u32,
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden = |secret: &str| if secret.is_empty() { "" } else { HIDDEN };
        f.debug_struct("S3")
            .field("endpoint", &masked(&self.endpoint))
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("access_key", &hidden(&self.access_key))
            .field("secret_key", &hidden(&self.secret_key))
            .field("answer_seconds", &self.answer_seconds)
            .finish()
    }
}

impl Attachments {
    /// Where they lie.
    #[must_use]
    pub fn place(&self) -> StoragePlace {
        match self.storage {
            StorageKind::Folder => StoragePlace::Folder(self.folder.clone()),
            StorageKind::S3 => StoragePlace::S3(S3Place {
                endpoint: self.s3.endpoint.clone(),
                bucket: self.s3.bucket.clone(),
                region: self.s3.region.clone(),
                access_key: self.s3.access_key.clone(),
                secret_key: self.s3.secret_key.clone(),
                answer: Duration::from_secs(self.s3.answer_seconds.into()),
            }),
        }
    }

    /// How they are kept.
    #[must_use]
    pub fn files(&self) -> FileSettings {
        FileSettings {
            max_pixels: self.max_pixels,
            max_waiting: u64::from(self.max_waiting),
            keep_seconds: i64::from(self.keep_hours) * 3_600,
            at_once: self.at_once as usize,
        }
    }

    /// What a bucket needs is there.
    pub(super) fn check(&self) -> Result<(), String> {
        let needed = [
            ("attachments.s3.endpoint", &self.s3.endpoint),
            ("attachments.s3.bucket", &self.s3.bucket),
            ("attachments.s3.access_key", &self.s3.access_key),
            ("attachments.s3.secret_key", &self.s3.secret_key),
        ];
        let missing = needed.into_iter().find(|(_, value)| value.is_empty());
        match missing.filter(|_| self.storage == StorageKind::S3) {
            Some((key, _)) => Err(format!("attachments.storage is s3 and {key} is empty")),
            None => Ok(()),
        }
    }
}
