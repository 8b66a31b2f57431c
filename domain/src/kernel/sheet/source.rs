//! Where a file of rows lies, and how much of it is read.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use crate::kernel::sheet::{BadRow, CellMap, csv, workbook};

/// How much of a file is read. Every bound is a setting of `[files]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetLimits {
    /// Rows below the header line. 200,000 is twice the largest file that a district was seen to keep.
    pub rows: usize,
    /// Bytes of a workbook after unpacking: 200,000 rows of eleven columns have some 130 MiB of XML, while a
    /// small archive can unpack to anything.
    pub unpacked_bytes: u64,
    /// Bytes of the shared texts of a workbook, which are the only part of it that is held in memory.
    pub shared_text_bytes: u64,
}

impl Default for SheetLimits {
    fn default() -> Self {
        Self { rows: 200_000, unpacked_bytes: 256 << 20, shared_text_bytes: 64 << 20 }
    }
}

/// What reading a file finds, in the order of the file.
pub(crate) enum Found {
    /// A row with its number.
    Row(usize, CellMap),
    /// Something that cannot be taken.
    Bad(BadRow),
}

/// Where what was found goes; it may end the reading.
pub(super) type Sink<'a> = dyn FnMut(Found) -> ControlFlow<()> + 'a;

/// The columns that a file may and must have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    /// Every column that is known.
    pub(crate) known: &'static [&'static str],
    /// Those that the header line must have.
    pub(crate) required: &'static [&'static str],
}

/// A file of rows with a header line: CSV, or the first sheet of an XLSX workbook, whichever it is by its
/// content.
#[derive(Debug)]
pub struct SheetFile {
    pub(super) bytes: Source,
    pub(super) limits: SheetLimits,
}

/// The bytes of a file.
#[derive(Debug)]
pub(super) enum Source {
    Disk(File),
    Memory(Cursor<Vec<u8>>),
}

impl SheetFile {
    /// A file on disk, read from its start, of which no more than the limits are read.
    #[must_use]
    pub const fn new(file: File, limits: SheetLimits) -> Self {
        Self { bytes: Source::Disk(file), limits }
    }

    /// The same file with other limits.
    #[must_use]
    pub fn limited(self, limits: SheetLimits) -> Self {
        Self { limits, ..self }
    }

    /// Every row, for files that are small by their nature; what is wrong goes to `bad`.
    pub(crate) fn rows(self, columns: Columns, bad: &mut Vec<BadRow>) -> Vec<(usize, CellMap)> {
        let mut rows = vec![];
        self.read(columns, &mut |found| {
            match found {
                Found::Row(number, cells) => rows.push((number, cells)),
                Found::Bad(fault) => bad.push(fault),
            }
            ControlFlow::Continue(())
        });
        rows
    }

    /// Reads the file from its start to its end, or until the sink has enough.
    pub(super) fn read(mut self, columns: Columns, sink: &mut Sink<'_>) {
        let read = match self.start() {
            Ok(start) if start.starts_with(b"PK\x03\x04") => workbook::read(self, columns, sink),
            Ok(_) => csv::read(self, columns, sink),
            Err(error) => Err(error),
        };
        if let Err(error) = read {
            let _ = sink(Found::Bad(BadRow::new(1, "", "", format!("the file cannot be read: {error}"))));
        }
    }

    /// Whether the file is JSON by its first character.
    pub(crate) fn is_json(&mut self) -> bool {
        let start = self.start().unwrap_or_default();
        let unmarked = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
        unmarked.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
    }

    /// The whole file, for formats that are small by their nature.
    pub(crate) fn into_bytes(mut self) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![];
        self.bytes.rewind()?;
        self.bytes.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Its first bytes; it is at its start again afterwards.
    fn start(&mut self) -> std::io::Result<Vec<u8>> {
        let mut start = vec![];
        self.bytes.rewind()?;
        (&mut self.bytes).take(64).read_to_end(&mut start)?;
        self.bytes.rewind()?;
        Ok(start)
    }
}

impl From<&[u8]> for SheetFile {
    fn from(bytes: &[u8]) -> Self {
        Self { bytes: Source::Memory(Cursor::new(bytes.to_vec())), limits: SheetLimits::default() }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Disk(file) => file.read(buffer),
            Self::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        match self {
            Self::Disk(file) => file.seek(to),
            Self::Memory(bytes) => bytes.seek(to),
        }
    }
}
