//! The schema as transports run it: the request's snapshot ends when an operation, or one event of a subscription,
//! is resolved, so that a socket that waits holds no connection.
//!
//! Not an extension of the library: with one it asks every single field whether somebody wants to know of it.

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::context::Member;
use super::schema::FengqiaoSchema;

/// A schema that ends snapshots.
#[derive(Clone)]
pub struct Snapshots(FengqiaoSchema);

impl Snapshots {
    /// Over a schema.
    #[must_use]
    pub const fn over(schema: FengqiaoSchema) -> Self {
        Self(schema)
    }
}

/// The signed-in caller of a request.
fn member(request: &Request) -> Option<Arc<Member>> {
    request.data.get(&TypeId::of::<Arc<Member>>())?.downcast_ref::<Arc<Member>>().cloned()
}

async fn end(member: Option<&Member>) {
    if let Some(member) = member {
        member.reader().renew().await;
    }
}

impl Executor for Snapshots {
    async fn execute(&self, request: Request) -> Response {
        let member = member(&request);
        let response = self.0.execute(request).await;
        end(member.as_deref()).await;
        response
    }

    fn execute_stream(
        &self,
        request: Request,
        session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let member = member(&request);
        let events = Executor::execute_stream(&self.0, request, session_data);
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
