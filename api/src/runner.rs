//! What any transport runs documents by, and what that says of each event of a subscription.

use std::sync::Arc;

use async_graphql::{Executor, ObjectType, Request, Response, Schema, SubscriptionType};
use futures::StreamExt as _;
use futures::stream::BoxStream;

/// What is said of one event of a subscription.
#[derive(Debug)]
pub enum Said {
    /// To one subscriber: still to be made fit to leave.
    Own(Box<Response>),
    /// To many alike: JSON without errors or extensions, written once.
    Shared(Arc<str>),
}

impl From<Response> for Said {
    fn from(response: Response) -> Self {
        Self::Own(Box::new(response))
    }
}

/// An executor whose subscribers may share what is written for them.
pub trait Runner: Executor {
    /// Runs a subscription.
    fn follow(&self, request: Request) -> BoxStream<'static, Said>;
}

impl<Q: ObjectType + 'static, M: ObjectType + 'static, S: SubscriptionType + 'static> Runner
    for Schema<Q, M, S>
{
    fn follow(&self, request: Request) -> BoxStream<'static, Said> {
        Executor::execute_stream(self, request, None).map(Said::from).boxed()
    }
}
