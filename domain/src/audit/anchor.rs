//! The ends of chains as they are written down outside the database: one JSON object a line.

use std::str::FromStr as _;

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

use crate::kernel::chain::Link;
use crate::kernel::id::{TenantId, Timestamp};
use crate::store::Anchored;

/// A line of an anchor file.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: String,
    tenant: String,
    sequence: i64,
    hash: String,
}

/// An end as a line, without its end of line.
#[must_use]
pub fn anchor_line(end: &Anchored) -> String {
    let at = DateTime::from_timestamp_micros(end.at.micros()).unwrap_or_default();
    let line = Line {
        at: at.to_rfc3339_opts(SecondsFormat::Micros, true),
        tenant: end.tenant.to_string(),
        sequence: end.sequence,
        hash: hex::encode(end.hash),
    };
    serde_json::to_string(&line).unwrap_or_default()
}

/// What a line says; none for one that is not of [`anchor_line`].
#[must_use]
pub fn read_anchor(line: &str) -> Option<Anchored> {
    let line: Line = serde_json::from_str(line).ok()?;
    let at = DateTime::parse_from_rfc3339(&line.at).ok()?.timestamp_micros();
    let hash = Link::try_from(hex::decode(&line.hash).ok()?).ok()?;
    let tenant = TenantId::from_str(&line.tenant).ok()?;
    Some(Anchored { tenant, at: Timestamp(at), sequence: line.sequence, hash })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_line_says_what_was_written() {
        let tenant = TenantId::from_uuid(Uuid::from_u128(7));
        let end = Anchored { tenant, at: Timestamp(1_795_334_400_000_001), sequence: 12, hash: [10; 32] };
        let line = anchor_line(&end);
        assert_eq!(
            line,
            format!(
                r#"{{"at":"2026-11-22T08:00:00.000001Z","tenant":"{tenant}","sequence":12,"hash":"{}"}}"#,
                "0a".repeat(32)
            )
        );
        assert_eq!(read_anchor(&line), Some(end));
        for other in ["", "{}", &line[..40], &line.replace("0a0a", "0a"), &line.replace("tenant_", "case_")] {
            assert_eq!(read_anchor(other), None, "{other}");
        }
    }
}
