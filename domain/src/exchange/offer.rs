//! What the door of Open311 tells: which matters may be reported, and how requests stand.

use std::collections::BTreeSet;

use crate::catalogue;
use crate::kernel::id::{CategoryId, Timestamp};
use crate::kernel::place::Sensitivity;
use crate::org::GeoPoint;
use crate::programmes::{self, CaseAct, CaseSource, CaseState, Field, FieldReaders, Name};
use crate::store::{StoreError, Tx};

/// Most requests that are told at once, on all pages together: what Open311 says.
pub const MOST_LISTED: u64 = 1_000;

/// A matter that may be reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenService {
    /// Code of the category.
    pub code: String,
    /// Name of the category.
    pub name: Name,
    /// Name of the category above.
    pub group: Option<Name>,
    /// What is asked with the report.
    pub fields: Vec<OpenField>,
}

/// What is asked with a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenField {
    /// What it holds.
    pub field: Field,
    /// Whether nothing is taken without it.
    pub is_required: bool,
}

/// Which requests are wanted.
#[derive(Clone, Debug, Default)]
pub struct OpenFilter {
    /// Of these matters; none for all.
    pub services: Vec<String>,
    /// In one of these states.
    pub states: Vec<CaseState>,
    /// Entered at this instant or later.
    pub from: Option<Timestamp>,
    /// Entered before this instant.
    pub until: Option<Timestamp>,
    /// Which page, from 1.
    pub page: u64,
    /// How many stand on one.
    pub size: u64,
}

/// How a request stands.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenRequest {
    /// Number of the case.
    pub number: String,
    /// Where it stands.
    pub state: CaseState,
    /// What was written last when its state changed.
    pub note: Option<String>,
    /// Code and name of the category.
    pub service: Option<(String, Name)>,
    /// What was seen or heard.
    pub description: String,
    /// The unit or organisation that it lies with, or where whoever it lies with works.
    pub agency: Option<String>,
    /// When it was entered.
    pub requested_at: Timestamp,
    /// When something was done to it last.
    pub updated_at: Timestamp,
    /// When it must be done.
    pub expected_at: Option<Timestamp>,
    /// Where it occurred.
    pub address: Option<String>,
    /// The point where it occurred, in the system in which the partner sends its own.
    pub point: Option<GeoPoint>,
}

/// The matters that are reported in public: those at the ends of the tree that are in use and give their cases no more than the usual
/// care. Whoever reports chooses what it is, not a class of such; and what is sensitive goes to people, not through an application.
pub(super) async fn offered(tx: &Tx, source: CaseSource) -> Result<Vec<OpenService>, StoreError> {
    let categories = catalogue::directory::categories(tx).await?;
    let classes: BTreeSet<CategoryId> = categories
        .values()
        .filter(|(category, _)| category.active)
        .filter_map(|(one, _)| one.parent)
        .collect();
    let mut services = vec![];
    for (category, terms) in categories.values() {
        let is_plain = terms.sensitivity == Sensitivity::Normal;
        if !category.active || !is_plain || classes.contains(&category.id) {
            continue;
        }
        let above = categories.values().find(|(above, _)| Some(above.id) == category.parent);
        services.push(OpenService {
            code: category.code.clone(),
            name: named(category),
            group: above.map(|(above, _)| named(above)),
            fields: asked(tx, category.id, source).await?,
        });
    }
    Ok(services)
}

/// What a category is called.
pub(super) fn named(category: &catalogue::Category) -> Name {
    Name { zh: category.name_zh.clone(), en: category.name_en.clone() }
}

/// What the programme of such a case takes with the report from whoever is no staff.
async fn asked(tx: &Tx, category: CategoryId, source: CaseSource) -> Result<Vec<OpenField>, StoreError> {
    let Some(programme) = programmes::directory::for_case(tx, None, category, source).await? else {
        return Ok(vec![]);
    };
    let mut fields = vec![];
    for rule in programme.rules_of(CaseAct::Report) {
        let needed = rule.fields.iter().map(|key| (key, true));
        for (key, is_required) in needed.chain(rule.optional_fields.iter().map(|key| (key, false))) {
            let field = programme.field(key).filter(|field| field.readers == FieldReaders::Everyone);
            fields.extend(field.map(|field| OpenField { field: field.clone(), is_required }));
        }
    }
    Ok(fields)
}
