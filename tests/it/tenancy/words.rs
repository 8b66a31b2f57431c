//! SQL in words.

/// Words with where they begin; quotes stay, so that a name is told from a keyword.
pub(super) fn words(sql: &str) -> Vec<(usize, &str)> {
    const MARKS: &str = "<>=!|:+-*/%~";
    let (mut words, mut at) = (vec![], 0);
    while let Some(first) = sql.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = sql.get(at..).unwrap_or_default();
        let run = |is_of: &dyn Fn(char) -> bool| rest.find(|next| !is_of(next)).unwrap_or(rest.len());
        let length = match first {
            '"' | '\'' => rest.get(1..).and_then(|inner| inner.find(first)).map_or(rest.len(), |end| end + 2),
            _ if first.is_whitespace() => run(&char::is_whitespace),
            _ if is_of_name(first) => run(&is_of_name),
            _ if MARKS.contains(first) => run(&|next| MARKS.contains(next)),
            _ => first.len_utf8(),
        };
        if !first.is_whitespace() {
            words.push((at, rest.get(..length).unwrap_or_default()));
        }
        at += length;
    }
    words
}

/// Whether it is a value that is bound or written out.
pub(super) fn is_given(word: &str) -> bool {
    word.starts_with(['$', '?', '\''])
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '?')
}

#[test]
fn words_keep_their_quotes_and_their_places() {
    let said: Vec<&str> = words(r#"SELECT "a b".x FROM t WHERE y>=$1 AND z='it, (not)'"#)
        .into_iter()
        .map(|(_, word)| word)
        .collect();
    let wanted = [
        "SELECT",
        r#""a b""#,
        ".",
        "x",
        "FROM",
        "t",
        "WHERE",
        "y",
        ">=",
        "$1",
        "AND",
        "z",
        "=",
        "'it, (not)'",
    ];
    assert_eq!(said, wanted);
    assert_eq!(words(" 桥 ?"), [(1, "桥"), (5, "?")]);
}
