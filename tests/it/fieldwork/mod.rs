//! What is done on foot, over HTTP: visits, and what was done where there was no network.

mod children;
mod field_sync;
mod visits;

use fengqiao_tests::{Actor, Served};

/// The first grid of 新地村.
const GRID: &str = "150302101203001";
/// 供水供电供气.
const CATEGORY: &str = "1105";

/// Somebody of 海勃湾区.
async fn person(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@150302")).await
}
