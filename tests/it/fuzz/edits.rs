//! Bytes that are almost right: a seed of the corpus with a few edits, the same in every run.

use std::path::Path;

use anyhow::Context as _;

use crate::sweep::chance::Chance;

/// What breaks readers: bounds of numbers, ends of texts, halves of characters, and words of the languages that are read.
const WORDS: [&[u8]; 28] = [
    b"\0",
    b"\n",
    b"\r\n",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"...",
    b"$",
    b"@",
    b"#",
    b"-1",
    b"9223372036854775808",
    b"1e999",
    b"null",
    b"true",
    b"\xff",
    b"\xf0\x9f",
    b"\xe2\x80\xa8",
    b"'; --",
    b"%",
    b",",
];

/// Most edits of a seed.
const MOST_EDITS: usize = 6;

/// The seeds of a reader, by the names of their files.
pub(super) fn corpus(name: &str) -> anyhow::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/fuzz/corpus").join(name);
    let entries = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    files.sort_unstable();
    files.iter().map(|file| Ok(std::fs::read(file)?)).collect()
}

/// A seed with some edits, parts of other seeds among them.
pub(super) fn edited(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(MOST_EDITS) {
        edit(&mut bytes, seeds, chance);
    }
    bytes
}

fn edit(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], chance: &mut Chance) {
    let at = chance.below(bytes.len() + 1);
    let end = (at + 1 + chance.below(16)).min(bytes.len());
    match chance.below(7) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
        1 => drop(bytes.drain(at..end.max(at))),
        2 => {
            let again: Vec<u8> = bytes[at..end.max(at)].repeat(1 + chance.below(40));
            bytes.splice(at..at, again);
        }
        3 => {
            let other = &seeds[chance.below(seeds.len())];
            let from = chance.below(other.len() + 1);
            let until = (from + chance.below(64)).min(other.len());
            bytes.splice(at..at, other[from..until].iter().copied());
        }
        4 => bytes.truncate(at),
        _ => {
            let word = WORDS[chance.below(WORDS.len())];
            let until = if chance.once_in(2) { at } else { end.max(at) };
            bytes.splice(at..until, word.iter().copied());
        }
    }
}
