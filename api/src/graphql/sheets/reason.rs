//! Why a row cannot be taken, in Chinese: the domain says it in English, as the command line prints it.

use crate::http::Language;
use crate::translated;

/// What the domain says and how a clerk is told; `{}` stands for what differs.
const REASONS: [(&str, &str); 61] = [
    ("is no XLSX workbook: {}", "不是可读的 XLSX 工作簿：{}"),
    ("the archive has more than {} parts", "压缩包内超过 {} 个部分"),
    ("{} unpacks to more than {} bytes", "{} 解压后超过 {} 字节"),
    ("the workbook has no sheet that shows", "工作簿中没有可见的工作表"),
    ("the sheet is empty", "工作表为空"),
    ("merged cells: unmerge them and fill every one", "合并单元格：请取消合并，并逐格填写"),
    (
        "has more than 15 digits as a number: format the column as text",
        "数字超过 15 位：请将该列设为文本格式",
    ),
    ("the formula of this cell failed", "此单元格的公式出错"),
    (
        "byte {} of the line is text in neither UTF-8 nor GBK: save the file as UTF-8 CSV",
        "本行第 {} 字节既不是 UTF-8 也不是 GBK：请另存为 UTF-8 的 CSV",
    ),
    (
        "byte {} of the line is text in neither {}: save the file as UTF-8 CSV",
        "本行第 {} 字节不是 {} 文本：请另存为 UTF-8 的 CSV",
    ),
    ("the file cannot be read: {}", "文件无法读取：{}"),
    ("must not be empty", "不能为空"),
    ("is longer than {} characters", "超过 {} 个字符"),
    ("must be one line without control characters", "须为一行，不含控制字符"),
    ("must be {} digits", "须为 {} 位数字"),
    ("must be one of {}", "须为其中之一：{}"),
    ("must be true, false or empty", "须为 true、false 或留空"),
    ("is not CSV: {}", "不是 CSV：{}"),
    ("no such column; known are {}", "没有这一列；可用的列：{}"),
    ("stands in the header line twice", "表头中重复出现"),
    ("the header line lacks this column", "表头缺少这一列"),
    ("more cells than the header line", "单元格多于表头"),
    ("more than {} rows: split the file", "超过 {} 行：请拆分文件"),
    ("{} mistakes are told, and nothing was read beyond them", "已列出 {} 处错误，其后未再读取"),
    ("row {} says another name or unit of them", "与第 {} 行中此人的姓名或单位不一致"),
    ("must be letters, digits, '.', '-' and '_'", "只能含字母、数字和 . - _"),
    ("is no telephone number", "不是电话号码"),
    ("must come after since_on", "须晚于 since_on"),
    ("a post is held somewhere", "任岗须写明任职处"),
    ("what is held there?", "须写明任何岗位"),
    ("must be a day like 2026-03-01", "须为日期，如 2026-03-01"),
    ("is masked: write the name", "姓名已脱敏：请写完整姓名"),
    ("is masked, and nobody has this staff number: write the number", "号码已脱敏，且无此工号：请写完整号码"),
    ("they left: give whoever comes back a new number", "此人已离岗：返岗者请用新工号"),
    ("a file changes no account", "文件不能更改账号"),
    ("you do not keep the roster of their unit", "此人所在单位的台账不归您管理"),
    ("no unit has this code", "没有此编码的单位"),
    ("is dissolved", "已撤销"),
    ("you do not keep the roster of this unit", "该单位的台账不归您管理"),
    ("no organisation has this code", "没有此编码的机构"),
    ("no active account has this login", "没有此登录名的有效账号"),
    ("is somebody else's", "属于他人"),
    ("is masked and not their present number: write it whole", "号码已脱敏，且与现有号码不符：请写完整号码"),
    ("no active kind of post has this code", "没有此编码的在用岗位"),
    ("nothing that this post can be held at has this code", "此岗位可设之处没有此编码"),
    ("they hold this post there already, since another day", "此人已在此任该岗，起始日不同"),
    ("they hold this post there no more: say a later since_on", "此人已不在此任该岗：请写更晚的 since_on"),
    ("somebody else holds this post there then", "该时段此岗位已有他人任职"),
    ("you appoint nobody there", "您无权在此任命"),
    ("was changed meanwhile: import the file again", "期间已被修改：请重新导入"),
    ("its role is refused: {}", "不能授予其角色：{}"),
    ("must be a number of hours or days or empty", "须为小时数、天数或留空"),
    ("is not UTF-8: {}", "不是 UTF-8：{}"),
    ("is not a GeoJSON FeatureCollection", "不是 GeoJSON FeatureCollection"),
    ("must be one of WGS84, GCJ02, CGCS2000", "须为 WGS84、GCJ02、CGCS2000 之一"),
    ("stands in the file twice", "文件中重复出现"),
    ("is a day that is worked on anyway", "当日本来就是工作日"),
    ("must be of the years 1995 to 2100", "年份须在 1995 至 2100 之间"),
    ("there is no day in the file", "文件中没有日期"),
    ("{} has {} days off in the file: a year is taken whole", "文件中 {} 年只有 {} 天放假：须提供全年安排"),
    ("must be a closed Polygon in degrees", "须为闭合的多边形，单位为度"),
];

/// A reason in the language of whoever reads it. A code in it is told in its slice's words.
pub(super) fn told(language: Language, reason: &str) -> String {
    let known = REASONS.iter().find_map(|forms| Some((forms, holes(forms.0, reason)?)));
    let Some(((english, chinese), holes)) = known else { return worded(language, reason) };
    let form = match language {
        Language::En => english,
        Language::Zh => chinese,
    };
    let holes = holes.into_iter().map(|hole| worded(language, hole));
    holes.fold((*form).to_owned(), |text, hole| text.replacen("{}", &hole, 1))
}

/// What stands in the place of each `{}`; none when the text is not of the pattern.
fn holes<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut holes = vec![];
    for part in parts {
        let end = if part.is_empty() { rest.len() } else { rest.find(part)? };
        holes.push(rest.get(..end)?);
        rest = rest.get(end + part.len()..)?;
    }
    rest.is_empty().then_some(holes)
}

/// A code in the words of the slice that knows it; anything else as it is.
fn worded(language: Language, text: &str) -> String {
    let is_code = !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let keys = ["staff", "catalogue"].map(|slice| format!("{slice}.{text}"));
    let mut worded = keys.iter().map(|key| (key, translated(language.tag(), key)));
    let worded = worded.find(|(key, worded)| is_code && !worded.contains(key.as_str()));
    worded.map_or_else(|| text.to_owned(), |(_, worded)| worded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_told_in_the_readers_language_with_what_differs() {
        let reason = "must be 12 digits";
        assert_eq!(told(Language::Zh, reason), "须为 12 位数字");
        assert_eq!(told(Language::En, reason), reason);
        let unpacks = "xl/a.xml unpacks to more than 5 bytes";
        assert_eq!(told(Language::Zh, unpacks), "xl/a.xml 解压后超过 5 字节");
        assert_eq!(told(Language::Zh, "CODE_TAKEN"), "编码已被使用");
        assert_eq!(told(Language::Zh, "its role is refused: GRANT_TO_SELF").find("GRANT"), None);
        assert_eq!(told(Language::En, "something new"), "something new");
    }

    /// Reads the sources of the readers: whatever they may say of a row is in the table.
    #[test]
    fn every_reason_of_the_readers_has_a_chinese_form() {
        let domain = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/src/");
        let readers = [
            "calendars/command.rs",
            "calendars/service/import_days.rs",
            "kernel/sheet/cells.rs",
            "kernel/sheet/csv.rs",
            "kernel/sheet/encoding.rs",
            "kernel/sheet/source.rs",
            "kernel/sheet/table.rs",
            "kernel/sheet/workbook.rs",
            "staff/import.rs",
            "staff/service/import_known.rs",
        ];
        let mut untold = vec![];
        for reader in readers {
            let source = std::fs::read_to_string(format!("{domain}{reader}")).expect("a source");
            let code = source.split("#[cfg(test)]").next().unwrap_or_default();
            let code = code.lines().filter(|line| !line.trim_start().starts_with(['/', '#']));
            let code: Vec<&str> = code.collect();
            for text in code.join("\n").split('"').skip(1).step_by(2) {
                let says = text.contains(' ') && text.starts_with(|c: char| c.is_ascii_lowercase());
                // The words of a file are what they are in every language.
                let is_list = text.split(", ").all(|word| !word.contains(' '));
                let sample = text.replace(['{', '}'], "");
                if says && !is_list && told(Language::Zh, &sample) == sample {
                    untold.push(format!("{reader}: {text}"));
                }
            }
        }
        assert_eq!(untold, Vec::<String>::new());
    }
}
