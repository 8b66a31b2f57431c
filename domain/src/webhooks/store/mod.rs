//! Rows of the webhooks slice to values and back.

mod delivery;
mod webhook;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::StoreError;

pub(super) use delivery::{
    Fate, List, Taken, acknowledge, by_ids as deliveries, enqueue, enqueue_again, mark, of_cases, receipts,
    take, withhold,
};
pub(super) use webhook::{
    NewSecret, by_id, count, disable, enable, failing, held_by_id, insert, move_on, names_told_all, owned,
    page, rotate, secrets, shown_secret, succeeded, update,
};

fn listed<T: Serialize>(list: &[T]) -> Result<String, StoreError> {
    serde_json::to_string(list).map_err(|error| StoreError::Internal(error.to_string()))
}

fn read_list<T: DeserializeOwned>(table: &str, column: &str, text: &str) -> Result<Vec<T>, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::corrupt(table, column, text))
}
