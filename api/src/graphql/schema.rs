//! Assembles the schema from the slices.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema};

use super::audit::AuditQuery;
use super::calendars::{CalendarMutation, CalendarQuery};
use super::cases::{
    CaseBesideMutation, CaseEventQuery, CaseJudgingMutation, CaseLiveSubscription, CaseMutation, CaseQuery,
    CaseSampleQuery, CaseSubscription, Event, UnitPulseQuery,
};
use super::catalogue::{CatalogueMutation, CatalogueQuery};
use super::context::Services;
use super::exchange::{ExchangeMutation, ExchangeQuery};
use super::federation::{FederationMutation, FederationQuery};
use super::fieldwork::{FieldworkMutation, FieldworkQuery};
use super::files::{FileMutation, FileQuery};
use super::identity::{IdentityMutation, IdentityQuery};
use super::kit::user_error::UserError;
use super::node::{Node, NodeQuery};
use super::org::{OrgMutation, OrgQuery};
use super::oversight::{OversightMutation, OversightQuery};
use super::personal::PersonalMutation;
use super::programmes::{ProgrammeMutation, ProgrammeQuery};
use super::sheets::{SheetMutation, SheetQuery, SheetSubscription};
use super::staff::{StaffMutation, StaffQuery};
use super::webhooks::{WebhookMutation, WebhookQuery};

/// The root of everything that can be asked.
#[derive(Default, MergedObject)]
pub struct Query(
    NodeQuery,
    OrgQuery,
    IdentityQuery,
    FederationQuery,
    OversightQuery,
    SheetQuery,
    StaffQuery,
    CatalogueQuery,
    CalendarQuery,
    ProgrammeQuery,
    FileQuery,
    CaseQuery,
    CaseSampleQuery,
    CaseEventQuery,
    UnitPulseQuery,
    FieldworkQuery,
    WebhookQuery,
    ExchangeQuery,
    AuditQuery,
);

/// The root of everything that can be done. Each field takes one `input` and answers a payload.
#[derive(Default, MergedObject)]
pub struct Mutation(
    OrgMutation,
    IdentityMutation,
    FederationMutation,
    OversightMutation,
    StaffMutation,
    CatalogueMutation,
    CalendarMutation,
    ProgrammeMutation,
    FileMutation,
    CaseMutation,
    CaseBesideMutation,
    CaseJudgingMutation,
    FieldworkMutation,
    PersonalMutation,
    SheetMutation,
    WebhookMutation,
    ExchangeMutation,
);

/// The root of everything that can be followed: one field per aggregate.
#[derive(Default, MergedSubscription)]
pub struct Subscription(CaseSubscription, CaseLiveSubscription, SheetSubscription);

/// The schema with its three roots.
pub type FengqiaoSchema = Schema<Query, Mutation, Subscription>;

/// Nested selections deeper than this are refused after the edge's own check: introspection needs 15.
const DEPTH: usize = 32;

/// The schema over some services; without them it can only be printed.
#[must_use]
pub fn build(services: Option<Services>) -> FengqiaoSchema {
    let builder = Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .register_output_type::<Node>()
        .register_output_type::<UserError>()
        .register_output_type::<Event>()
        .limit_depth(DEPTH)
        .disable_suggestions();
    match services {
        Some(services) => builder.data(services).finish(),
        None => builder.finish(),
    }
}

/// The contract as text: sorted, two-space indent, ends with one line break.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .use_space_ident();
    let mut text = build(None).sdl_with_options(options).trim_end().to_owned();
    text.push('\n');
    text
}
