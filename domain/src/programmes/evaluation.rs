//! What whoever judges the settlement of a case is asked (评价表), as a programme says: until when, by which reasons one is
//! dissatisfied, and which questions are scored.

use std::ops::RangeInclusive;

use crate::kernel::calendar::Limit;
use crate::programmes::document::{Notes, Table};
use crate::programmes::fault::ProgrammeRule;
use crate::programmes::field::Choice;
use crate::programmes::model::Name;
use crate::programmes::reading::{limit, name};

/// Most reasons, and most questions, of a form: nobody reads on after that.
const MOST_ASKED: usize = 20;
/// What a question is scored: the five grades of 好差评 (国办发〔2019〕51号), 5 for the best.
pub const SCORES: RangeInclusive<u8> = 1..=5;

/// What whoever judges the settlement of a case is asked besides the rating; nothing where a programme says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvaluationForm {
    /// How long after the closing a case is judged; none for as long as anybody likes.
    pub within: Option<Limit>,
    /// What somebody who is not satisfied chooses from, in order.
    pub reasons: Vec<Choice>,
    /// What is scored, in order.
    pub questions: Vec<Question>,
}

/// A question that is scored from 1 to 5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Key within the form.
    pub key: String,
    /// What people read.
    pub name: Name,
    /// Whether nobody judges without a score.
    pub required: bool,
}

impl EvaluationForm {
    /// What a file says under `evaluation`.
    pub(super) fn read(top: &Table<'_>, notes: &Notes) -> Self {
        let Some(table) = top.table("evaluation") else { return Self::default() };
        let within = table.table("within").and_then(|own| {
            let within = limit(&own);
            own.finish();
            within
        });
        let keyed = |key: &'static str| {
            let mut read: Vec<Question> = vec![];
            for row in table.tables(key, MOST_ASKED) {
                let (own, name) = (row.key("key"), name(&row));
                let required = key == "questions" && row.flag("required").unwrap_or_default();
                row.finish();
                let Some((own, name)) = own.zip(name) else { continue };
                if read.iter().any(|known| known.key == own.value) {
                    notes.note(own.line, ProgrammeRule::Duplicate, &own.value);
                } else {
                    read.push(Question { key: own.value, name, required });
                }
            }
            read
        };
        let reasons = keyed("reasons");
        let reasons = reasons.into_iter().map(|read| Choice { key: read.key, name: read.name }).collect();
        let questions = keyed("questions");
        table.finish();
        Self { within, reasons, questions }
    }

    /// The question with a key.
    #[must_use]
    pub fn question(&self, key: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.key == key)
    }
}
