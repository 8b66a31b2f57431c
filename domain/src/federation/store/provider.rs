//! Identity providers and their secrets.

use std::collections::BTreeMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Order};
use zeroize::Zeroizing;

use fengqiao_entity::federation::provider::{Column, Entity, Model};

use crate::federation::model::{AppSecret, IdentityProvider, OidcTrust, RequiredClaim};
use crate::kernel::id::IdentityProviderId;
use crate::store::{Personal, StoreError, Tx};

const TABLE: &str = "identity_providers";
const SECRET: Personal = Personal { table: TABLE, column: "secret" };

fn value(row: &Model) -> Result<IdentityProvider, StoreError> {
    let bad = |column, text: &str| StoreError::corrupt(TABLE, column, text);
    let oidc = match (&row.jwks_url, &row.subject_claim, &row.required_claims) {
        (Some(jwks_url), Some(subject_claim), Some(required)) => Some(OidcTrust {
            jwks_url: jwks_url.clone(),
            subject_claim: subject_claim.clone(),
            required: read(required).ok_or_else(|| bad("required_claims", required))?,
        }),
        _ => None,
    };
    Ok(IdentityProvider {
        id: row.id,
        name: row.name.clone(),
        kind: row.kind.parse().map_err(|_| bad("kind", &row.kind))?,
        issuer: row.issuer.clone(),
        audience: row.audience.clone(),
        oidc,
        registers: row.registers,
        state: row.state.parse().map_err(|_| bad("state", &row.state))?,
        created_at: row.created_at,
        version: row.version,
    })
}

fn read(text: &str) -> Option<Vec<RequiredClaim>> {
    let claims: BTreeMap<String, String> = serde_json::from_str(text).ok()?;
    Some(claims.into_iter().map(|(name, value)| RequiredClaim { name, value }).collect())
}

fn written(claims: &[RequiredClaim]) -> String {
    let claims: BTreeMap<&str, &str> =
        claims.iter().map(|claim| (claim.name.as_str(), claim.value.as_str())).collect();
    serde_json::json!(claims).to_string()
}

fn text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}

/// Inserts one, with its app secret if it is WeChat's.
pub(in crate::federation) async fn insert(
    tx: &Tx,
    new: &IdentityProvider,
    secret: Option<&AppSecret>,
) -> Result<(), StoreError> {
    let secret = secret.map(|secret| tx.seal(SECRET, new.id.uuid(), &secret.0)).transpose()?;
    tx.insert(Model {
        tenant_id: tx.scope().tenant(),
        id: new.id,
        name: new.name.clone(),
        kind: text(new.kind),
        issuer: new.issuer.clone(),
        audience: new.audience.clone(),
        jwks_url: new.jwks_url().map(str::to_owned),
        subject_claim: new.subject_claim().map(str::to_owned),
        required_claims: new.oidc.as_ref().map(|oidc| written(&oidc.required)),
        secret,
        registers: new.registers,
        state: text(new.state),
        created_at: new.created_at,
        created_by: tx.scope().account(),
        version: new.version,
    })
    .await
}

/// All of the tenant, oldest first.
pub(in crate::federation) async fn all(tx: &Tx) -> Result<Vec<IdentityProvider>, StoreError> {
    let rows = tx.select::<Entity>().order_by(Column::CreatedAt, Order::Asc).order_by(Column::Id, Order::Asc);
    rows.all().await?.iter().map(value).collect()
}

/// One of the tenant's, kept from changing until the transaction ends.
pub(in crate::federation) async fn held(
    tx: &Tx,
    id: IdentityProviderId,
) -> Result<Option<IdentityProvider>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).lock().one().await?;
    row.as_ref().map(value).transpose()
}

/// One of the tenant's.
pub(in crate::federation) async fn by_id(
    tx: &Tx,
    id: IdentityProviderId,
) -> Result<Option<IdentityProvider>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await?;
    row.as_ref().map(value).transpose()
}

/// The app secret of a mini-program; none of an OpenID issuer.
pub(in crate::federation) async fn secret(
    tx: &Tx,
    id: IdentityProviderId,
) -> Result<Option<AppSecret>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await?;
    let sealed = row.and_then(|row| row.secret);
    let opened = sealed.map(|sealed| tx.unseal(SECRET, id.uuid(), &sealed)).transpose()?;
    Ok(opened.map(|text| AppSecret(Zeroizing::new(text))))
}

/// Writes what may be changed of one that is held.
pub(in crate::federation) async fn update(
    tx: &Tx,
    changed: &IdentityProvider,
    secret: Option<&AppSecret>,
) -> Result<(), StoreError> {
    let mut row = tx
        .update::<Entity>()
        .set(Column::Name, Expr::val(changed.name.clone()))
        .set(Column::JwksUrl, Expr::val(changed.jwks_url().map(str::to_owned)))
        .set(Column::RequiredClaims, Expr::val(changed.oidc.as_ref().map(|oidc| written(&oidc.required))))
        .set(Column::Registers, Expr::val(changed.registers))
        .set(Column::State, Expr::val(text(changed.state)))
        .set(Column::Version, Expr::val(changed.version));
    if let Some(secret) = secret {
        row = row.set(Column::Secret, Expr::val(tx.seal(SECRET, changed.id.uuid(), &secret.0)?));
    }
    row.filter(Column::Id.eq(changed.id)).run().await.map(drop)
}
