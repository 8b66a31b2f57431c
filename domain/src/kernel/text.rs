//! Text from outside: trimmed, bounded, without control characters.

use crate::kernel::mutant::{self, Mutant};

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadText {
    /// Nothing is left after trimming.
    Empty,
    /// More characters than allowed.
    TooLong {
        /// The most characters allowed.
        limit: usize,
    },
    /// It holds a control character other than a line break or tab, or is to be one line and holds one of
    /// those.
    ControlCharacter,
}

/// The ASCII form of a full-width character.
pub(crate) fn narrow(character: char) -> char {
    let code = u32::from(character);
    if (0xFF01..=0xFF5E).contains(&code) {
        char::from_u32(code - 0xFEE0).unwrap_or(character)
    } else {
        character
    }
}

/// What masks are written with: ours is the star, full-width or not; other systems have these besides.
const MASKS: [char; 9] = ['*', '\u{fe61}', '\u{2217}', '\u{2731}', '×', '●', '■', '█', '╳'];

/// Whether a name or a number is one that a query masked: a form that is sent back must not put `张*` in the place of the real one.
#[must_use]
pub fn is_masked(text: &str) -> bool {
    let masks = |character| MASKS.contains(&narrow(character));
    text.chars().any(masks) && !mutant::active(Mutant::MaskedTaken)
}

/// A text of one to `limit` characters, trimmed.
///
/// # Errors
/// [`BadText`] when it is empty, too long, or holds control characters.
pub fn required(text: &str, limit: usize) -> Result<String, BadText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BadText::Empty);
    }
    if text.chars().count() > limit {
        return Err(BadText::TooLong { limit });
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(BadText::ControlCharacter);
    }
    Ok(text.to_owned())
}

/// A text of one line of one to `limit` characters, trimmed: names stand in lists and in files.
///
/// # Errors
/// [`BadText`] when it is empty, too long, or holds a line break, a tab or another control character.
pub fn line(text: &str, limit: usize) -> Result<String, BadText> {
    let text = required(text, limit)?;
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(BadText::ControlCharacter);
    }
    Ok(text)
}

/// A text of at most `limit` characters; nothing or only white space is `None`.
///
/// # Errors
/// [`BadText`] when it is too long or holds control characters.
pub fn optional(text: Option<&str>, limit: usize) -> Result<Option<String>, BadText> {
    match text.map(|text| required(text, limit)) {
        None | Some(Err(BadText::Empty)) => Ok(None),
        Some(Ok(text)) => Ok(Some(text)),
        Some(Err(bad)) => Err(bad),
    }
}
