//! Documents that are tedious to write by hand.

use std::fmt::Write as _;

/// `piece(0)`, `piece(1)`, … one after the other.
pub(crate) fn numbered(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |text, number| text + &piece(number))
}

/// `length` fragments that each spread the next one `ways` times.
pub(crate) fn bomb(operation: &str, length: usize, ways: usize) -> String {
    let mut document = format!("{operation} {{ ...f0 }} ");
    for number in 0..length {
        let spread = format!("...f{} ", number + 1).repeat(ways);
        write!(document, "fragment f{number} on Query {{ {spread}}} ").expect("a string");
    }
    write!(document, "fragment f{length} on Query {{ __typename }}").expect("a string");
    document
}
