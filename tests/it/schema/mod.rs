//! The contract with clients: `schema.graphql` keeps the house's rules and is what the code says.

mod library;
mod lint;
mod rules;
mod sdl;
mod snapshot;
