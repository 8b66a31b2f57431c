//! The text of a file: UTF-8, UTF-16 with its mark, or GBK (GB 18030, its superset).

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030};

use crate::kernel::sheet::BadRow;

/// The text of a file, without a byte-order mark.
///
/// # Errors
/// The row and the place of the first byte that is text in no encoding.
pub(crate) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, BadRow> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, faulty) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
        return if faulty { Err(undecodable(bytes, encoding.name())) } else { Ok(text) };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text),
        None => Err(undecodable(bytes, "UTF-8 nor GBK")),
    }
}

fn undecodable(bytes: &[u8], encoding: &str) -> BadRow {
    let valid = std::str::from_utf8(bytes).err().map_or(0, |fault| fault.valid_up_to());
    let before = bytes.get(..valid).unwrap_or_default();
    let mut lines = before.split(|byte| *byte == b'\n');
    let column = lines.next_back().map_or(0, <[u8]>::len) + 1;
    let row = lines.count() + 1;
    let reason =
        format!("byte {column} of the line is text in neither {encoding}: save the file as UTF-8 CSV");
    BadRow::new(row, "", "", reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clerks_file_reads_in_whatever_their_spreadsheet_wrote() {
        let text = "code,name\n150302,海勃湾区\n";
        let (gbk, ..) = encoding_rs::GBK.encode(text);
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
    }
}
