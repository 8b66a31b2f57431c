//! Counts tokens and open brackets in one pass over the bytes, before the recursive parser runs.
//!
//! It must see every bracket that the parser sees. So it follows the parser's grammar for what can hide
//! one (strings, block strings, comments), and refuses what it cannot read instead of skipping it.

use async_graphql::Pos;

use super::{DocumentLimits, Refusal, within};

/// Reads the whole text, and stops at the first limit that is exceeded.
pub(super) fn scan(text: &str, limits: &DocumentLimits) -> Result<(), Refusal> {
    let mut cursor = Cursor { text, bytes: text.as_bytes(), at: 0 };
    let (mut tokens, mut open) = (0_usize, 0_usize);
    loop {
        cursor.skip_ignored();
        let Some(byte) = cursor.peek(0) else {
            return Ok(());
        };
        tokens += 1;
        within("tokens", "max_tokens", limits.max_tokens, tokens)?;
        match byte {
            b'{' | b'(' | b'[' => {
                open += 1;
                within("levels of brackets", "max_nesting", limits.max_nesting, open)?;
                cursor.at += 1;
            }
            b'}' | b')' | b']' => {
                open = open.saturating_sub(1);
                cursor.at += 1;
            }
            _ => cursor.token(byte).ok_or_else(|| cursor.unreadable())?,
        }
    }
}

struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts_with(&self, prefix: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(prefix))
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// White space, commas, byte order marks and comments.
    fn skip_ignored(&mut self) {
        const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
        loop {
            match self.peek(0) {
                Some(b' ' | b',' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'#') => self.skip_while(|byte| !matches!(byte, b'\r' | b'\n')),
                Some(_) if self.starts_with(BYTE_ORDER_MARK) => self.at += BYTE_ORDER_MARK.len(),
                _ => return,
            }
        }
    }

    /// Moves past one token that is not a bracket; `None` when there is none.
    fn token(&mut self, first: u8) -> Option<()> {
        match first {
            b'!' | b'$' | b'&' | b':' | b'=' | b'@' | b'|' => self.at += 1,
            b'.' if self.starts_with(b"...") => self.at += 3,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                self.skip_while(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
            }
            b'-' | b'0'..=b'9' => self.number(),
            b'"' if self.starts_with(b"\"\"\"") => return self.block_string(),
            b'"' => return self.string(),
            _ => return None,
        }
        Some(())
    }

    fn number(&mut self) {
        self.at += 1;
        self.skip_while(|byte| byte.is_ascii_digit());
        if self.peek(0) == Some(b'.') && self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
            self.skip_while(|byte| byte.is_ascii_digit());
        }
        if matches!(self.peek(0), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(0), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.skip_while(|byte| byte.is_ascii_digit());
        }
    }

    fn block_string(&mut self) -> Option<()> {
        self.at += 3;
        loop {
            if self.starts_with(b"\"\"\"") {
                self.at += 3;
                return Some(());
            }
            let escaped = self.starts_with(b"\\\"\"\"");
            self.peek(0)?;
            self.at += if escaped { 4 } else { 1 };
        }
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek(0)? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\r' | b'\n' => return None,
                b'\\' => {
                    self.peek(1)?;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
    }

    /// The answer when the text from here on is no token.
    fn unreadable(&self) -> Refusal {
        let before = self.text.get(..self.at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let position = Pos { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 };
        Refusal::syntax("a character or string that GraphQL does not know", Some(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> usize {
        (0..=text.len()).find(|max| scan(text, &with(*max, usize::MAX)).is_ok()).expect("a count")
    }

    fn nesting(text: &str) -> usize {
        (0..=text.len()).find(|max| scan(text, &with(usize::MAX, *max)).is_ok()).expect("a count")
    }

    fn with(max_tokens: usize, max_nesting: usize) -> DocumentLimits {
        DocumentLimits { max_tokens, max_nesting, ..DocumentLimits::default() }
    }

    #[test]
    fn tokens_are_those_of_the_specification() {
        for (text, count) in [
            ("", 0),
            (" ,\t\r\n\u{feff}# comment { ( [\n", 0),
            ("{ a }", 3),
            ("{a:b(c:-1.5e+3)@d}", 12),
            ("[1-1-1]", 5),
            ("... on T", 3),
            (r#""a \" { b""#, 1),
            (r#""""a " \""" { b""""#, 1),
            ("query($a: [Int!]! = 1)", 13),
        ] {
            assert_eq!(tokens(text), count, "{text}");
        }
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_nest() {
        assert_eq!(nesting("{ a(b: [[1]]) } { }"), 4);
        assert_eq!(nesting("{ a(b: \"[[[[\") # {{{{\n }"), 2);
        assert_eq!(nesting("\"\"\" {{{ \\\"\"\" {{{ \"\"\" {"), 1);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        for text in ["{ a ? }", "{ a(b: \"open\n\") }", "{ a(b: \"\"\"open) }", "{ é }", "..", "\"\\"] {
            let refused = scan(text, &DocumentLimits::default());
            assert!(matches!(refused, Err(Refusal::Syntax(_))), "{text}");
        }
        let Err(Refusal::Syntax(error)) = scan("{\n a ?", &DocumentLimits::default()) else {
            panic!("a question mark is no token");
        };
        assert_eq!(error.locations, [Pos { line: 2, column: 4 }]);
    }
}
