//! The contract with clients: `schema.graphql` keeps the house's rules and is what the code says.

mod costs;
mod creating;
mod errors;
mod library;
mod lint;
mod rules;
pub(crate) mod sdl;
mod snapshot;
