//! Addresses as they may be shown: whatever could be a secret is not in them.

use url::Url;

/// In place of a secret.
const HIDDEN: &str = "***";

/// In place of an address whose parts cannot be told apart, so that any of them may be a secret.
const UNREADABLE: &str = "*** (not readable as an address)";

/// Parameters of an address whose values are shown. The drivers and collectors of this world know more
/// names for secrets than a list could hold, so the list is of the others.
const SHOWN: [&str; 10] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "port",
    "protocol",
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "user",
];

/// An address without its secrets.
pub(super) fn masked(address: &str) -> String {
    // A file has no password.
    if address.is_empty() || address.starts_with("sqlite:") {
        return address.to_owned();
    }
    match Url::parse(address) {
        Ok(url) if is_whole(&url) => without_secrets(url).unwrap_or_else(|| UNREADABLE.to_owned()),
        _ => UNREADABLE.to_owned(),
    }
}

/// Whether the parts are what they seem. A `/`, `?` or `#` that is not escaped in a password ends the
/// part that holds it, and the rest of the password lies in the next one, before the `@`.
fn is_whole(url: &Url) -> bool {
    let rest = [url.path(), url.query().unwrap_or_default()];
    !url.cannot_be_a_base() && url.fragment().is_none() && rest.iter().all(|part| !part.contains('@'))
}

fn without_secrets(mut url: Url) -> Option<String> {
    if url.password().is_some() {
        url.set_password(Some(HIDDEN)).ok()?;
    }
    // It may be a token; the name of a database's role is none.
    if !url.username().is_empty() && !url.scheme().starts_with("postgres") {
        url.set_username(HIDDEN).ok()?;
    }
    let query = url.query().map(|query| query.split('&').map(parameter).collect::<Vec<_>>().join("&"));
    url.set_query(query.as_deref());
    Some(url.into())
}

/// One parameter of a query.
fn parameter(pair: &str) -> String {
    let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
    let is_name = name.chars().all(|letter| letter.is_ascii_alphabetic() || matches!(letter, '-' | '_'));
    match (SHOWN.contains(&name), is_name && pair.contains('=')) {
        (true, _) => pair.to_owned(),
        (false, true) => format!("{name}={HIDDEN}"),
        (false, false) => HIDDEN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_and_the_rest_is_shown() {
        for (address, shown) in [
            ("", ""),
            ("sqlite://data/a@b.db?mode=rwc", "sqlite://data/a@b.db?mode=rwc"),
            ("postgres://app@h/db", "postgres://app@h/db"),
            ("postgres://app:p%40ss@h:5433/db", "postgres://app:***@h:5433/db"),
            (
                "postgres://h/db?user=app&password=p&sslmode=require",
                "postgres://h/db?user=app&password=***&sslmode=require",
            ),
            ("postgres:///db?host=/run/pg&pass%77ord=p", "postgres:///db?host=/run/pg&***"),
            ("postgres://h/db?sslkey=p&p", "postgres://h/db?sslkey=***&***"),
            ("redis://:p@h:6379/0", "redis://:***@h:6379/0"),
            ("redis://p@h", "redis://***@h"),
            ("http://token@h:4318", "http://***@h:4318/"),
            ("http://key:p@h:4318", "http://***:***@h:4318/"),
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/"),
        ] {
            assert_eq!(masked(address), shown, "{address}");
        }
    }

    #[test]
    fn an_address_with_a_password_that_is_not_escaped_is_hidden_whole() {
        for address in [
            "postgres://app:pa/ss@h/db",
            "postgres://app:12/ss@h/db",
            "postgres://app:12?ss@h/db",
            "postgres://app:12#ss@h/db",
            "postgres://h/db?password=p@ss",
            "app:p@h",
            "postgres:app:p",
            "p",
        ] {
            assert_eq!(masked(address), UNREADABLE, "{address}");
        }
    }
}
