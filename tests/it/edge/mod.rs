//! Bad input and bad days, over the whole product.

mod apart;
mod bad_input;
mod command_line;
mod costs;
mod database;
mod documents;
mod keys;
mod output;
mod request_line;
mod scanned;
mod shown_settings;
mod startup;
mod stored;
mod token_keys;
mod transport;
