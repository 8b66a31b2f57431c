//! Integration tests of Fengqiao: one program, one module per slice.

mod mutants;
mod schema;
mod tenancy;
mod walkthroughs;
