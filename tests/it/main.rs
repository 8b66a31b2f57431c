//! Integration tests of Fengqiao: one program, one module per slice.

mod docs;
mod mutants;
mod schema;
mod store;
mod sweep;
mod tenancy;
mod walkthroughs;
