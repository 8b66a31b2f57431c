//! Values of the fields that a case's programme adds to it: what an act gives, and whether that is what it takes.

use std::collections::{BTreeMap, BTreeSet};

use crate::cases::error::CaseError;
use crate::kernel::failure::Problem;
use crate::kernel::scope::Scope;
use crate::programmes::{Field, FieldReaders, FieldValue, Programme};

/// Most values that one act gives: as many as a programme has fields.
pub(super) const MOST_VALUES: usize = 60;

/// A value as somebody gives it with an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenValue {
    /// Key of the field.
    pub key: String,
    /// The value.
    pub value: FieldValue,
}

/// A field of a case with its present value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseValue {
    /// Key of the field.
    pub key: String,
    /// The value.
    pub value: FieldValue,
    /// Version of the case that it was given with.
    pub version: i64,
}

/// What an act takes, and who gives it.
pub(super) struct Takes<'a> {
    /// The programme that the case follows.
    pub(super) programme: &'a Programme,
    /// Fields that must have a value after it.
    pub(super) fields: &'a BTreeSet<String>,
    /// Fields that can be given besides.
    pub(super) optional_fields: &'a BTreeSet<String>,
    /// Who reads what whoever gives it reads.
    pub(super) as_reader: FieldReaders,
}

impl<'a> Takes<'a> {
    /// What an act takes from somebody.
    pub(super) fn of(
        programme: &'a Programme,
        fields: &'a BTreeSet<String>,
        optional_fields: &'a BTreeSet<String>,
        scope: &Scope,
    ) -> Self {
        let as_reader = if scope.is_staff() { FieldReaders::Staff } else { FieldReaders::Everyone };
        Self { programme, fields, optional_fields, as_reader }
    }
}

/// What an act is given, as the fields hold it, by their keys.
pub(super) fn taken(
    given: &[GivenValue],
    takes: &Takes<'_>,
) -> Result<BTreeMap<String, FieldValue>, Vec<Problem<CaseError>>> {
    if given.len() > MOST_VALUES {
        return Err(vec![Problem::at("fields", CaseError::TooManyValues { limit: MOST_VALUES })]);
    }
    let (mut values, mut problems) = (BTreeMap::new(), vec![]);
    for (index, one) in given.iter().enumerate() {
        let problem = |place: &str, error| Problem::at(&format!("fields.{index}.{place}"), error);
        let asked = takes.fields.contains(&one.key) || takes.optional_fields.contains(&one.key);
        let Some(field) = takes.programme.field(&one.key).filter(|_| asked) else {
            problems.push(problem("key", CaseError::UnknownField));
            continue;
        };
        if field.readers == FieldReaders::Staff && takes.as_reader == FieldReaders::Everyone {
            problems.push(problem("key", CaseError::NotPermitted));
            continue;
        }
        match field.holding(one.value.clone()) {
            Some(value) if !values.contains_key(&one.key) => {
                values.insert(one.key.clone(), value);
            }
            Some(_) | None => problems.push(problem("value", CaseError::InvalidValue)),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// The demanded fields that have no value yet.
pub(super) fn missing<'a>(
    takes: &'a Takes<'_>,
    given: &BTreeMap<String, FieldValue>,
    known: &BTreeSet<String>,
) -> Vec<&'a Field> {
    let wanting = takes.fields.iter().filter(|key| !given.contains_key(*key) && !known.contains(*key));
    wanting.filter_map(|key| takes.programme.field(key)).collect()
}
