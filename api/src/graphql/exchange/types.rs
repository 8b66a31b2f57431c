//! Other systems that cases are exchanged with.
//!
//! Consumers: whoever operates one sets it up and rotates its secret; a district's administrator mends how its words are read.

use async_graphql::{Context, ID, Object, SimpleObject};
use fengqiao_domain::exchange as domain;
use fengqiao_domain::kernel::id::ExchangePartnerId;
use fengqiao_domain::kernel::page::PageRequest;

use super::enums::{ExchangeDoorKind, ExchangeTicketFieldKind};
use crate::graphql::cases::{CasePriorityLevel, CaseSourceKind};
use crate::graphql::context::member;
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::connection::{Paged, TotalCount, connection};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::org::CoordinateSystem;
use crate::graphql::webhooks::{Webhook, webhook_of};

/// Another system that cases are exchanged with (对接系统).
pub struct ExchangePartner(pub domain::Partner);

/// Another system that cases come from and are told to (对接系统), such as the 12345 hotline or the province's platform. It acts by the right
/// of its account.
#[Object]
impl ExchangePartner {
    /// Global id: `partner_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// What it is called in addresses, and the source of its tickets in `Case.external`.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// By whose right it acts. Null for whoever does not see the account.
    async fn account(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, Some(self.0.account)).await.map_err(Into::into).transpose()
    }

    /// By which door it comes in.
    async fn door(&self) -> ExchangeDoorKind {
        self.0.door.into()
    }

    /// How its tickets came in.
    async fn source(&self) -> CaseSourceKind {
        self.0.source.into()
    }

    /// How its words are read.
    async fn mapping(&self) -> ExchangeMapping {
        ExchangeMapping::of(&self.0.mapping)
    }

    /// By which webhook it is told what becomes of cases; null for one that only asks, and for whoever may have no webhooks.
    async fn webhook(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Webhook>> {
        webhook_of(ctx, self.0.webhook?).await.map_err(Into::into).transpose()
    }

    /// Since when it may not come in; null while it may.
    async fn disabled_at(&self) -> Option<DateTime> {
        self.0.disabled_at.map(DateTime)
    }

    /// Until when the secret of before the last rotation counts too; null when there was none.
    async fn old_secret_ends_at(&self) -> Option<DateTime> {
        self.0.old_secret_until.map(DateTime)
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Counts its changes; `exchangePartnerUpdate` needs it.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// How a partner's words are read.
#[derive(SimpleObject)]
pub struct ExchangeMapping {
    /// Where in a ticket something stands.
    fields: Vec<ExchangeFieldMapping>,
    /// What their codes of categories mean.
    categories: Vec<ExchangeCodeMapping>,
    /// Our code of the category of whatever has none here; null when such a ticket is refused.
    other_category_code: Option<String>,
    /// What their codes of areas mean.
    areas: Vec<ExchangeCodeMapping>,
    /// What their words for urgency mean.
    priorities: Vec<ExchangePriorityMapping>,
    /// In which system their points are; null where they send none.
    coordinate_system: Option<CoordinateSystem>,
}

/// Where in a ticket something stands.
#[derive(SimpleObject)]
pub struct ExchangeFieldMapping {
    /// What.
    field: ExchangeTicketFieldKind,
    /// Where: a JSON pointer (RFC 6901) into the ticket.
    pointer: String,
}

/// What a partner's code means.
#[derive(SimpleObject)]
pub struct ExchangeCodeMapping {
    /// Their code.
    theirs: String,
    /// Our code.
    ours: String,
}

/// What a partner's word for urgency means.
#[derive(SimpleObject)]
pub struct ExchangePriorityMapping {
    /// Their word.
    theirs: String,
    /// How urgent that is.
    priority: CasePriorityLevel,
}

impl ExchangeMapping {
    fn of(mapping: &domain::Mapping) -> Self {
        let code = |(theirs, ours): (&String, &String)| ExchangeCodeMapping {
            theirs: theirs.clone(),
            ours: ours.clone(),
        };
        let fields = mapping.fields.iter();
        let priorities = mapping.priorities.iter();
        Self {
            fields: fields
                .map(|(field, pointer)| ExchangeFieldMapping {
                    field: (*field).into(),
                    pointer: pointer.clone(),
                })
                .collect(),
            categories: mapping.categories.iter().map(code).collect(),
            other_category_code: mapping.other_category.clone(),
            areas: mapping.areas.iter().map(code).collect(),
            priorities: priorities
                .map(|(theirs, priority)| ExchangePriorityMapping {
                    theirs: theirs.clone(),
                    priority: (*priority).into(),
                })
                .collect(),
            coordinate_system: mapping.coordinate_system.map(Into::into),
        }
    }
}

/// A partner by id; none that the caller does not see.
pub async fn partner_of(ctx: &Context<'_>, id: ExchangePartnerId) -> Outcome<Option<ExchangePartner>> {
    let member = member(ctx)?;
    let found = member.services().exchange.partner(member.scope(), member.reader(), id).await?;
    Ok(found.map(ExchangePartner))
}

/// A page of the partners that the caller sees.
pub(super) async fn partners_seen(ctx: &Context<'_>, page: &PageRequest) -> Outcome<Paged<ExchangePartner>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().exchange.clone(), member.reader().clone());
    let rows = service.partners(reader.scope(), &reader, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_partners(reader.scope(), &reader).await?) }
    });
    Ok(connection(rows, ExchangePartner, total))
}
