//! Tables of the cases slice: cases, their timeline, their fields, the rungs of their ladders that fired, and who may see them beyond their place.

pub mod case;
pub mod case_access;
pub mod case_entry;
pub mod case_progress;
pub mod case_rung;
pub mod case_sample;
pub mod case_sample_item;
pub mod case_value;
