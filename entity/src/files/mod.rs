//! Tables of the files slice: what people attach to cases.

pub mod attachment;
