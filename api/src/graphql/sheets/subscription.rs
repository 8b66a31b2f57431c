//! `importProgress` and `exportProgress`: a file as it gets on, until it is over.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, ID, Subscription};
use fengqiao_domain::kernel::id::{ExportId, ImportId};
use fengqiao_domain::kernel::scope::Scope;
use futures::{Stream, stream};
use uuid::Uuid;

use super::types::{Export, Import};
use crate::graphql::context::{Services, member};
use crate::graphql::kit::id;

/// Between two looks: as often as somebody reads a number that grows.
const PAUSE: Duration = Duration::from_millis(250);
/// Between two looks at what another process works on, of which only the database tells.
const FAR_PAUSE: Duration = Duration::from_secs(1);

/// Subscriptions of the sheets slice.
#[derive(Default)]
pub struct SheetSubscription;

#[Subscription]
impl SheetSubscription {
    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// A file that comes in, now and whenever it got on, until it is over; nothing of one that the caller does not
    /// see.
    async fn import_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file.")] id: ID,
    ) -> async_graphql::Result<impl Stream<Item = Import> + use<>> {
        let wanted: ImportId = id::parse(&id)?;
        let look = move |services: Arc<Services>, scope: Scope| async move {
            let reader = services.db.reader(&scope);
            let found = services.sheets.imports_by_id(&scope, &reader, &[wanted]).await.ok()?;
            let import = found.into_values().next()?;
            let over = import.state.is_over();
            Some(Look { count: import.rows, over, item: Import(import) })
        };
        let member = member(ctx)?;
        Ok(followed(member.services().clone(), member.scope().clone(), wanted.uuid(), look))
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// A file that goes out, likewise.
    async fn export_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file.")] id: ID,
    ) -> async_graphql::Result<impl Stream<Item = Export> + use<>> {
        let wanted: ExportId = id::parse(&id)?;
        let look = move |services: Arc<Services>, scope: Scope| async move {
            let reader = services.db.reader(&scope);
            let found = services.sheets.exports_by_id(&scope, &reader, &[wanted]).await.ok()?;
            let export = found.into_values().next()?;
            let over = export.state.is_over();
            Some(Look { count: export.rows, over, item: Export(export) })
        };
        let member = member(ctx)?;
        Ok(followed(member.services().clone(), member.scope().clone(), wanted.uuid(), look))
    }
}

/// A file as it is now.
struct Look<T> {
    count: usize,
    over: bool,
    item: T,
}

/// How far a follower is.
enum Step {
    /// Nothing was told yet.
    First,
    /// So many rows were told, of a file that waited or was worked on.
    Told(usize),
    /// The end was told.
    Over,
}

/// A file whenever it got on, until it is over or the caller sees it no more.
fn followed<T, L, F>(services: Arc<Services>, scope: Scope, file: Uuid, look: L) -> impl Stream<Item = T>
where
    L: Fn(Arc<Services>, Scope) -> F,
    F: Future<Output = Option<Look<T>>>,
{
    stream::unfold(
        (services, scope, look, Step::First),
        move |(services, scope, look, mut step)| async move {
            loop {
                let told = match step {
                    Step::Over => return None,
                    Step::First => None,
                    Step::Told(count) => {
                        let here = services.sheets.follow(file).is_some();
                        tokio::time::sleep(if here { PAUSE } else { FAR_PAUSE }).await;
                        Some(count)
                    }
                };
                let now = look(services.clone(), scope.clone()).await?;
                step = if now.over { Step::Over } else { Step::Told(now.count) };
                if now.over || told != Some(now.count) {
                    return Some((now.item, (services, scope, look, step)));
                }
            }
        },
    )
}
