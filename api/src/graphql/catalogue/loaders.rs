//! Loads categories, their children and their terms, many at a time, within one request.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use fengqiao_domain::Reader;
use fengqiao_domain::catalogue::{Category, CategoryService, EffectiveTerms};
use fengqiao_domain::kernel::id::CategoryId;

use crate::graphql::kit::fault::Fault;

/// Loads categories and what hangs on them.
pub struct CategoryLoader {
    /// The use cases.
    pub service: CategoryService,
    /// The request's snapshot.
    pub reader: Reader,
}

/// Asks for the categories right below one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChildrenOf(pub CategoryId);

/// Asks for the terms that count for the cases of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TermsOf(pub CategoryId);

impl Loader<CategoryId> for CategoryLoader {
    type Value = Category;
    type Error = Fault;

    async fn load(&self, keys: &[CategoryId]) -> Result<HashMap<CategoryId, Category>, Self::Error> {
        self.service
            .categories_by_id(self.reader.scope(), &self.reader, keys)
            .await
            .map_err(Fault::from_failure)
    }
}

impl Loader<ChildrenOf> for CategoryLoader {
    type Value = Vec<Category>;
    type Error = Fault;

    async fn load(&self, keys: &[ChildrenOf]) -> Result<HashMap<ChildrenOf, Vec<Category>>, Self::Error> {
        let parents: Vec<CategoryId> = keys.iter().map(|key| key.0).collect();
        let children = self.service.children_of(self.reader.scope(), &self.reader, &parents).await;
        let children = children.map_err(Fault::from_failure)?;
        Ok(children.into_iter().map(|(parent, below)| (ChildrenOf(parent), below)).collect())
    }
}

impl Loader<TermsOf> for CategoryLoader {
    type Value = EffectiveTerms;
    type Error = Fault;

    async fn load(&self, keys: &[TermsOf]) -> Result<HashMap<TermsOf, EffectiveTerms>, Self::Error> {
        let ids: Vec<CategoryId> = keys.iter().map(|key| key.0).collect();
        let terms = self.service.terms_of(self.reader.scope(), &self.reader, &ids).await;
        let terms = terms.map_err(Fault::from_failure)?;
        Ok(terms.into_iter().map(|(id, terms)| (TermsOf(id), terms)).collect())
    }
}
