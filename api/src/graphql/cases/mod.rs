//! GraphQL of the cases slice: the case, its acts, its timeline, its inbox and its events.

mod assistance;
mod attachment;
mod clock;
mod entry;
mod enums;
mod error;
mod event;
mod extension;
mod inputs;
mod judging;
mod live;
mod loaders;
mod merging;
mod milestone;
mod mutation;
mod past;
mod place;
mod query;
mod routing;
mod rung;
mod sampling;
mod shared;
mod similar;
mod stage;
mod stream;
mod subscription;
mod supervision;
mod types;
mod value;

pub use attachment::CaseAttachmentInput;
pub use enums::{
    CaseActKind, CaseAudienceKind, CaseInputKind, CaseLightLevel, CasePriorityLevel, CaseSourceKind,
    CaseState, SettlementLevel, SupervisionLevel,
};
pub use error::{CaseErrorCode, CaseUserError};
pub use event::{CaseEvent, Event};
pub use inputs::{GeoPointInput, PlaceInput};
pub use live::{CaseLiveSubscription, UnitPulseQuery};
pub use loaders::{TimelineEnd, TimelineLoader, ValuesOf};
pub use mutation::{CaseBesideMutation, CaseJudgingMutation, CaseMutation, CaseReportInput};
pub use past::CaseEventQuery;
pub use place::{GeoPoint, address_of};
pub use query::{CaseFilter, CaseQuery};
pub use sampling::{CaseSample, CaseSampleQuery, sample_of};
pub use shared::{Feed, Group, Opening};
pub use subscription::{CaseSubscription, Delivery};
pub use types::{Case, case_of};
pub use value::CaseFieldInput;
