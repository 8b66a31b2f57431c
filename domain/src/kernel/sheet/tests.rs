//! The same rows from CSV and from workbooks, and what a workbook must not do.

use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const COLUMNS: Columns = Columns { known: &["code", "name", "since_on"], required: &["code", "name"] };

type Rows = Vec<(usize, Vec<String>)>;

fn read(file: SheetFile) -> (Rows, Vec<BadRow>) {
    let mut bad = vec![];
    let rows = file.rows(COLUMNS, &mut bad).into_iter();
    let cells = |cells: CellMap| {
        COLUMNS.known.iter().map(|column| cells.get(column).cloned().unwrap_or_default()).collect()
    };
    (rows.map(|(number, row)| (number, cells(row))).collect(), bad)
}

fn workbook(fill: impl Fn(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (place, name) in ["code", "name", "since_on"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(place).expect("small"), name).expect("a cell");
    }
    fill(sheet);
    book.save_to_buffer().expect("a workbook")
}

fn told(bad: &[BadRow]) -> Vec<(usize, &str, &str)> {
    bad.iter().map(|bad| (bad.row, bad.column.as_ref(), bad.reason.as_str())).collect()
}

#[test]
fn a_workbook_reads_as_a_clerk_reads_it() {
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let book = workbook(|sheet| {
        sheet.write(1, 0, 150_302_101_203_001_i64).expect("a code that a spreadsheet took for a number");
        sheet.write(1, 1, "  海勃湾区 ").expect("a text");
        sheet.write_with_format(1, 2, ExcelDateTime::from_ymd(2026, 3, 1).expect("a day"), &day).expect("it");
        sheet.write(3, 0, "W-2").expect("a code");
        sheet.write(3, 1, "=text, no formula").expect("a text");
    });
    let csv = "code,name,since_on\n150302101203001,  海勃湾区 ,2026-03-01\n,,\nW-2,\"'=text, no formula\",\n";
    let expected = vec![
        (2, vec!["150302101203001".to_owned(), "海勃湾区".to_owned(), "2026-03-01".to_owned()]),
        (4, vec!["W-2".to_owned(), "=text, no formula".to_owned(), String::new()]),
    ];
    for file in [book.as_slice(), csv.as_bytes()] {
        assert_eq!(read(file.into()), (expected.clone(), vec![]));
    }
}

#[test]
fn cells_that_are_no_text_are_told_with_row_and_column() {
    let book = workbook(|sheet| {
        sheet.write(1, 0, 1_234_567_890_123_456_789_i64).expect("more digits than it keeps");
        sheet.write(1, 1, "a").expect("a text");
        sheet.write(2, 0, "W-2").expect("a code");
        sheet.write_formula(2, 1, Formula::new("=1/0").set_result("#DIV/0!")).expect("a failed formula");
        sheet.write(2, 7, "far off").expect("a text");
    });
    let (_, bad) = read(book.as_slice().into());
    let told = told(&bad);
    assert_eq!(told[0], (2, "code", "has more than 15 digits as a number: format the column as text"));
    assert!(told.contains(&(3, "", "more cells than the header line")), "{told:?}");
}

#[test]
fn merged_cells_are_told_and_nothing_below_is_guessed() {
    let book = workbook(|sheet| {
        sheet.merge_range(1, 1, 3, 1, "甲", &Format::new()).expect("merged");
        sheet.write(1, 0, "W-1").expect("a code");
    });
    let (rows, bad) = read(book.as_slice().into());
    assert_eq!(rows, []);
    assert_eq!(told(&bad), [(2, "name", "merged cells: unmerge them and fill every one")]);
    assert_eq!(bad[0].value, "B2:B4");
}

#[test]
fn a_small_archive_that_unpacks_to_much_is_not_unpacked() {
    let limits =
        SheetLimits { unpacked_bytes: 8 << 20, shared_text_bytes: 4 << 20, ..SheetLimits::default() };
    for (name, limit) in [("xl/worksheets/sheet1.xml", 8 << 20), ("xl/sharedStrings.xml", 4 << 20)] {
        let mut archive = ZipWriter::new(Cursor::new(vec![]));
        archive.start_file(name, SimpleFileOptions::default()).expect("an entry");
        let zeros = vec![0; 1 << 20];
        for _ in 0..=(limit >> 20) {
            archive.write_all(&zeros).expect("zeros");
        }
        let bomb = archive.finish().expect("an archive").into_inner();
        assert!(bomb.len() < 1 << 15, "{} bytes", bomb.len());
        let (rows, bad) = read(SheetFile::from(bomb.as_slice()).limited(limits));
        assert_eq!(rows, []);
        assert_eq!(told(&bad), [(1, "", format!("{name} unpacks to more than {limit} bytes").as_str())]);
    }
}

#[test]
fn what_is_no_workbook_or_has_no_table_is_told() {
    let (_, bad) = read(b"PK\x03\x04 and nothing else".as_slice().into());
    assert!(bad[0].reason.starts_with("is no XLSX workbook"), "{bad:?}");
    let mut book = Workbook::new();
    book.add_worksheet();
    let (_, bad) = read(book.save_to_buffer().expect("a workbook").as_slice().into());
    assert_eq!(told(&bad), [(1, "", "the sheet is empty")]);
    let (_, bad) = read(b"code,code,mood\n".as_slice().into());
    let told = told(&bad);
    assert_eq!(told[0], (1, "name", "the header line lacks this column"));
    assert_eq!(told[1], (1, "code", "stands in the header line twice"));
    assert!(told[2].2.starts_with("no such column"), "{told:?}");
}

#[test]
fn more_rows_than_a_file_may_have_are_told_where_they_begin() {
    let csv = format!("code,name\n{}", "W,甲\n".repeat(5));
    let limits = SheetLimits { rows: 3, ..SheetLimits::default() };
    let (rows, bad) = read(SheetFile::from(csv.as_bytes()).limited(limits));
    assert_eq!(rows.len(), 3);
    assert_eq!(told(&bad), [(5, "", "more than 3 rows: split the file")]);
}
