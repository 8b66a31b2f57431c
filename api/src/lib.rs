//! How the world reaches the product: the edge over HTTP, the GraphQL schema, the composition root.

pub mod http;
