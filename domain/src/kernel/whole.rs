//! A person's name, number and address, whole: what queries never give, and `crate::personal` does.

use std::fmt;

/// Somebody's name, number and address, as far as they are known. Nothing prints them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: Option<String>,
    /// Digits of the telephone number.
    pub phone: Option<String>,
    /// Where they were visited, or where what they reported occurred.
    pub address: Option<String>,
}

impl Person {
    /// What is known, in the words of the schema.
    pub(crate) fn known(&self) -> Vec<&'static str> {
        let all = [("address", &self.address), ("name", &self.name), ("phone", &self.phone)];
        all.into_iter().filter_map(|(word, text)| text.as_ref().map(|_| word)).collect()
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").finish_non_exhaustive()
    }
}

/// What a slice answers to whoever wants to read somebody whole.
#[derive(Debug)]
pub(crate) enum Whole {
    /// There is no such thing that the caller sees, or nothing is known of a person.
    Unknown,
    /// The caller sees it, and no grant that allows them covers it.
    Refused,
    /// Who it is.
    Known(Person),
}

impl Whole {
    /// A person of whom something may be known.
    pub(crate) fn of(person: Person) -> Self {
        if person == Person::default() { Self::Unknown } else { Self::Known(person) }
    }
}
