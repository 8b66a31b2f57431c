//! Another system that a mirrored tenant exchanges cases with, in the name of its integrator.

use fengqiao_domain::exchange::{CreatePartner, Door, ExchangeService, Mapping, TicketField};
use fengqiao_domain::kernel::id::ExchangePartnerId;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::programmes::CaseSource;

use crate::{Answered as _, Side};

/// Lays the partner of a side.
pub(crate) async fn lay(
    exchange: &ExchangeService,
    side: &Side,
    api: &Scope,
) -> anyhow::Result<ExchangePartnerId> {
    let fields = [(TicketField::Number, "/number"), (TicketField::Description, "/text")];
    let command = CreatePartner {
        key: "12345".to_owned(),
        name: format!("热线{}", side.mark),
        door: Door::Signed,
        source: CaseSource::Hotline12345,
        mapping: Mapping {
            fields: fields.into_iter().map(|(field, pointer)| (field, pointer.to_owned())).collect(),
            other_category: Some("01".to_owned()),
            ..Mapping::default()
        },
        webhook: None,
    };
    Ok(exchange.create(api, command).await.done()?.partner.id)
}
