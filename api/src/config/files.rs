//! Settings of files that are imported and exported.

use fengqiao_domain::kernel::sheet::SheetLimits;
use fengqiao_domain::sheets::{ExportSettings, SheetSettings};
use serde::Deserialize;

/// Files that are imported and exported.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Rows of one file.
    pub max_rows: usize,
    /// Bytes of an uploaded file.
    pub max_upload_bytes: u64,
    /// Bytes of a workbook after unpacking.
    pub max_unpacked_bytes: u64,
    /// Bytes of the texts that the cells of a workbook share.
    pub max_shared_text_bytes: u64,
    /// How long a link to a file counts.
    pub link_seconds: u32,
    /// How long a file that goes out is kept.
    pub keep_hours: u32,
    /// Files that one process works on at a time.
    pub at_once: u32,
    /// Files that an account takes out in a day.
    pub exports_per_day: u32,
    /// Rows about people that an account takes out without somebody else's word.
    pub rows_alone: u32,
    /// How long that word is waited for.
    pub review_hours: u32,
}

impl Files {
    /// How files are worked on.
    #[must_use]
    pub fn sheets(&self) -> SheetSettings {
        SheetSettings {
            limits: self.sheet(),
            link_seconds: i64::from(self.link_seconds),
            keep_seconds: i64::from(self.keep_hours) * 3_600,
            at_once: self.at_once as usize,
            exports: ExportSettings {
                per_day: self.exports_per_day,
                rows_alone: self.rows_alone,
                review_seconds: i64::from(self.review_hours) * 3_600,
            },
        }
    }

    /// How much of a file is read.
    #[must_use]
    pub const fn sheet(&self) -> SheetLimits {
        SheetLimits {
            rows: self.max_rows,
            unpacked_bytes: self.max_unpacked_bytes,
            shared_text_bytes: self.max_shared_text_bytes,
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let bounds = [
            ("at_once", self.at_once, 1, 64),
            ("exports_per_day", self.exports_per_day, 1, 1_000),
            ("keep_hours", self.keep_hours, 1, 720),
            ("link_seconds", self.link_seconds, 60, 3_600),
            ("review_hours", self.review_hours, 1, 720),
            ("rows_alone", self.rows_alone, 0, 1_000_000),
        ];
        match bounds.into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value)) {
            None => Ok(()),
            Some((key, value, least, most)) => {
                Err(format!("files.{key} is {value} and must be {least} to {most}"))
            }
        }
    }
}
