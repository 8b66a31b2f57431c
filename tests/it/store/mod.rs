//! What the store promises to every slice, shown on the slices that exist.

mod blind;
mod codes;
mod idempotency;
mod import_again;
mod import_grids;
mod import_staff;
mod import_units;
mod inventory;
mod keys;
mod keys_apart;
mod org;
mod outbox;
mod resealed;
mod resealed_slowly;
mod rotation;
mod sealed;
mod swapped;
mod tenant_keys;
mod upgrade;
mod values;
