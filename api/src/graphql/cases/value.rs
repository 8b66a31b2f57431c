//! Values of the fields that a case's programme adds to it.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use fengqiao_domain::cases as domain;
use fengqiao_domain::programmes::{Field, FieldKind, FieldValue};

use super::loaders::ValuesOf;
use crate::graphql::context::member;
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::comparators::{DateRange, MoneyRange, NumberRange};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::money::{amount, yuan};
use crate::graphql::kit::scalars::Date;
use crate::graphql::org::{Unit, unit_of};
use crate::graphql::programmes::{FieldChoice, outline_of};

/// A field of a case with its present value: exactly one of the values is there, as the field's kind says.
pub struct CaseField {
    field: Field,
    value: FieldValue,
    version: i64,
}

/// A field of a case with its present value: exactly one of the values is there, as the field's kind says.
#[Object]
impl CaseField {
    /// Key within the programme.
    async fn key(&self) -> &str {
        &self.field.key
    }

    /// Name in Chinese.
    async fn name_zh(&self) -> &str {
        &self.field.name.zh
    }

    /// Name in English.
    async fn name_en(&self) -> &str {
        &self.field.name.en
    }

    /// The text of a text field.
    async fn text(&self) -> Option<&str> {
        match &self.value {
            FieldValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number of a number field.
    async fn number(&self) -> Option<i64> {
        match self.value {
            FieldValue::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The amount of a money field, in yuan with two decimals: `145000.00`.
    async fn money(&self) -> Option<String> {
        match self.value {
            FieldValue::Money(fen) => Some(yuan(fen)),
            _ => None,
        }
    }

    /// The day of a date field.
    async fn date(&self) -> Option<Date> {
        match self.value {
            FieldValue::Date(date) => Some(Date(date)),
            _ => None,
        }
    }

    /// The chosen one of a choice field.
    async fn choice(&self) -> Option<FieldChoice> {
        let (FieldValue::Choice(key), FieldKind::Choice { choices }) = (&self.value, &self.field.kind) else {
            return None;
        };
        choices.iter().find(|choice| choice.key == *key).map(FieldChoice::from)
    }

    /// Whom a person field names; null for whom the caller may not know.
    async fn person(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        let FieldValue::Person(account) = self.value else { return None };
        account_of(ctx, Some(account)).await.map_err(Into::into).transpose()
    }

    /// The unit that a unit field names.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        let FieldValue::Unit(unit) = self.value else { return None };
        unit_of(ctx, Some(unit)).await.map_err(Into::into).transpose()
    }

    /// Version of the case that the value was given with.
    async fn case_version(&self) -> i64 {
        self.version
    }
}

/// The fields of a case that have a value, in the order of its programme.
pub(super) async fn fields_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<Vec<CaseField>> {
    let programme = outline_of(ctx, case.programme).await?;
    // Most programmes add none, and then nobody needs to ask.
    if programme.fields.is_empty() {
        return Ok(vec![]);
    }
    let values = member(ctx)?.timelines().load_one(ValuesOf(case.id)).await?.unwrap_or_default();
    let fields = programme.fields.iter().filter_map(|field| {
        let known = values.iter().find(|value| value.key == field.key)?;
        Some(CaseField { field: field.clone(), value: known.value.clone(), version: known.version })
    });
    Ok(fields.collect())
}

/// A value that an act gives to a field of the case's programme.
#[derive(InputObject)]
pub struct CaseFieldInput {
    /// Key of the field, at most 32 characters.
    key: String,
    /// The value, of the field's kind.
    value: CaseFieldValueInput,
}

/// A value of a field: exactly one of them.
#[derive(OneofObject)]
pub enum CaseFieldValueInput {
    /// For a text field: one line, at most as many characters as the field allows, never more than 1,000.
    Text(String),
    /// For a number field.
    Number(i64),
    /// For a money field: yuan with at most two decimals, as `145000.00`; at most 13 characters.
    Money(String),
    /// For a date field.
    Date(Date),
    /// For a choice field: key of one of its choices, at most 32 characters.
    ChoiceKey(String),
    /// For a person field.
    AccountId(ID),
    /// For a unit field.
    UnitId(ID),
}

impl CaseFieldInput {
    /// The values with their ids parsed.
    pub(crate) fn parsed(given: Option<Vec<Self>>) -> Outcome<Vec<domain::GivenValue>> {
        let parse = |one: Self| {
            let value = match one.value {
                CaseFieldValueInput::Text(text) => FieldValue::Text(text),
                CaseFieldValueInput::Number(number) => FieldValue::Number(number),
                CaseFieldValueInput::Money(text) => FieldValue::Money(amount(&text)?),
                CaseFieldValueInput::Date(date) => FieldValue::Date(date.0),
                CaseFieldValueInput::ChoiceKey(key) => FieldValue::Choice(key),
                CaseFieldValueInput::AccountId(account) => FieldValue::Person(id::parse(&account)?),
                CaseFieldValueInput::UnitId(unit) => FieldValue::Unit(id::parse(&unit)?),
            };
            Ok(domain::GivenValue { key: one.key, value })
        };
        given.unwrap_or_default().into_iter().map(parse).collect()
    }
}

/// What a field of a case must hold now.
#[derive(Debug, InputObject)]
pub struct CaseFieldMatch {
    /// Key of the field, at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    key: String,
    /// What it must hold.
    value: CaseFieldCondition,
}

/// What a field must hold: exactly one of them, of the field's kind.
#[derive(Debug, OneofObject)]
pub enum CaseFieldCondition {
    /// Just this text; at most 1,000 characters.
    Text(String),
    /// A number within bounds.
    Number(NumberRange),
    /// An amount of money within bounds.
    Money(MoneyRange),
    /// A day within bounds.
    Date(DateRange),
    /// Just this choice, by its key of at most 32 characters.
    ChoiceKey(String),
    /// Just this person.
    AccountId(ID),
    /// Just this unit.
    UnitId(ID),
}

impl CaseFieldMatch {
    /// The conditions with their ids and amounts parsed.
    pub(super) fn parsed(filters: Vec<Self>) -> Outcome<Vec<domain::ValueFilter>> {
        let parse = |one: Self| {
            let exactly = domain::WantedValue::Exactly;
            let wanted = match one.value {
                CaseFieldCondition::Text(text) => exactly(FieldValue::Text(text)),
                CaseFieldCondition::ChoiceKey(key) => exactly(FieldValue::Choice(key)),
                CaseFieldCondition::AccountId(account) => exactly(FieldValue::Person(id::parse(&account)?)),
                CaseFieldCondition::UnitId(unit) => exactly(FieldValue::Unit(id::parse(&unit)?)),
                CaseFieldCondition::Number(range) => domain::WantedValue::Number(range.from, range.to),
                CaseFieldCondition::Date(range) => {
                    domain::WantedValue::Date(range.from.map(|day| day.0), range.to.map(|day| day.0))
                }
                CaseFieldCondition::Money(range) => {
                    let bound = |text: Option<String>| text.map(|text| amount(&text)).transpose();
                    domain::WantedValue::Money(bound(range.from)?, bound(range.to)?)
                }
            };
            Ok(domain::ValueFilter { key: one.key, wanted })
        };
        filters.into_iter().map(parse).collect()
    }
}
