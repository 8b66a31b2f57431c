//! GraphQL of the programmes slice: how cases go their way, as data that a district writes.

mod enums;
mod error;
mod fault;
mod judging;
mod loaders;
mod mutation;
mod outline;
mod query;
mod rung;
mod simulation;
mod types;

pub use error::ProgrammeUserError;
pub use loaders::ProgrammeLoader;
pub use mutation::ProgrammeMutation;
pub use outline::{FieldChoice, ProgrammeOutline, ProgrammeStage, outline_of};
pub use query::ProgrammeQuery;
pub use types::{Programme, programme_of};
