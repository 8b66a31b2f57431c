//! What the product is for, played through by different people over HTTP.

mod figures;
mod left;
mod main_job;
mod merge;
mod moved;
mod people;
mod transcript;
