//! The architecture as tests: `docs/ARCHITECTURE.md` names these rules, Cargo and clippy hold the rest.
//!
//! Every rule is a function from sources to faults, so that each also shows on a bad example that it
//! can fail.

mod crates;
mod entrances;
mod inventory;
mod layout;
mod manifests;
mod migrations;
mod mutants;
mod purity;
mod redis;
mod slices;
mod source;
mod supply;
