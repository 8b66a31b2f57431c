//! The schema as transports run it: the request's snapshot ends when an operation, or one event of a subscription,
//! is resolved, so that a socket that waits holds no connection. What many subscribers are told alike is written once, and what
//! somebody is refused is written down.
//!
//! Not an extension of the library: with one it asks every single field whether somebody wants to know of it.

use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};

use super::cases::{Delivery, Group, Opening};
use super::context::Member;
use super::kit::refused::{self, Roots};
use super::schema::FengqiaoSchema;
use super::sharing::{Groups, member, operation};
use crate::runner::{Runner, Said};

/// A schema that ends snapshots.
#[derive(Clone)]
pub struct Snapshots {
    schema: FengqiaoSchema,
    groups: Arc<Groups>,
}

impl Snapshots {
    /// Over a schema.
    #[must_use]
    pub fn over(schema: FengqiaoSchema) -> Self {
        Self { schema, groups: Arc::default() }
    }
}

/// A signed-in caller, and what they ask.
#[derive(Clone)]
struct Asked {
    member: Arc<Member>,
    roots: Arc<Roots>,
}

impl Asked {
    fn by(request: &mut Request) -> Option<Self> {
        let member = Arc::clone(member(request)?);
        let name = request.operation_name.clone();
        // A document that cannot be read refuses nothing.
        let roots = request.parsed_query().ok().and_then(|document| {
            let operation = operation(document, name.as_deref())?;
            Some(Roots::of(document, &operation.selection_set.node))
        });
        Some(Self { member, roots: Arc::new(roots.unwrap_or_default()) })
    }

    /// Ends the snapshot, and writes down what was refused.
    async fn end(&self, response: &Response) {
        self.member.reader().renew().await;
        for refused in self.roots.refused(response) {
            refused::note(&self.member, &refused).await;
        }
    }
}

async fn end(asked: Option<&Asked>, response: &Response) {
    if let Some(asked) = asked {
        asked.end(response).await;
    }
}

impl Executor for Snapshots {
    async fn execute(&self, mut request: Request) -> Response {
        let asked = Asked::by(&mut request);
        let response = self.schema.execute(request).await;
        end(asked.as_ref(), &response).await;
        response
    }

    fn execute_stream(
        &self,
        mut request: Request,
        session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let asked = Asked::by(&mut request);
        let events = Executor::execute_stream(&self.schema, request, session_data);
        let events = events.then(move |response| {
            let asked = asked.clone();
            async move {
                end(asked.as_ref(), &response).await;
                response
            }
        });
        events.boxed()
    }
}

impl Runner for Snapshots {
    fn follow(&self, mut request: Request) -> BoxStream<'static, Said> {
        let Some(group) = self.groups.enter(&self.schema, &mut request) else {
            return self.execute_stream(request, None).map(Said::from).boxed();
        };
        let opening = Opening::default();
        let answers = self.execute_stream(request.data(opening.clone()), None);
        stream::unfold((Turn::Opening(answers, opening), group), turn).boxed()
    }
}

/// How far one of a group is.
enum Turn {
    /// It says why it is not let in, or leaves what it would deliver.
    Opening(BoxStream<'static, Response>, Opening),
    /// The executor is gone, with the document and the caller's snapshot.
    Told(Box<Delivery>),
}

async fn turn((mut turn, group): (Turn, Arc<Group>)) -> Option<(Said, (Turn, Arc<Group>))> {
    loop {
        turn = match turn {
            Turn::Opening(mut answers, opening) => match answers.next().await {
                Some(refusal) => return Some((refusal.into(), (Turn::Opening(answers, opening), group))),
                None => Turn::Told(Box::new(opening.take()?)),
            },
            Turn::Told(mut delivery) => {
                let said = group.next(&mut delivery).await?;
                return Some((said, (Turn::Told(delivery), group)));
            }
        };
    }
}
