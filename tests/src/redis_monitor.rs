//! Every command that a Redis server is given, as its `MONITOR` tells them.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;

/// Nothing more comes after a silence of this length.
const SILENCE: Duration = Duration::from_millis(300);

/// Hears the commands of everybody from now on.
#[derive(Debug)]
pub struct Monitor(BufReader<TcpStream>);

impl Monitor {
    pub(crate) const fn over(connection: BufReader<TcpStream>) -> Self {
        Self(connection)
    }

    /// The words of each command that came so far, those of scripts among them.
    ///
    /// # Errors
    /// For a line that is none.
    pub async fn commands(&mut self) -> anyhow::Result<Vec<Vec<String>>> {
        let mut commands = vec![];
        loop {
            let mut line = vec![];
            match tokio::time::timeout(SILENCE, self.0.read_until(b'\n', &mut line)).await {
                Ok(read) => ensure!(read? > 0, "Redis went away"),
                Err(_elapsed) => {
                    ensure!(line.is_empty(), "half a line");
                    return Ok(commands);
                }
            }
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            commands.push(words(&line).with_context(|| line.clone())?);
        }
    }
}

/// The words of `1700000000.000000 [0 127.0.0.1:5000] "GET" "key"`.
fn words(line: &str) -> Option<Vec<String>> {
    let (_, mut rest) = line.split_once("] ")?;
    let mut words = vec![];
    loop {
        rest = rest.trim_start().strip_prefix('"')?;
        let mut word = String::new();
        let mut letters = rest.char_indices();
        let end = loop {
            match letters.next()? {
                (at, '"') => break at,
                // What cannot be read stays as it is written, behind its stroke.
                (_, '\\') => match letters.next()? {
                    (_, literal @ ('"' | '\\')) => word.push(literal),
                    (_, other) => word.extend(['\\', other]),
                },
                (_, letter) => word.push(letter),
            }
        };
        words.push(word);
        rest = rest.get(end + 1..)?;
        if rest.is_empty() {
            return Some(words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_word_by_word() {
        let line = r#"1700000000.123456 [0 127.0.0.1:5000] "SET" "a b" "say \"] \\ \x01" """#;
        assert_eq!(words(line), Some(["SET", "a b", r#"say "] \ \x01"#, ""].map(str::to_owned).to_vec()));
        assert_eq!(words("OK"), None);
        assert_eq!(words(r#"1 [0 lua] "GET"#), None);
    }
}
