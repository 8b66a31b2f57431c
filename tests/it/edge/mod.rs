//! Bad input and bad days, over the whole product.

mod bad_input;
mod database;
mod documents;
mod startup;
mod transport;
