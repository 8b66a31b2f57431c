//! Reading the category tree.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::catalogue::category;

use crate::catalogue::directory;
use crate::catalogue::model::{Category, EffectiveTerms};
use crate::catalogue::service::{Answer, CategoryService};
use crate::catalogue::store;
use crate::kernel::id::CategoryId;
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::scope::Scope;
use crate::store::{Keyset, Reader, Select, StoreError, containing, counted};

/// Which categories are wanted: all conditions at once.
#[derive(Clone, Debug, Default)]
pub struct CategoryFilter {
    /// Only at this depth: 1 gives the classes.
    pub level: Option<u32>,
    /// Only right below this category.
    pub parent: Option<CategoryId>,
    /// Only those that new cases may, or may not, be filed under.
    pub active: Option<bool>,
    /// Only with this text in the Chinese or the English name.
    pub name_contains: Option<String>,
}

impl CategoryService {
    /// Categories by id; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn categories_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[CategoryId],
    ) -> Answer<HashMap<CategoryId, Category>> {
        let categories = store::by_ids(&*reader.tx().await?, ids).await?;
        Ok(categories.into_iter().map(|category| (category.id, category)).collect())
    }

    /// The category with a code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn category_by_code(
        &self,
        _scope: &Scope,
        reader: &Reader,
        code: &str,
    ) -> Answer<Option<Category>> {
        Ok(store::by_code(&*reader.tx().await?, code).await?)
    }

    /// Categories with everything below them; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn with_descendants(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[CategoryId],
    ) -> Answer<BTreeSet<CategoryId>> {
        let tx = reader.tx().await?;
        tx.ask_tables();
        Ok(directory::with_descendants(&tx, ids).await?)
    }

    /// The ids behind all codes of the tenant, for loading files that name codes.
    ///
    /// # Errors
    /// As the database says.
    pub async fn codes(&self, _scope: &Scope, reader: &Reader) -> Answer<HashMap<String, CategoryId>> {
        let rows = reader.tx().await?.select::<category::Entity>().all().await?;
        Ok(rows.into_iter().map(|row| (row.code, row.id)).collect())
    }

    /// A page of categories by code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn categories(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &CategoryFilter,
        page: &PageRequest,
    ) -> Answer<Page<Category>> {
        let tx = reader.tx().await?;
        let keyset = Keyset {
            column: category::Column::Code,
            id: category::Column::Id,
            descending: false,
            cursor: |row: &category::Model| Cursor::of(SortKey::Text(row.code.clone()), row.id.uuid()),
        };
        let Page { rows, has_previous, has_next } = keyset.page(filtered(tx.select(), filter), page).await?;
        let rows = rows
            .into_iter()
            .map(|(cursor, row)| Ok((cursor, store::category(row)?)))
            .collect::<Result<_, StoreError>>()?;
        Ok(Page { rows, has_previous, has_next })
    }

    /// How many categories the filter finds, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_categories(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &CategoryFilter,
    ) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(counted(filtered(tx.select(), filter)).await?)
    }

    /// The categories right below each of some categories, by code; one without any is left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn children_of(
        &self,
        _scope: &Scope,
        reader: &Reader,
        parents: &[CategoryId],
    ) -> Answer<HashMap<CategoryId, Vec<Category>>> {
        let tx = reader.tx().await?;
        let below = category::Column::ParentId.is_in(parents.iter().copied());
        let rows = tx.select::<category::Entity>().filter(below).order_by(category::Column::Code, Order::Asc);
        let mut children: HashMap<CategoryId, Vec<Category>> = HashMap::new();
        for row in rows.all().await? {
            let category = store::category(row)?;
            if let Some(parent) = category.parent {
                children.entry(parent).or_default().push(category);
            }
        }
        Ok(children)
    }

    /// The terms that count for the cases of some categories; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn terms_of(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[CategoryId],
    ) -> Answer<HashMap<CategoryId, EffectiveTerms>> {
        let tree = store::tree(&*reader.tx().await?).await?;
        Ok(ids.iter().filter_map(|id| Some((*id, tree.terms(*id)?))).collect())
    }
}

fn filtered<'a>(
    mut rows: Select<'a, category::Entity>,
    filter: &CategoryFilter,
) -> Select<'a, category::Entity> {
    if let Some(level) = filter.level {
        rows = rows.filter(category::Column::Level.eq(i32::try_from(level).unwrap_or(i32::MAX)));
    }
    if let Some(parent) = filter.parent {
        rows = rows.filter(category::Column::ParentId.eq(parent));
    }
    if let Some(active) = filter.active {
        rows = rows.filter(category::Column::Active.eq(active));
    }
    if let Some(text) = &filter.name_contains {
        let either = Condition::any()
            .add(containing(category::Column::NameZh, text))
            .add(containing(category::Column::NameEn, text));
        rows = rows.filter(either);
    }
    rows
}
