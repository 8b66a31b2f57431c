//! Several servers over one PostgreSQL, or one after the other over a file: what happens at one is heard at all, and one is replaced without anybody
//! noticing (R3, R4, R8).

pub(crate) mod fleet;
pub(crate) mod follower;
mod nodes;
mod rolling;

use fengqiao_tests::{Household, Running};

/// What servers behind a balancer are told: to answer a little longer than it takes to notice that they are not ready.
const SETTINGS: [(&str, &str); 2] = [
    ("FENGQIAO__EDGE__SERVER__LINGER_SECONDS", "0.5"),
    ("FENGQIAO__EDGE__SERVER__SOCKET_CLOSE_WINDOW_SECONDS", "1"),
];

async fn node(home: &Household) -> anyhow::Result<Running> {
    home.start_with(&SETTINGS).await
}

/// The same with more settings.
async fn node_with(home: &Household, settings: &[(&'static str, String)]) -> anyhow::Result<Running> {
    let more = settings.iter().map(|(name, value)| (*name, value.as_str()));
    home.start_with(&SETTINGS.into_iter().chain(more).collect::<Vec<_>>()).await
}
