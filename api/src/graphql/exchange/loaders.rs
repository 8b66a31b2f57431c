//! Loads what other systems were told of cases, many at a time, within one request.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use fengqiao_domain::Reader;
use fengqiao_domain::kernel::id::CaseId;
use fengqiao_domain::webhooks::{ToldCase, WebhookService};

use crate::graphql::kit::fault::Fault;

/// Asks for what other systems were told of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ToldOf(pub CaseId);

/// Loads what other systems were told of cases.
pub struct ToldLoader {
    /// The use cases.
    pub service: WebhookService,
    /// The request's snapshot.
    pub reader: Reader,
}

impl Loader<ToldOf> for ToldLoader {
    type Value = Vec<ToldCase>;
    type Error = Fault;

    async fn load(&self, keys: &[ToldOf]) -> Result<HashMap<ToldOf, Self::Value>, Self::Error> {
        let cases: Vec<CaseId> = keys.iter().map(|key| key.0).collect();
        let told = self.service.told_of(self.reader.scope(), &self.reader, &cases).await;
        let told = told.map_err(Fault::from_failure)?;
        Ok(told.into_iter().map(|(case, told)| (ToldOf(case), told)).collect())
    }
}
