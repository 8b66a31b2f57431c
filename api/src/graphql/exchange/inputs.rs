//! How a partner's words are read, as it is written down.

use async_graphql::InputObject;
use fengqiao_domain::exchange::Mapping;

use super::enums::ExchangeTicketFieldKind;
use crate::graphql::cases::CasePriorityLevel;
use crate::graphql::org::CoordinateSystem;

/// How a partner's words are read. It is replaced as a whole.
#[derive(InputObject)]
pub(super) struct ExchangeMappingInput {
    /// Where in a ticket something stands, at most 20; of a field that is named twice the last counts. None for Open311, which says so itself.
    #[graphql(validator(max_items = 20))]
    fields: Option<Vec<ExchangeFieldMappingInput>>,
    /// What their codes of categories mean, at most 5,000. A code that is not here means the same code here.
    #[graphql(validator(max_items = 5000))]
    categories: Option<Vec<ExchangeCodeMappingInput>>,
    /// Our code, at most 200 characters, of the category of whatever has none here. Without it such a ticket is refused.
    other_category_code: Option<String>,
    /// What their codes of areas mean, at most 5,000. A code that is not here means the same code here.
    #[graphql(validator(max_items = 5000))]
    areas: Option<Vec<ExchangeCodeMappingInput>>,
    /// What their words for urgency mean, at most 100.
    #[graphql(validator(max_items = 100))]
    priorities: Option<Vec<ExchangePriorityMappingInput>>,
    /// In which system their points are; needed where they send any.
    coordinate_system: Option<CoordinateSystem>,
}

/// Where in a ticket something stands.
#[derive(InputObject)]
pub(super) struct ExchangeFieldMappingInput {
    /// What.
    field: ExchangeTicketFieldKind,
    /// Where: a JSON pointer (RFC 6901) into the ticket, such as `/data/orderNo`, at most 200 characters.
    pointer: String,
}

/// What a partner's code means.
#[derive(InputObject)]
pub(super) struct ExchangeCodeMappingInput {
    /// Their code, 1 to 200 characters.
    theirs: String,
    /// Our code, 1 to 200 characters.
    ours: String,
}

/// What a partner's word for urgency means.
#[derive(InputObject)]
pub(super) struct ExchangePriorityMappingInput {
    /// Their word, 1 to 200 characters.
    theirs: String,
    /// How urgent that is.
    priority: CasePriorityLevel,
}

impl From<ExchangeMappingInput> for Mapping {
    fn from(input: ExchangeMappingInput) -> Self {
        let codes = |codes: Option<Vec<ExchangeCodeMappingInput>>| {
            codes.unwrap_or_default().into_iter().map(|code| (code.theirs, code.ours)).collect()
        };
        let fields = input.fields.unwrap_or_default().into_iter();
        let priorities = input.priorities.unwrap_or_default().into_iter();
        Self {
            fields: fields.map(|at| (at.field.into(), at.pointer)).collect(),
            categories: codes(input.categories),
            other_category: input.other_category_code,
            areas: codes(input.areas),
            priorities: priorities.map(|word| (word.theirs, word.priority.into())).collect(),
            coordinate_system: input.coordinate_system.map(Into::into),
        }
    }
}
