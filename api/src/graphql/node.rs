//! `node` and `nodes`: any object by its global id.

use async_graphql::{Context, ID, Interface, Object};

use super::audit::{AuditEntry, audit_entry_of};
use super::cases::{Case, CaseSample, case_of, sample_of};
use super::catalogue::{Category, category_of};
use super::context::member;
use super::exchange::{ExchangePartner, partner_of};
use super::fieldwork::{Visit, visit_of};
use super::files::{Attachment, attachment_of};
use super::identity::{Account, account_of};
use super::kit::fault::{Fault, Outcome};
use super::kit::id::{self, parse};
use super::kit::mistake::Mistake;
use super::org::{Grid, Organisation, Tenant, Unit, UnitGroup, grid_of, group_of, organisation_of, unit_of};
use super::programmes::{Programme, programme_of};
use super::sheets::{Export, ExportReview, Import, export_of, import_of, review_of};
use super::staff::{
    Appointment, PostKind, StaffMember, Team, appointment_of, member_of, post_kind_of, team_of,
};
use super::webhooks::{Webhook, webhook_of};
use crate::graphql::kit::weight::list_size;

/// An object with a global id.
#[derive(Interface)]
#[expect(clippy::large_enum_variant, reason = "at most a hundred at a time, each answered and dropped")]
#[graphql(field(name = "id", ty = "ID", desc = "Global id: `<prefix>_<uuid>`."))]
pub(super) enum Node {
    /// An account.
    Account(Account),
    /// An entry of the audit trail.
    AuditEntry(AuditEntry),
    /// A photo or a document.
    Attachment(Attachment),
    /// A case.
    Case(Case),
    /// A sample of closed cases.
    CaseSample(CaseSample),
    /// A category.
    Category(Category),
    /// A system that cases are exchanged with.
    ExchangePartner(ExchangePartner),
    /// A file that goes out.
    Export(Export),
    /// Somebody else's word on a file that goes out.
    ExportReview(ExportReview),
    /// A grid.
    Grid(Grid),
    /// A file that comes in.
    Import(Import),
    /// An organisation.
    Organisation(Organisation),
    /// An appointment.
    Appointment(Appointment),
    /// A kind of post.
    PostKind(PostKind),
    /// A programme.
    Programme(Programme),
    /// Somebody of the force.
    StaffMember(StaffMember),
    /// A team.
    Team(Team),
    /// A tenant.
    Tenant(Tenant),
    /// A unit.
    Unit(Unit),
    /// A unit group.
    UnitGroup(UnitGroup),
    /// A visit.
    Visit(Visit),
    /// A webhook.
    Webhook(Webhook),
}

/// Most ids of one `nodes` field: the bound of every input list.
const MOST_IDS: usize = 100;

/// Queries by global id.
#[derive(Default)]
pub(super) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with a global id; null when it does not exist or the caller does not see it. The id of
    /// what is no `Node`, such as a grant, is a bad request.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> Option<async_graphql::Result<Node>> {
        find(ctx, &id).await.map_err(Into::into).transpose()
    }

    /// The objects with some global ids, in their order; null for each that the caller does not see.
    #[graphql(directive = list_size::apply(None, Some("ids".into())))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, at most 100.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        if ids.len() > MOST_IDS {
            return Err(Fault::bad_request(Mistake::TooManyIds { limit: MOST_IDS }).into());
        }
        let found = futures::future::try_join_all(ids.iter().map(|id| find(ctx, id))).await?;
        Ok(found)
    }
}

async fn find(ctx: &Context<'_>, global: &ID) -> Outcome<Option<Node>> {
    let prefix = global.split('_').next().unwrap_or_default();
    Ok(match prefix {
        "account" => account_of(ctx, Some(parse(global)?)).await?.map(Node::Account),
        "attachment" => attachment_of(ctx, parse(global)?).await?.map(Node::Attachment),
        "audit" => audit_entry_of(ctx, parse(global)?).await?.map(Node::AuditEntry),
        "case" => case_of(ctx, parse(global)?).await?.map(Node::Case),
        "sample" => sample_of(ctx, parse(global)?).await?.map(Node::CaseSample),
        "category" => category_of(ctx, Some(parse(global)?)).await?.map(Node::Category),
        "export" => export_of(ctx, parse(global)?).await?.map(Node::Export),
        "exportreview" => review_of(ctx, Some(parse(global)?)).await?.map(Node::ExportReview),
        "import" => import_of(ctx, parse(global)?).await?.map(Node::Import),
        "grid" => grid_of(ctx, Some(parse(global)?)).await?.map(Node::Grid),
        "org" => organisation_of(ctx, Some(parse(global)?)).await?.map(Node::Organisation),
        "tenant" => own_tenant(ctx, global).await?.map(Node::Tenant),
        "unit" => unit_of(ctx, Some(parse(global)?)).await?.map(Node::Unit),
        "group" => group_of(ctx, Some(parse(global)?)).await?.map(Node::UnitGroup),
        "appointment" => appointment_of(ctx, Some(parse(global)?)).await?.map(Node::Appointment),
        "post" => post_kind_of(ctx, Some(parse(global)?)).await?.map(Node::PostKind),
        "programme" => programme_of(ctx, Some(parse(global)?)).await?.map(Node::Programme),
        "staff" => member_of(ctx, Some(parse(global)?)).await?.map(Node::StaffMember),
        "team" => team_of(ctx, Some(parse(global)?)).await?.map(Node::Team),
        "partner" => partner_of(ctx, parse(global)?).await?.map(Node::ExchangePartner),
        "visit" => visit_of(ctx, parse(global)?).await?.map(Node::Visit),
        "webhook" => webhook_of(ctx, parse(global)?).await?.map(Node::Webhook),
        _ => return Err(Fault::bad_request(Mistake::NotANodeId)),
    })
}

async fn own_tenant(ctx: &Context<'_>, global: &ID) -> Outcome<Option<Tenant>> {
    let member = member(ctx)?;
    let wanted = id::parse(global)?;
    let tenant = member.services().org.tenant(member.scope(), member.reader()).await?;
    Ok(tenant.filter(|tenant| tenant.id == wanted).map(Tenant))
}
