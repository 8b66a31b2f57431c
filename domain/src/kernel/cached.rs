//! Counts how often what is remembered saves a question to the database.

/// What follows from the standing tables of a tenant.
pub(crate) const STANDING: &str = "standing";
/// Who is asking, and what they may do.
pub(crate) const GRANTS: &str = "grants";

/// Notes whether a cache had something, and hands it on.
pub(crate) fn noted<T>(cache: &'static str, found: Option<T>) -> Option<T> {
    let outcome = if found.is_some() { "hit" } else { "miss" };
    metrics::counter!("fengqiao_cache_reads_total", "cache" => cache, "outcome" => outcome).increment(1);
    found
}
