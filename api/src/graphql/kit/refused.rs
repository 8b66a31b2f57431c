//! What a caller may not do is written down in the audit trail (requirement P6): what a mutation answers in its payload, and what any
//! field answers with `FORBIDDEN`.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Context, Name, PathSegment, Response, ServerError, Value};
use fengqiao_domain::audit::Refused;
use fengqiao_domain::kernel::failure::{Problem, Refusing};

use crate::graphql::context::Member;
use crate::http::Code;

/// Characters of an id at most: a prefix and a UUID.
const MOST_OF_AN_ID: usize = 64;
/// Fragments in fragments: deeper ones were refused before.
const DEEPEST: usize = 32;

/// Writes it down. They are refused all the same when it cannot be written; the log knows.
pub async fn note(member: &Member, refused: &Refused) {
    let noted = Box::pin(member.services().audit.note_refused(member.scope(), refused)).await;
    if let Err(failure) = noted {
        tracing::error!(?failure, field = refused.field, "what was refused could not be written down");
    }
}

/// What a mutation refuses: the first thing that its caller may not do, and the id that they named there.
pub fn of_problems<E: Refusing>(ctx: &Context<'_>, problems: &[Problem<E>]) -> Option<Refused> {
    let problem = problems.iter().find(|problem| problem.error.refuses())?;
    let field = ctx.field();
    let arguments = field.arguments().unwrap_or_default();
    let input = arguments.into_iter().find(|(name, _)| name == "input").map(|(_, input)| input);
    let target = input.and_then(|input| id_at(input, &problem.path));
    Some(Refused { field: field.name().to_owned(), code: "NOT_PERMITTED", target })
}

/// The id at a path of an input, or in the one thing that stands there. Anything else that stands there may be what people typed, and is not kept.
fn id_at(mut input: Value, path: &[String]) -> Option<String> {
    for segment in path {
        input = match input {
            Value::Object(mut fields) => fields.swap_remove(segment.as_str())?,
            Value::List(mut elements) => {
                let at = segment.parse::<usize>().ok().filter(|at| *at < elements.len())?;
                elements.swap_remove(at)
            }
            _ => return None,
        };
    }
    // Of an input that is one of several things the one.
    while let Value::Object(fields) = input {
        let mut given = fields.into_values().filter(|value| *value != Value::Null);
        input = given.next().filter(|_| given.next().is_none())?;
    }
    match input {
        Value::String(text) if is_id(&text) => Some(text),
        _ => None,
    }
}

/// Whether a text has the form of our ids: a prefix of small letters and a UUID.
fn is_id(text: &str) -> bool {
    let Some((prefix, uuid)) = text.rsplit_once('_').filter(|_| text.len() <= MOST_OF_AN_ID) else {
        return false;
    };
    prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && uuid::Uuid::try_parse(uuid).is_ok_and(|parsed| parsed.to_string() == uuid)
}

/// What the root fields of a document are called in its answer, and in the schema: whoever refuses knows the first alone, which is a
/// client's to choose.
#[derive(Clone, Debug, Default)]
pub struct Roots(Vec<(Name, Name)>);

impl Roots {
    /// Those of a selection.
    #[must_use]
    pub fn of(document: &ExecutableDocument, set: &SelectionSet) -> Self {
        let mut roots = vec![];
        collect(document, set, DEEPEST, &mut roots);
        Self(roots)
    }

    /// What an answer refuses: each root field once.
    #[must_use]
    pub fn refused(&self, response: &Response) -> Vec<Refused> {
        let mut fields: Vec<&str> = vec![];
        for error in response.errors.iter().filter(|error| is_forbidden(error)) {
            let Some(PathSegment::Field(key)) = error.path.first() else { continue };
            let field = self.0.iter().find(|(known, _)| known == key).map(|(_, name)| name.as_str());
            fields.extend(field.filter(|field| !fields.contains(field)));
        }
        let code = Code::Forbidden.as_str();
        fields.into_iter().map(|field| Refused { field: field.to_owned(), code, target: None }).collect()
    }
}

fn is_forbidden(error: &ServerError) -> bool {
    let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    matches!(code, Some(Value::String(code)) if code == Code::Forbidden.as_str())
}

fn collect(document: &ExecutableDocument, set: &SelectionSet, depth: usize, roots: &mut Vec<(Name, Name)>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                let field = &field.node;
                roots.push((field.response_key().node.clone(), field.name.node.clone()));
            }
            Selection::InlineFragment(fragment) if depth > 0 => {
                collect(document, &fragment.node.selection_set.node, depth - 1, roots);
            }
            Selection::FragmentSpread(spread) if depth > 0 => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &fragment.node.selection_set.node, depth - 1, roots);
                }
            }
            Selection::InlineFragment(_) | Selection::FragmentSpread(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "case_0198c0de-0000-7000-8000-000000000001";

    #[test]
    fn an_id_is_kept_and_nothing_that_people_type() {
        let input = Value::from_json(serde_json::json!({
            "caseId": ID, "note": "张三", "targets": [{"unitId": ID}, {"unitId": "unit_1; DROP TABLE"}],
            "subject": {"visitId": ID, "caseId": null}, "both": {"one": ID, "two": ID},
        }))
        .expect("a value");
        let at = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|segment| (*segment).to_owned()).collect();
            id_at(input.clone(), &path)
        };
        assert_eq!(at(&["caseId"]).as_deref(), Some(ID));
        assert_eq!(at(&["targets", "0", "unitId"]).as_deref(), Some(ID));
        for path in [
            &["note"][..],
            &["both"],
            &["targets", "1", "unitId"],
            &["targets", "2", "unitId"],
            &["absent"],
            &[],
        ] {
            assert_eq!(at(path), None, "{path:?}");
        }
    }

    #[test]
    fn a_root_field_is_known_by_its_name_whatever_its_alias() {
        let text = "{ innocent: accounts { id } ... on Query { units { id } } ...more } fragment more on Query { last: viewer { id } }";
        let document = async_graphql::parser::parse_query(text).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let roots = Roots::of(&document, &operation.node.selection_set.node);
        let told: Vec<(&str, &str)> =
            roots.0.iter().map(|(key, name)| (key.as_str(), name.as_str())).collect();
        assert_eq!(told, [("innocent", "accounts"), ("units", "units"), ("last", "viewer")]);
    }
}
