//! The door of Open311, as an application of a city's residents comes in by it.

mod attributes;
mod keys;
mod lists;
mod mistakes;
mod round;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Backend};
use quick_xml::Reader;
use quick_xml::events::Event;
use reqwest::Method;
use serde_json::{Value, json};

use super::Partner;
use crate::webhooks::Desk;

pub(crate) use super::{CATEGORY, GRID};

/// The district of these tests, as Open311 names it.
pub(crate) const HERE: &str = "jurisdiction_id=150302";

/// A desk with a partner of Open311.
pub(crate) struct City {
    pub(crate) desk: Desk,
    pub(crate) partner: Partner,
}

impl City {
    pub(crate) async fn open(backend: Backend) -> anyhow::Result<Self> {
        Self::open_with(backend, json!({})).await
    }

    pub(crate) async fn open_with(backend: Backend, more: Value) -> anyhow::Result<Self> {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, application(more)).await?;
        Ok(Self { desk, partner })
    }

    /// What is at a path of the door, without a key.
    pub(crate) async fn bare(&self, path: &str) -> anyhow::Result<Answer> {
        Answer::of(self.partner.account.at(Method::GET, &format!("/open311/v2/{path}"))).await
    }

    /// The same with a key.
    pub(crate) async fn get(&self, path: &str, key: &str) -> anyhow::Result<Answer> {
        let request = self.partner.account.at(Method::GET, &format!("/open311/v2/{path}"));
        Answer::of(request.header("authorization", format!("Bearer {key}"))).await
    }

    /// What is at a path for the partner: said in JSON, and the same in XML.
    pub(crate) async fn both(&self, path: &str, arguments: &str) -> anyhow::Result<Value> {
        let json = self.get(&format!("{path}.json?{arguments}"), &self.partner.secret).await?;
        let xml = self.get(&format!("{path}.xml?{arguments}"), &self.partner.secret).await?;
        ensure!((json.status, xml.status) == (200, 200), "{path}: {} {}", json.text, xml.text);
        ensure!(json.headers["content-type"] == "application/json; charset=utf-8", "{:?}", json.headers);
        ensure!(xml.headers["content-type"] == "text/xml; charset=utf-8", "{:?}", xml.headers);
        let (root, said) = read(&xml.text)?;
        let (mut left, mut right) = (vec![], said);
        leaves(&json.body, &root, &root, &mut left);
        left.sort();
        right.sort();
        ensure!(left == right, "{path}: {left:?}\n{right:?}");
        Ok(json.body)
    }

    /// Reports something: the form as it is sent, with the key and the district.
    pub(crate) async fn report(&self, form: &[(&str, &str)]) -> anyhow::Result<Answer> {
        self.report_with(form, &[]).await
    }

    pub(crate) async fn report_with(
        &self,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let whole = [("jurisdiction_id", "150302"), ("api_key", self.partner.secret.as_str())];
        let mut request = self.partner.account.at(Method::POST, "/open311/v2/requests.json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        Answer::of(request.body(encoded(&[&whole, form].concat()))).await
    }

    pub(crate) async fn cases(&self) -> anyhow::Result<i64> {
        self.desk.served.world.number("SELECT count(*) FROM cases").await
    }

    pub(crate) async fn person(&self, login: &str) -> anyhow::Result<Actor> {
        self.desk.person(login).await
    }
}

/// A partner of Open311, with what differs.
pub(crate) fn application(mut more: Value) -> Value {
    let usual =
        json!({"key": "app", "name": "随手拍", "door": "OPEN311", "source": "RESIDENT", "mapping": {}});
    for (key, value) in usual.as_object().into_iter().flatten() {
        if more.get(key).is_none() {
            more[key] = value.clone();
        }
    }
    more
}

/// A report in the first grid of 新地村.
pub(crate) const WATER: [(&str, &str); 3] =
    [("service_code", CATEGORY), ("address_id", GRID), ("description", "水管 < 2 & \"漏\"")];

/// A form as it is sent.
pub(crate) fn encoded(form: &[(&str, &str)]) -> String {
    let Ok(mut url) = reqwest::Url::parse("http://x/") else { return String::new() };
    url.query_pairs_mut().extend_pairs(form);
    url.query().unwrap_or_default().to_owned()
}

/// The number under which a report was taken.
pub(crate) fn number(answer: &Answer) -> anyhow::Result<String> {
    let number = answer.body[0]["service_request_id"].as_str();
    Ok(number.with_context(|| format!("no number in {}", answer.text))?.to_owned())
}

/// Status, codes and sentences of a refusal.
pub(crate) fn refused(answer: &Answer) -> (u16, Vec<String>) {
    let errors = answer.body.as_array().into_iter().flatten();
    let told = errors.map(|error| {
        assert_eq!(error["code"], answer.status, "{}", answer.text);
        error["description"].as_str().unwrap_or_default().to_owned()
    });
    (answer.status, told.collect())
}

/// The name of the root of a document, and the path and the text of each leaf.
fn read(text: &str) -> anyhow::Result<(String, Vec<(String, String)>)> {
    ensure!(text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{text}");
    let mut reader = Reader::from_str(text);
    let (mut path, mut said, mut found): (Vec<String>, _, _) = (vec![], Some(String::new()), vec![]);
    let mut root = String::new();
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                path.push(start.name().as_ref().to_owned());
                root.clone_from(&path[0]);
                said = Some(String::new());
            }
            Event::Empty(empty) => {
                found.push((format!("{}/{}", path.join("/"), empty.name().as_ref()), String::new()));
            }
            Event::Text(part) => said.get_or_insert_default().push_str(&part.xml10_content()),
            Event::GeneralRef(name) => said.get_or_insert_default().push_str(match name.as_ref() {
                "lt" => "<",
                "gt" => ">",
                "amp" => "&",
                "#13" => "\r",
                other => anyhow::bail!("&{other};"),
            }),
            Event::End(_) => {
                // What held others says nothing itself.
                found.extend(said.take().map(|said| (path.join("/"), said)));
                path.pop();
            }
            Event::Eof => return Ok((root, found)),
            _ => {}
        }
    }
}

/// The same of what JSON says.
fn leaves(value: &Value, path: &str, name: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                leaves(member, &format!("{path}/{name}"), name, found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let last = name.rsplit('_').next().unwrap_or(name);
            let item = last.strip_suffix('s').unwrap_or(last);
            for one in items {
                leaves(one, &format!("{path}/{item}"), item, found);
            }
        }
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        Value::Object(_) | Value::Array(_) | Value::Null => found.push((path.to_owned(), String::new())),
        plain => found.push((path.to_owned(), plain.to_string())),
    }
}
