//! The values that an act gives to the fields of a case: whom they name exists, what is demanded is there, and what is
//! followed stays as it was.

use std::collections::{BTreeMap, BTreeSet};

use crate::cases::error::CaseError;
use crate::cases::model::Case;
use crate::cases::service::Answer;
use crate::cases::store;
use crate::cases::value::{self, GivenValue, Takes};
use crate::identity::directory as identity;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::CaseId;
use crate::kernel::mutant::{self, Mutant};
use crate::org::directory;
use crate::programmes::{FieldValue, Programme};
use crate::store::{StoreError, Tx, WriteTx};

/// What an act is given, as the fields hold it, with everything that it demands; the case is none when the act begins it.
pub(super) async fn taken(
    tx: &Tx,
    case: Option<CaseId>,
    given: &[GivenValue],
    takes: &Takes<'_>,
) -> Answer<BTreeMap<String, FieldValue>> {
    let values = offered(tx, given, takes).await?;
    demanded(tx, case, &values, takes).await?;
    Ok(values)
}

/// What an act is given, as the fields hold it, whatever it demands.
pub(super) async fn offered(
    tx: &Tx,
    given: &[GivenValue],
    takes: &Takes<'_>,
) -> Answer<BTreeMap<String, FieldValue>> {
    let values = value::taken(given, takes).map_err(Failure::User)?;
    for (index, one) in given.iter().enumerate() {
        if !exists(tx, &one.value).await? {
            return Err(Failure::user(&format!("fields.{index}.value"), CaseError::InvalidValue));
        }
    }
    Ok(values)
}

/// Refuses what lacks a value that an act demands, and that the case does not have.
pub(super) async fn demanded(
    tx: &Tx,
    case: Option<CaseId>,
    values: &BTreeMap<String, FieldValue>,
    takes: &Takes<'_>,
) -> Answer<()> {
    let known = match case {
        Some(case) if !takes.fields.is_empty() => store::value::known(tx, case).await?,
        _ => BTreeSet::new(),
    };
    let missing = value::missing(takes, values, &known);
    if missing.is_empty() || mutant::active(Mutant::NoDemandedField) {
        return Ok(());
    }
    let wanting = |field: &crate::programmes::Field| CaseError::FieldRequired { name: field.name.clone() };
    Err(Failure::User(missing.into_iter().map(|field| Problem::at("fields", wanting(field))).collect()))
}

/// Whether whom or what a value names is there.
async fn exists(tx: &Tx, value: &FieldValue) -> Result<bool, StoreError> {
    Ok(match value {
        FieldValue::Person(account) => identity::is_active(tx, *account).await?,
        FieldValue::Unit(unit) => directory::unit(tx, *unit).await?.is_some(),
        FieldValue::Text(_)
        | FieldValue::Number(_)
        | FieldValue::Money(_)
        | FieldValue::Date(_)
        | FieldValue::Choice(_) => true,
    })
}

/// Writes what was given with an act.
pub(super) async fn keep(
    tx: &mut WriteTx,
    after: &Case,
    programme: &Programme,
    values: &BTreeMap<String, FieldValue>,
) -> Result<(), StoreError> {
    if values.is_empty() {
        return Ok(());
    }
    // A case that begins had none before.
    if after.version > 1 {
        store::value::supersede(tx, after.id, values.keys()).await?;
    }
    let mut rows = vec![];
    for (key, value) in values {
        if let Some(field) = programme.field(key) {
            rows.push(store::value::row(tx, after, field, value)?);
        }
    }
    tx.insert_late(rows);
    Ok(())
}
