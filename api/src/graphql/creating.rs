//! Which mutations bring something into the world: done twice, there are two of it, so that programs send them under an
//! idempotency key only (requirement H4). People may leave it out: whoever sees what they did does not do it again unawares.

/// Mutations after which there is something that was not there before; `tests/it/schema` compares them with the schema.
pub const CREATING: &[&str] = &[
    "accountCreate",
    "appointmentCreate",
    "appointmentStandIn",
    "caseReport",
    "caseSampleCreate",
    "categoryCreate",
    "clientSecretCreate",
    "dutyCreate",
    "exchangePartnerCreate",
    "exchangePartnerResend",
    "exportStart",
    "fieldSync",
    "gridCreate",
    "importStart",
    "organisationCreate",
    "postKindAdopt",
    "postKindCreate",
    "programmeDraft",
    "roleGrantCreate",
    "staffMemberCreate",
    "teamCreate",
    "teamMembershipCreate",
    "tenantCreate",
    "unitCreate",
    "unitGroupCreate",
    "unitMerge",
    "visitRecord",
    "webhookCreate",
];
