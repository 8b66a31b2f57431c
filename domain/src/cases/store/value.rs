//! Values of a case's fields: added to, the latest of each field current.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Value};

use fengqiao_entity::cases::case;
use fengqiao_entity::cases::case_value::{Column, Entity, Model};
use fengqiao_entity::value::SealedBytes;

use crate::cases::filter::{ValueFilter, WantedValue};
use crate::cases::model::{Audience, Case};
use crate::cases::store::seal;
use crate::cases::value::CaseValue;
use crate::kernel::id::{AccountId, CaseId, UnitId};
use crate::programmes::{Field, FieldKind, FieldReaders, FieldValue, TextKeeping};
use crate::store::{StoreError, Tx, one_of};

const TABLE: &str = "case_values";

/// As the indexes say it: SQLite takes none of them for a value that is bound.
fn current() -> SimpleExpr {
    Column::Current.into_expr()
}

/// A value as a row; a text that can name people is sealed here, the tenant is stamped on insert.
pub(in crate::cases) fn row(
    tx: &Tx,
    case: &Case,
    field: &Field,
    value: &FieldValue,
) -> Result<Model, StoreError> {
    let audience = match field.readers {
        FieldReaders::Everyone => Audience::Everyone,
        FieldReaders::Staff => Audience::Staff,
    };
    let mut row = Model {
        tenant_id: tx.scope().tenant(),
        id: tx.new_id(),
        case_id: case.id,
        key: field.key.clone(),
        version: case.version,
        current: true,
        audience: audience.rank(),
        kind: kind(field).to_owned(),
        text: None,
        sealed: None,
        number: None,
        reference: None,
    };
    match value {
        FieldValue::Text(text) if kind(field) == "sealed" => {
            let sealed = seal::seal(tx, seal::Column::ValueText, row.id.uuid(), text)?;
            row.sealed = Some(SealedBytes(sealed));
        }
        FieldValue::Text(text) | FieldValue::Choice(text) => row.text = Some(text.clone()),
        FieldValue::Number(number) | FieldValue::Money(number) => row.number = Some(*number),
        FieldValue::Date(date) => row.text = Some(date.to_string()),
        FieldValue::Person(account) => row.reference = Some(account.uuid()),
        FieldValue::Unit(unit) => row.reference = Some(unit.uuid()),
    }
    Ok(row)
}

const fn kind(field: &Field) -> &'static str {
    match &field.kind {
        FieldKind::Text { keeping: TextKeeping::Sealed, .. } => "sealed",
        FieldKind::Text { keeping: TextKeeping::Plain, .. } => "text",
        FieldKind::Number { .. } => "number",
        FieldKind::Money { .. } => "money",
        FieldKind::Date => "date",
        FieldKind::Choice { .. } => "choice",
        FieldKind::Person => "person",
        FieldKind::Unit => "unit",
    }
}

fn value(tx: &Tx, row: Model) -> Result<(CaseId, CaseValue), StoreError> {
    let open = |sealed: &SealedBytes| {
        seal::open(tx.vault(), tx.scope().tenant(), seal::Column::ValueText, row.id.uuid(), &sealed.0)
    };
    let value = match (row.kind.as_str(), row.text, &row.sealed, row.number, row.reference) {
        ("text", Some(text), ..) => FieldValue::Text(text),
        ("choice", Some(key), ..) => FieldValue::Choice(key),
        ("sealed", _, Some(sealed), ..) => FieldValue::Text(open(sealed)?),
        ("number", _, _, Some(number), _) => FieldValue::Number(number),
        ("money", _, _, Some(fen), _) => FieldValue::Money(fen),
        ("date", Some(day), ..) => FieldValue::Date(
            NaiveDate::parse_from_str(&day, "%Y-%m-%d")
                .map_err(|_| StoreError::corrupt(TABLE, "text", day))?,
        ),
        ("person", .., Some(id)) => FieldValue::Person(AccountId::from_uuid(id)),
        ("unit", .., Some(id)) => FieldValue::Unit(UnitId::from_uuid(id)),
        (kind, ..) => return Err(StoreError::corrupt(TABLE, "kind", kind)),
    };
    Ok((row.case_id, CaseValue { key: row.key, value, version: row.version }))
}

/// The present values of some cases, as far as the caller may read them.
pub(in crate::cases) async fn of_cases(
    tx: &Tx,
    cases: &[CaseId],
) -> Result<Vec<(CaseId, CaseValue)>, StoreError> {
    let wanted = one_of(Column::CaseId.into_expr(), cases.iter().copied()).and(current());
    let rows = tx.select::<Entity>().filter(wanted).all().await?;
    rows.into_iter().map(|row| value(tx, row)).collect()
}

/// A condition on cases: that a field holds now what is wanted, where these readers read it.
pub(in crate::cases) fn holding(filter: &ValueFilter, readers: Audience) -> SimpleExpr {
    let cell = |column: Column| Expr::col((Alias::new(TABLE), column));
    let own = |column: case::Column| (Alias::new("cases"), column);
    let mut rows = Query::select()
        .expr(Expr::val(1))
        .from(Alias::new(TABLE))
        .and_where(cell(Column::TenantId).equals(own(case::Column::TenantId)))
        .and_where(cell(Column::CaseId).equals(own(case::Column::Id)))
        .and_where(cell(Column::Key).eq(filter.key.clone()))
        .and_where(cell(Column::Current))
        .and_where(cell(Column::Audience).lte(readers.rank()))
        .to_owned();
    let mut bounds = |kind: &str, column: Column, from: Option<Value>, until: Option<Value>| {
        rows.and_where(cell(Column::Kind).eq(kind));
        if let Some(from) = from {
            rows.and_where(cell(column).gte(from));
        }
        if let Some(until) = until {
            rows.and_where(cell(column).lte(until));
        }
    };
    let day = |day: &Option<NaiveDate>| day.map(|day| Value::from(day.to_string()));
    let same = |value: Value| (Some(value.clone()), Some(value));
    match &filter.wanted {
        WantedValue::Number(from, until) => {
            bounds("number", Column::Number, from.map(Value::from), until.map(Value::from));
        }
        WantedValue::Money(from, until) => {
            bounds("money", Column::Number, from.map(Value::from), until.map(Value::from));
        }
        WantedValue::Date(from, until) => bounds("date", Column::Text, day(from), day(until)),
        WantedValue::Exactly(value) => {
            let (kind, column, value) = match value {
                FieldValue::Text(text) => ("text", Column::Text, Value::from(text.clone())),
                FieldValue::Choice(key) => ("choice", Column::Text, Value::from(key.clone())),
                FieldValue::Date(day) => ("date", Column::Text, Value::from(day.to_string())),
                FieldValue::Number(number) => ("number", Column::Number, Value::from(*number)),
                FieldValue::Money(fen) => ("money", Column::Number, Value::from(*fen)),
                FieldValue::Person(account) => ("person", Column::Reference, Value::from(account.uuid())),
                FieldValue::Unit(unit) => ("unit", Column::Reference, Value::from(unit.uuid())),
            };
            let (from, until) = same(value);
            bounds(kind, column, from, until);
        }
    }
    Expr::exists(rows)
}

/// The fields of a case that have a value which the caller may read.
pub(in crate::cases) async fn known(tx: &Tx, case: CaseId) -> Result<BTreeSet<String>, StoreError> {
    let wanted = Column::CaseId.eq(case).and(current());
    Ok(tx.select::<Entity>().filter(wanted).all().await?.into_iter().map(|row| row.key).collect())
}

/// What these fields held is current no more.
pub(in crate::cases) async fn supersede(
    tx: &Tx,
    case: CaseId,
    keys: impl Iterator<Item = &String>,
) -> Result<(), StoreError> {
    let wanted =
        Column::CaseId.eq(case).and(current()).and(one_of(Column::Key.into_expr(), keys.map(String::as_str)));
    tx.update::<Entity>().set(Column::Current, Expr::val(false)).filter(wanted).run().await?;
    Ok(())
}
