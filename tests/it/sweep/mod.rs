//! Every field of the schema is asked as everyone, with ids of one's own, of a neighbour and of another
//! tenant: nobody learns anything they should not, and a foreign id is as unknown as one never given.

mod cases;
pub(crate) mod chance;
pub(crate) mod contract;
mod cursors;
mod differential;
mod events;
mod handed;
mod injection;
mod live;
mod loaders;
mod mutations;
pub(crate) mod named;
mod nameless;
mod pages;
pub(crate) mod queries;
pub(crate) mod reach;
mod requires;
pub(crate) mod samples;
pub(crate) mod stage;
