//! What the fields of the schema weigh: between GraphQL, which knows nothing of HTTP, and the edge, which knows no schema.

use std::sync::{Arc, LazyLock};

use crate::graphql::schema;
use crate::http::cost::{BadTariff, Tariff};

/// What the fields of the schema weigh.
///
/// # Errors
/// [`BadTariff`] when the schema cannot be read as it is printed, which tests would tell.
pub fn of_schema() -> Result<Arc<Tariff>, BadTariff> {
    static TARIFF: LazyLock<Result<Arc<Tariff>, BadTariff>> =
        LazyLock::new(|| Tariff::of(&schema::build(None).sdl()).map(Arc::new));
    TARIFF.clone()
}
