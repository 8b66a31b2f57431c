//! Typed fields that a programme adds to its cases: what each holds, and whether a value is one.

use chrono::NaiveDate;
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::id::{AccountId, UnitId};
use crate::kernel::text;
use crate::programmes::model::Name;

/// Most characters of a text when a programme does not say.
pub(super) const TEXT_LIMIT: u32 = 200;
/// Most characters that a programme may allow a text.
pub(super) const LONGEST_TEXT: u32 = 1_000;
/// Most fen of an amount of money: ten billion yuan.
pub(super) const MOST_MONEY: i64 = 1_000_000_000_000;

/// A field that a programme adds to its cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Key within the programme.
    pub key: String,
    /// What people call it.
    pub name: Name,
    /// What it holds.
    pub kind: FieldKind,
    /// Who reads it.
    pub readers: FieldReaders,
}

/// Who reads a field of a case that they see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum FieldReaders {
    /// Everyone, the reporter too.
    #[default]
    Everyone,
    /// Staff only.
    Staff,
}

/// How a text is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TextKeeping {
    /// As it is, so that cases can be found by it.
    #[default]
    Plain,
    /// Sealed: it can name people.
    Sealed,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text.
    Text {
        /// Most characters.
        most: u32,
        /// How it is kept.
        keeping: TextKeeping,
    },
    /// A whole number.
    Number {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// An amount of money, in fen.
    Money {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A day.
    Date,
    /// One of some things that are named.
    Choice {
        /// Their keys and names.
        choices: Vec<Choice>,
    },
    /// Somebody with an account.
    Person,
    /// A unit of the three tiers.
    Unit,
}

/// One of the things that a field can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Key within the field.
    pub key: String,
    /// What people call it.
    pub name: Name,
}

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// An amount of money, in fen.
    Money(i64),
    /// A day.
    Date(NaiveDate),
    /// Key of one of the things that are named.
    Choice(String),
    /// Somebody with an account.
    Person(AccountId),
    /// A unit.
    Unit(UnitId),
}

impl Field {
    /// The value as the field holds it: a text trimmed; none when the field does not hold such a value.
    #[must_use]
    pub fn holding(&self, value: FieldValue) -> Option<FieldValue> {
        let fits = match (&self.kind, &value) {
            (FieldKind::Text { most, .. }, FieldValue::Text(written)) => {
                let most = usize::try_from(*most).unwrap_or(usize::MAX);
                return text::line(written, most).ok().map(FieldValue::Text);
            }
            (FieldKind::Number { min, max }, FieldValue::Number(number)) => (*min..=*max).contains(number),
            (FieldKind::Money { min, max }, FieldValue::Money(fen)) => (*min..=*max).contains(fen),
            (FieldKind::Choice { choices }, FieldValue::Choice(key)) => {
                choices.iter().any(|choice| choice.key == *key)
            }
            (FieldKind::Date, FieldValue::Date(_))
            | (FieldKind::Person, FieldValue::Person(_))
            | (FieldKind::Unit, FieldValue::Unit(_)) => true,
            _ => false,
        };
        fits.then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, Field, FieldKind, FieldReaders, FieldValue, MOST_MONEY, TextKeeping};
    use crate::programmes::model::Name;

    fn field(kind: FieldKind) -> Field {
        let name = Name { zh: "某项".to_owned(), en: "Something".to_owned() };
        Field { key: "something".to_owned(), name, kind, readers: FieldReaders::Everyone }
    }

    #[test]
    fn a_field_holds_values_of_its_kind_within_its_bounds() {
        let text = field(FieldKind::Text { most: 3, keeping: TextKeeping::Plain });
        let written = |text: &str| FieldValue::Text(text.to_owned());
        assert_eq!(text.holding(written(" 协议 ")), Some(written("协议")));
        for bad in ["", "  ", "四个字符", "两\n行"] {
            assert_eq!(text.holding(written(bad)), None, "{bad}");
        }
        let number = field(FieldKind::Number { min: 0, max: 100 });
        for (value, holds) in [(-1, false), (0, true), (100, true), (101, false)] {
            assert_eq!(number.holding(FieldValue::Number(value)).is_some(), holds, "{value}");
        }
        let money = field(FieldKind::Money { min: 0, max: MOST_MONEY });
        for (fen, holds) in [(-1, false), (0, true), (MOST_MONEY, true), (MOST_MONEY + 1, false)] {
            assert_eq!(money.holding(FieldValue::Money(fen)).is_some(), holds, "{fen}");
        }
        let name = Name { zh: "人民调解".to_owned(), en: "People's mediation".to_owned() };
        let choice = field(FieldKind::Choice { choices: vec![Choice { key: "people".to_owned(), name }] });
        assert!(choice.holding(FieldValue::Choice("people".to_owned())).is_some());
        assert!(choice.holding(FieldValue::Choice("judicial".to_owned())).is_none());
        assert!(choice.holding(written("people")).is_none(), "a text is no choice");
        assert!(number.holding(FieldValue::Money(1)).is_none(), "money is no number");
    }
}
