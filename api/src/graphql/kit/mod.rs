//! What every slice's GraphQL shares: faults, mistakes, changes, ids, pages, scalars, user errors, permissions, refusals, costs, loaders.

pub mod batch;
pub mod change;
pub mod comparators;
pub mod connection;
pub mod fault;
pub mod id;
pub mod link;
pub mod message;
pub mod mistake;
pub mod money;
pub mod mutation;
pub mod refused;
pub mod requires;
pub mod scalars;
pub mod user_error;
pub mod weight;
