//! Integration tests of Fengqiao: one program, one module per slice.

mod mutants;
mod tenancy;
mod walkthroughs;
