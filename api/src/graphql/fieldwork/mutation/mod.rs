//! Mutations of the fieldwork slice, one per file.

mod field_sync;
mod visit_record;
mod visit_void;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use crate::graphql::kit::weight::list_size;
use field_sync::{FieldSyncInput, FieldSyncPayload};
use visit_record::{VisitRecordInput, VisitRecordPayload};
use visit_void::{VisitVoidInput, VisitVoidPayload};

/// Mutations of the fieldwork slice.
#[derive(Default)]
pub struct FieldworkMutation;

#[Object]
impl FieldworkMutation {
    /// Carry out what was done where there was no network, each operation as its own mutation would (离线批量同步).
    #[graphql(directive = list_size::apply(None, Some("input.operations".into())))]
    async fn field_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was done.")] input: FieldSyncInput,
    ) -> Option<async_graphql::Result<FieldSyncPayload>> {
        Some(field_sync::run(ctx, input).await.map_err(Into::into))
    }

    /// Record a visit that the caller made (走访登记).
    #[graphql(directive = requires::apply(Permission::VisitRecord))]
    async fn visit_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: VisitRecordInput,
    ) -> Option<async_graphql::Result<VisitRecordPayload>> {
        Some(visit_record::run(ctx, input).await.map_err(Into::into))
    }

    /// Strike off a visit that the caller recorded by mistake (作废): it stays, and does not count.
    #[graphql(directive = requires::apply(Permission::VisitRecord))]
    async fn visit_void(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: VisitVoidInput,
    ) -> Option<async_graphql::Result<VisitVoidPayload>> {
        Some(visit_void::run(ctx, input).await.map_err(Into::into))
    }
}
