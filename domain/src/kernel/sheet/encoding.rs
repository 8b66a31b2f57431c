//! The text of a file: UTF-8, UTF-16 with its mark, or GBK (GB 18030, its superset).

use std::io::{Read, Seek};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};

use crate::kernel::sheet::BadRow;

/// Bytes that are decoded at a time.
const CHUNK: usize = 16 * 1024;
/// UTF-8 bytes that so many can become: at most three for each, and room for what a decoder held back.
const DECODED: usize = 3 * CHUNK + 16;

/// The encoding of a file and how many bytes its mark has, found by reading it from its start to its end.
///
/// # Errors
/// The row and the place of the first byte that is text in no encoding.
pub(super) fn of(
    bytes: &mut (impl Read + Seek),
) -> std::io::Result<Result<(&'static Encoding, u64), BadRow>> {
    bytes.rewind()?;
    let mut start = vec![];
    bytes.by_ref().take(3).read_to_end(&mut start)?;
    if let Some((encoding, mark)) = Encoding::for_bom(&start) {
        let mark = mark as u64;
        bytes.seek(std::io::SeekFrom::Start(mark))?;
        return Ok(match first_fault(bytes, encoding)? {
            None => Ok((encoding, mark)),
            Some(place) => Err(undecodable(place, encoding.name())),
        });
    }
    bytes.rewind()?;
    let Some(place) = first_fault(bytes, UTF_8)? else { return Ok(Ok((UTF_8, 0))) };
    bytes.rewind()?;
    Ok(match first_fault(bytes, GB18030)? {
        None => Ok((GB18030, 0)),
        Some(_) => Err(undecodable(place, "UTF-8 nor GBK")),
    })
}

fn undecodable((row, byte): (usize, usize), encoding: &str) -> BadRow {
    let reason = format!("byte {byte} of the line is text in neither {encoding}: save the file as UTF-8 CSV");
    BadRow::new(row, "", "", reason)
}

/// The line, and the byte in it, where the rest of a file stops being text.
fn first_fault(
    bytes: &mut impl Read,
    encoding: &'static Encoding,
) -> std::io::Result<Option<(usize, usize)>> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut raw, mut text) = (vec![0; CHUNK], vec![0; DECODED]);
    let (mut row, mut byte) = (1, 1);
    loop {
        let read = bytes.read(&mut raw)?;
        let chunk = raw.get(..read).unwrap_or_default();
        let (result, taken, _) = decoder.decode_to_utf8_without_replacement(chunk, &mut text, read == 0);
        let sound = match result {
            DecoderResult::Malformed(long, after) => taken.saturating_sub(usize::from(long + after)),
            DecoderResult::InputEmpty | DecoderResult::OutputFull => taken,
        };
        for character in chunk.iter().take(sound) {
            (row, byte) = if *character == b'\n' { (row + 1, 1) } else { (row, byte + 1) };
        }
        if matches!(result, DecoderResult::Malformed(..)) {
            return Ok(Some((row, byte)));
        }
        if read == 0 {
            return Ok(None);
        }
    }
}

/// The rest of a file as UTF-8.
pub(super) struct Decoded<R> {
    bytes: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    /// What of the text was not read yet.
    left: std::ops::Range<usize>,
    over: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(bytes: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { bytes, decoder, raw: vec![0; CHUNK], text: vec![0; DECODED], left: 0..0, over: false }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.left.is_empty() && !self.over {
            let read = self.bytes.read(&mut self.raw)?;
            self.over = read == 0;
            let chunk = self.raw.get(..read).unwrap_or_default();
            let (_, _, written, _) = self.decoder.decode_to_utf8(chunk, &mut self.text, self.over);
            self.left = 0..written;
        }
        let mut text = self.text.get(self.left.clone()).unwrap_or_default();
        let read = text.read(buffer)?;
        self.left.start += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, SeekFrom};

    use super::*;

    fn decoded(bytes: &[u8]) -> Result<String, BadRow> {
        let mut file = Cursor::new(bytes);
        let (encoding, mark) = of(&mut file).expect("read")?;
        file.seek(SeekFrom::Start(mark)).expect("sought");
        let mut text = String::new();
        Decoded::new(file, encoding).read_to_string(&mut text).expect("UTF-8");
        Ok(text)
    }

    #[test]
    fn a_clerks_file_reads_in_whatever_their_spreadsheet_wrote() {
        let text = format!("code,name\n{}", "150302,海勃湾区\n".repeat(3_000));
        let (gbk, ..) = encoding_rs::GBK.encode(&text);
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &gbk, &utf16, &marked] {
            assert_eq!(decoded(bytes).expect("text"), text);
        }
    }

    #[test]
    fn what_is_no_text_is_told_by_row_and_byte() {
        let fault = decoded(b"code,name\n1,\xff\xff\n").expect_err("no text");
        assert_eq!(fault.row, 2);
        assert!(fault.reason.starts_with("byte 3 of the line"), "{}", fault.reason);
        let cut = decoded("名".as_bytes().get(..1).expect("part of a character")).expect_err("no text");
        assert_eq!(cut.row, 1);
    }
}
