//! What may be set, and what may not.

use fengqiao_api::config::Settings;
use tempfile::TempDir;

/// Each with the least and the most that it may be.
const BOUNDS: [(&str, u64, u64); 7] = [
    ("arrival_seconds", 30, 3_600),
    ("at_once", 1, 16),
    ("keep_hours", 1, 720),
    ("max_bytes", 65_536, 67_108_864),
    ("max_pixels", 1_000_000, 200_000_000),
    ("max_waiting", 1, 10_000),
    ("s3.answer_seconds", 1, 300),
];

#[test]
fn a_number_beyond_its_bounds_is_named_with_them() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let file = folder.path().join("settings.toml");
    let read = |key: &str, value: u64| {
        std::fs::write(&file, format!("[attachments]\n{key} = {value}\n"))?;
        anyhow::Ok(Settings::read(Some(&file)).err().map(|error| error.to_string()))
    };
    for (key, least, most) in BOUNDS {
        for value in [least, most] {
            assert_eq!(read(key, value)?, None, "{key} = {value}");
        }
        for value in [least - 1, most + 1] {
            let told = format!(
                "configuration: attachments.{key} is {value} and must be {least} to {most}; \
                 `fengqiao check-config` explains every key"
            );
            assert_eq!(read(key, value)?, Some(told), "{key} = {value}");
        }
    }
    Ok(())
}
