//! Lists of preferences with `q` values (RFC 9110 §12.4.2), as in `Accept` and `Accept-Language`.

use http::{HeaderMap, HeaderName};

/// One element of such a list.
pub(super) struct Range {
    /// What is wished, in lower case, without parameters.
    pub(super) value: String,
    /// Its parameters but `q`, in lower case, quotes removed.
    pub(super) parameters: Vec<(String, String)>,
    /// How much it is wished, in thousandths; 0 is "not at all".
    pub(super) quality: u16,
}

/// The elements of all headers of that name, in their order. An element whose `q` is not a number counts
/// as not wished.
pub(super) fn ranges(headers: &HeaderMap, name: &HeaderName) -> Vec<Range> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(range)
        .collect()
}

fn range(element: &str) -> Option<Range> {
    let (value, parameters) = value_and_parameters(element);
    if value.is_empty() {
        return None;
    }
    let quality = parameters
        .iter()
        .find(|(name, _)| name == "q")
        .map_or(1000, |(_, value)| thousandths(value).unwrap_or(0));
    Some(Range {
        value,
        parameters: parameters.into_iter().filter(|(name, _)| name != "q").collect(),
        quality,
    })
}

/// Splits `value; name=value; …`, all in lower case, quotes around a value removed.
pub(super) fn value_and_parameters(text: &str) -> (String, Vec<(String, String)>) {
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    let value = parts.next().unwrap_or_default();
    let parameters = parts
        .filter(|part| !part.is_empty())
        .map(|part| match part.split_once('=') {
            Some((name, value)) => {
                (name.trim_end().to_owned(), value.trim_start().trim_matches('"').to_owned())
            }
            None => (part, String::new()),
        })
        .collect();
    (value, parameters)
}

/// `1`, `0.5`, `0.333` in thousandths; at most three digits after the point, at most 1.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u16 = match whole {
        "0" => 0,
        "1" => 1000,
        _ => return None,
    };
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    Some(whole + fraction).filter(|sum| *sum <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_is_read_in_thousandths() {
        for (text, value) in [
            ("1", Some(1000)),
            ("1.000", Some(1000)),
            ("0", Some(0)),
            ("0.5", Some(500)),
            ("0.333", Some(333)),
            ("1.1", None),
            ("2", None),
            ("0.1234", None),
            ("-1", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(thousandths(text), value, "{text}");
        }
    }
}
