//! `@cost(weight: …)` and `@listSize(…)`: where a field costs something else than the rules say (`docs/SCHEMA.md`, "Costs").
//!
//! Names and meaning are those of the draft "GraphQL Cost Directives", so that clients' tools read them; `lengthOf` is our own.

use async_graphql::TypeDirective;

/// What the field weighs, or each element of its list, besides what is below it. Without it an object weighs 1, a mutation 10, and
/// whatever has nothing below it 0.
#[TypeDirective(location = "FieldDefinition")]
pub(crate) fn cost(#[graphql(desc = "Points, a whole number.")] weight: String) {}

/// How often what is below the field counts, where no `first` or `last` says it. Without it a list counts as ten.
#[TypeDirective(location = "FieldDefinition", name = "listSize")]
pub(crate) fn list_size(
    #[graphql(desc = "So often.")] assumed_size: Option<i32>,
    #[graphql(desc = "As often as the list of this argument is long, by its path.")] length_of: Option<
        String,
    >,
) {
}
