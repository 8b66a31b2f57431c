//! Cells of CSV that a spreadsheet would take for formulas.
//!
//! What residents write ends up in files that clerks open: a text that begins like a formula is written
//! behind an apostrophe, as OWASP's page on CSV injection advises, and read without it.

use std::borrow::Cow;

/// What a formula can begin with.
const BEGINNINGS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text as it may stand in a CSV file.
pub(super) fn written(text: &str) -> Cow<'_, str> {
    if is_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// A text as it was before it was written.
pub(super) fn read(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(text)
}

/// Whether a text is one, or was written like one: behind apostrophes of its own.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINNINGS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_a_text_and_comes_back() {
        for text in ["=HYPERLINK(\"x\")", "'=1", "''-", "+86 138", "-1", "@SUM", "'quoted'", "plain", ""] {
            let stored = written(text);
            assert!(!stored.starts_with(BEGINNINGS), "{stored}");
            assert_eq!(read(&stored), text);
        }
    }
}
