//! Tables of the federation slice: whose word counts for who somebody is, and the tokens by which they are asked.

pub mod provider;
pub mod token;
