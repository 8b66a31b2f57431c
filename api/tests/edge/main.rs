//! The edge against a small schema, over real connections on the loopback.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that does not find what it expects stops, and its tasks stop with it"
)]

mod client;
mod close_codes;
mod costs;
mod documents;
mod errors;
mod expansion;
mod lifecycle;
mod limits;
mod negotiation;
mod precheck;
mod request_data;
mod schema;
mod server;
mod socket;
mod sse;
mod trusted;
mod websocket;
