//! GraphQL of the exchange slice: other systems that cases come from and are told to.

mod enums;
mod error;
mod inputs;
mod loaders;
mod mutation;
mod query;
mod reconciling;
mod told;
mod types;

pub use error::ExchangeUserError;
pub(crate) use error::holes;
pub use loaders::{ToldLoader, ToldOf};
pub use mutation::ExchangeMutation;
pub use query::ExchangeQuery;
pub use told::{CaseExchange, exchanges_of};
pub use types::{ExchangePartner, partner_of};
