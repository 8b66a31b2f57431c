//! The edge against a small schema, over real connections on the loopback.

mod client;
mod errors;
mod lifecycle;
mod limits;
mod negotiation;
mod precheck;
mod request_data;
mod schema;
mod server;
mod socket;
mod sse;
mod websocket;
