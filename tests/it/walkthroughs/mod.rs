//! What the product is for, played through by different people over HTTP.

mod main_job;
mod people;
