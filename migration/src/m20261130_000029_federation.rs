//! Whose word counts for who somebody is (身份提供方), whom they know an account as (外部身份), and the tokens by which they are asked.

use sea_orm_migration::prelude::*;

use crate::ddl::{Reach, TenantTable, lookup_function, lookup_grant};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        providers().create(manager).await?;
        tokens().create(manager).await?;
        identities().create(manager).await?;
        let found_by = "tenant_id, id, account_id, provider_id, subject_blind, live_slot";
        lookup_grant(manager, "external_identities", found_by).await?;
        lookup_function(
            manager,
            "lookup_external_identity(tenant uuid, provider uuid, subject bytea)",
            "TABLE (id uuid, account_id uuid)",
            "SELECT e.id, e.account_id FROM public.external_identities e \
             WHERE e.tenant_id = lookup_external_identity.tenant AND e.provider_id = lookup_external_identity.provider \
             AND e.subject_blind = lookup_external_identity.subject AND e.live_slot = 1",
        )
        .await?;
        // Somebody whose account is disabled, or has no password to sign in with, makes no other one.
        lookup_function(
            manager,
            "lookup_kept_identity(tenant uuid, provider uuid, subject bytea)",
            "TABLE (id uuid, account_id uuid)",
            "SELECT e.id, e.account_id FROM public.external_identities e \
             JOIN public.accounts a ON a.tenant_id = e.tenant_id AND a.id = e.account_id \
             LEFT JOIN public.credentials c ON c.tenant_id = e.tenant_id AND c.account_id = e.account_id \
             WHERE e.tenant_id = lookup_kept_identity.tenant AND e.provider_id = lookup_kept_identity.provider \
             AND e.subject_blind = lookup_kept_identity.subject \
             AND (a.state <> 'active' OR c.account_id IS NULL) LIMIT 1",
        )
        .await
    }
}

/// Nothing in them is for one account more than for another; what is secret is sealed.
fn providers() -> TenantTable {
    TenantTable::new("identity_providers", Reach::Tenant)
        .column("id", "UUID")
        .column("name", "TEXT")
        .column("kind", "TEXT")
        .column("issuer", "TEXT")
        .column("audience", "TEXT")
        .nullable("jwks_url", "TEXT")
        .nullable("subject_claim", "TEXT")
        // A JSON object: claims with the value that each must have.
        .nullable("required_claims", "TEXT")
        .nullable("secret", "BYTES")
        .column("registers", "BOOLEAN")
        .column("state", "TEXT")
        .column("created_at", "BIGINT")
        .nullable("created_by", "UUID")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["issuer", "audience"])
        .check("kind IN ('wechat', 'oidc')")
        .check("state IN ('enabled', 'disabled')")
        .check("(kind = 'wechat') = (secret IS NOT NULL)")
        .check("(kind = 'oidc') = (jwks_url IS NOT NULL)")
        .check("(kind = 'oidc') = (subject_claim IS NOT NULL)")
        .check("(kind = 'oidc') = (required_claims IS NOT NULL)")
}

/// One row for each provider that is asked with a token: all processes of a deployment share it.
fn tokens() -> TenantTable {
    TenantTable::new("provider_tokens", Reach::Tenant)
        .column("provider_id", "UUID")
        .nullable("token", "BYTES")
        .column("expires_at", "BIGINT")
        .column("lease_until_at", "BIGINT")
        .column("forced_at", "BIGINT")
        .column("forced_day", "BIGINT")
        .column("forced_count", "INTEGER")
        .key(&["provider_id"])
        .references(&["provider_id"], "identity_providers", &["id"])
}

fn identities() -> TenantTable {
    TenantTable::new("external_identities", Reach::Own("account_id"))
        .column("id", "UUID")
        .column("account_id", "UUID")
        .column("provider_id", "UUID")
        .column("subject", "BYTES")
        .column("subject_blind", "BYTES")
        // 1 while it counts, absent afterwards: what counts is unique.
        .nullable("live_slot", "INTEGER")
        .column("created_at", "BIGINT")
        .nullable("used_at", "BIGINT")
        .nullable("removed_at", "BIGINT")
        .key(&["id"])
        .unique(&["provider_id", "subject_blind", "live_slot"])
        .unique(&["account_id", "provider_id", "live_slot"])
        .references(&["account_id"], "accounts", &["id"])
        .references(&["provider_id"], "identity_providers", &["id"])
        .check("live_slot = 1")
        .check("(live_slot IS NULL) = (removed_at IS NOT NULL)")
}
