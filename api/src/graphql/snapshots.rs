//! The schema as transports run it: the request's snapshot ends when an operation, or one event of a subscription,
//! is resolved, so that a socket that waits holds no connection. What many subscribers are told alike is written once.
//!
//! Not an extension of the library: with one it asks every single field whether somebody wants to know of it.

use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};

use super::cases::{Delivery, Group, Opening};
use super::context::Member;
use super::schema::FengqiaoSchema;
use super::sharing::{Groups, member};
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

async fn end(member: Option<&Member>) {
    if let Some(member) = member {
        member.reader().renew().await;
    }
}

impl Executor for Snapshots {
    async fn execute(&self, request: Request) -> Response {
        let member = member(&request).cloned();
        let response = self.schema.execute(request).await;
        end(member.as_deref()).await;
        response
    }

    fn execute_stream(
        &self,
        request: Request,
        session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let member = member(&request).cloned();
        let events = Executor::execute_stream(&self.schema, request, session_data);
        let events = events.then(move |response| {
            let member = member.clone();
            async move {
                end(member.as_deref()).await;
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
