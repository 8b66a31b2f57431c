//! What the process prints. Whoever reads it may leave before the end: that is no failure, and must not
//! take a server down, as the standard macros would.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints a line to standard output.
///
/// # Errors
/// What the operating system says, unless the reader has left.
pub(crate) fn line(text: impl Display) -> io::Result<()> {
    whole(format_args!("{text}\n"))
}

/// Prints a text as it is to standard output.
///
/// # Errors
/// As [`line`].
pub(crate) fn whole(text: impl Display) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match write!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Prints a text to standard error in the place of the line that stands there.
pub(crate) fn replace(text: impl Display) {
    let _ = write!(io::stderr(), "\r{text}");
}

/// Prints a line to standard error. When that fails there is nobody left to be told.
pub(crate) fn complain(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
