//! Messages for people, in the language they asked for: `locales/<slice>.yml`.

use async_graphql::Context;

pub(crate) use crate::http::Language;

/// The language of the request; Chinese when it names none.
#[must_use]
pub fn language(ctx: &Context<'_>) -> Language {
    ctx.data_opt::<Language>().copied().unwrap_or_default()
}

/// The message under a key such as `org.NOT_FOUND`, its `{holes}` filled.
#[must_use]
pub fn message(language: Language, key: &str, holes: &[(&str, String)]) -> String {
    let mut text = crate::translated(language.tag(), key);
    for (name, value) in holes {
        text = text.replace(&format!("%{{{name}}}"), value);
    }
    text
}
