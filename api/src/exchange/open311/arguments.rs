//! What comes in the query string and in a form: names with one text each. What is empty counts as not given.

use std::collections::BTreeMap;

use url::form_urlencoded;

use super::mistake::Mistake;

const NO_TEXT: [char; 2] = ['\u{fffd}', '\0'];

/// Names with what they say.
#[derive(Debug, Default)]
pub(super) struct Arguments(BTreeMap<String, String>);

impl Arguments {
    /// Everything of a query string and a form; a name that says two things says neither.
    pub(super) fn read(query: Option<&str>, form: &[u8]) -> Result<Self, Mistake> {
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        let query = query.unwrap_or_default().as_bytes();
        for (name, text) in form_urlencoded::parse(query).chain(form_urlencoded::parse(form)) {
            // What is no UTF-8 was replaced, and no text holds a NUL: nobody writes either by themselves.
            if name.contains(NO_TEXT) || text.contains(NO_TEXT) {
                return Err(Mistake::NotText);
            }
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let before = known.insert(name.clone().into_owned(), text.to_owned());
            if before.is_some_and(|before| before != text) {
                return Err(Mistake::Twice { name: name.into_owned() });
            }
        }
        Ok(Self(known))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    pub(super) fn needed(&self, name: &'static str) -> Result<&str, Mistake> {
        self.get(name).ok_or(Mistake::Missing { name })
    }

    /// Texts apart by commas.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let texts = self.get(name).unwrap_or_default().split(',').map(str::trim);
        texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    /// What `attribute[code]`, or `attribute[code][]` of a list, says of each code.
    pub(super) fn attributes(&self) -> BTreeMap<String, String> {
        let named =
            self.0.iter().filter_map(|(name, text)| Some((attribute(name)?.to_owned(), text.clone())));
        named.collect()
    }

    /// The first name that is neither an attribute nor among some.
    pub(super) fn unknown(&self, known: &[&str]) -> Option<&str> {
        let mut names = self.0.keys().map(String::as_str);
        names.find(|name| attribute(name).is_none() && !known.contains(name))
    }

    /// Everything but the key, to be kept as it came.
    pub(super) fn kept(&self) -> BTreeMap<&str, &str> {
        let all = self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        all.filter(|(name, _)| *name != "api_key").collect()
    }
}

fn attribute(name: &str) -> Option<&str> {
    let code = name.strip_prefix("attribute[")?;
    let code = code.strip_suffix("[]").unwrap_or(code).strip_suffix(']')?;
    Some(code).filter(|code| !code.is_empty() && !code.contains(['[', ']']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_one_thing() {
        let read = Arguments::read(Some("a=1&b=+&c=%E4%B8%80"), b"a=1&d=x%2Cy,,z").unwrap();
        assert_eq!((read.get("a"), read.get("b"), read.get("c")), (Some("1"), None, Some("一")));
        assert_eq!(read.list("d"), ["x", "y", "z"]);
        let twice = Arguments::read(Some("a=1"), b"a=2").unwrap_err();
        assert_eq!(twice, Mistake::Twice { name: "a".to_owned() });
        assert_eq!(Arguments::read(Some("a=%FF"), b"").unwrap_err(), Mistake::NotText);
    }

    #[test]
    fn attributes_are_found_by_their_codes() {
        let form = b"attribute%5Bone%5D=1&attribute[two][]=2&attribute[]=3&attribute[x][y]=4&api_key=k";
        let read = Arguments::read(None, form).unwrap();
        let found = read.attributes();
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [("one".to_owned(), "1".to_owned()), ("two".to_owned(), "2".to_owned())]
        );
        assert_eq!(read.unknown(&["api_key"]), Some("attribute[]"));
        assert!(!read.kept().contains_key("api_key"));
    }
}
