//! Tables of the personal slice: how often masked names and numbers were read whole.

pub mod reveal;
