//! Mutations of the personal slice, one per file.

mod person_reveal;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use person_reveal::{PersonRevealInput, PersonRevealPayload};

/// Mutations of the personal slice.
#[derive(Default)]
pub struct PersonalMutation;

#[Object]
impl PersonalMutation {
    /// Read the name, the number and the address of a person whole (查看完整信息), whom every query masks. The audit trail keeps who read whom and what for; an account
    /// reads so many a day, and `RATE_LIMITED` says when the next one is.
    #[graphql(directive = requires::apply(Permission::PersonalReveal))]
    async fn person_reveal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: PersonRevealInput,
    ) -> Option<async_graphql::Result<PersonRevealPayload>> {
        Some(person_reveal::run(ctx, input).await.map_err(Into::into))
    }
}
