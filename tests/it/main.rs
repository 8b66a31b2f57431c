//! Integration tests of Fengqiao: one program, one module per slice.

#![recursion_limit = "256"]

mod audit;
mod budget;
mod calendars;
mod cases;
mod cluster;
mod docs;
mod edge;
mod events;
mod exchange;
mod faults;
mod federation;
mod fieldwork;
mod files;
mod fuzz;
mod identity;
mod leaving;
mod mutants;
mod oversight;
mod personal;
mod programmes;
mod redis;
mod roles;
mod schema;
mod sheets;
mod staff;
mod store;
mod sweep;
mod tenancy;
mod walkthroughs;
mod webhooks;
