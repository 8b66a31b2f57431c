//! The viewer's own sessions, password and second factor.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use fengqiao_domain::identity as domain;
use fengqiao_domain::kernel::page::PageRequest;

use super::password::PasswordStanding;
use super::second_factor::SecondFactor;
use super::types::Viewer;
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;

/// A session of the viewer's that has not ended; `sessionRevoke` ends it.
#[derive(SimpleObject)]
pub struct OpenSession {
    /// Global id: `session_<uuid>`.
    id: ID,
    /// When it was opened by signing in.
    created_at: DateTime,
    /// When it ends, however often it is refreshed.
    expires_at: DateTime,
    /// When its last pair of tokens was issued: until some minutes after it, it was in use.
    refreshed_at: DateTime,
    /// Whether this very request is of it.
    is_current: bool,
}

impl From<domain::OpenSession> for OpenSession {
    fn from(session: domain::OpenSession) -> Self {
        Self {
            id: id::text(session.id),
            created_at: DateTime(session.created_at),
            expires_at: DateTime(session.expires_at),
            refreshed_at: DateTime(session.refreshed_at),
            is_current: session.current,
        }
    }
}

#[ComplexObject]
impl Viewer {
    /// Their password; null for whoever has none.
    async fn password(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<PasswordStanding>> {
        Ok(own_password(ctx).await?)
    }

    /// What signing in wants of them besides the password.
    async fn second_factor(&self, ctx: &Context<'_>) -> async_graphql::Result<SecondFactor> {
        Ok(own_second_factor(ctx).await?)
    }

    /// Their sessions that have not ended, newest first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of sessions from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of sessions from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<OpenSession>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(session_connection(ctx, &page).await?)
    }
}

async fn own_password(ctx: &Context<'_>) -> Outcome<Option<PasswordStanding>> {
    let member = member(ctx)?;
    let found = member.services().identity.password(member.scope(), member.reader()).await;
    found.map(|found| found.map(Into::into)).map_err(Fault::from_failure)
}

async fn own_second_factor(ctx: &Context<'_>) -> Outcome<SecondFactor> {
    let member = member(ctx)?;
    let found = member.services().identity.second_factor(member.scope(), member.reader()).await;
    found.map(Into::into).map_err(Fault::from_failure)
}

async fn session_connection(ctx: &Context<'_>, page: &PageRequest) -> Outcome<Paged<OpenSession>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().identity.clone(), member.reader().clone());
    let rows = service.open_sessions_page(reader.scope(), &reader, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.open_sessions_count(reader.scope(), &reader).await?) }
    });
    Ok(connection(rows, OpenSession::from, total))
}
