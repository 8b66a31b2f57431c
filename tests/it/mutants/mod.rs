//! Every control is proved to be tested: with the control taken away, a named test turns red.

mod access;
mod entry;
mod process;
mod sample;
mod sql;
mod table;
