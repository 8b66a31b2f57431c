//! Tables of the webhooks slice: where integrators are told of events, and what they are told.

pub mod delivery;
pub mod webhook;
