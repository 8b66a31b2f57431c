//! Recognise a partner.

use crate::exchange::command::is_key;
use crate::exchange::entry::{Admitted, Knock};
use crate::exchange::error::ExchangeError;
use crate::exchange::model::Door;
use crate::exchange::service::{Answer, ExchangeService};
use crate::exchange::store;
use crate::identity::directory as identity;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, ExchangePartnerId, TenantId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::signature::Secret;

impl ExchangeService {
    /// Who signed a message, as Standard Webhooks signs. What was signed counts for some minutes before and after its own time.
    ///
    /// # Errors
    /// `NOT_ADMITTED`, whatever is wrong: nobody learns which partners there are. `STALE` for whoever knows the secret.
    pub async fn admit(&self, knock: Knock<'_>, request_id: &str) -> Answer<Admitted> {
        let (admitted, secrets) = self.recognised((knock.tenant_code, knock.key), request_id).await?;
        let signed = secrets
            .iter()
            .any(|secret| secret.has_signed(knock.signature, knock.id, knock.timestamp, knock.body));
        if !(signed || mutant::active(Mutant::UnsignedPartner)) {
            return Err(stranger());
        }
        let window_seconds = self.settings.window_seconds;
        let now = self.db.now().micros().div_euclid(1_000_000);
        if now.abs_diff(knock.timestamp) > window_seconds.unsigned_abs()
            && !mutant::active(Mutant::EndlessSignature)
        {
            return Err(Failure::user("", ExchangeError::Stale { window_seconds }));
        }
        if admitted.partner.door == Door::Signed { Ok(admitted) } else { Err(stranger()) }
    }

    /// Who shows a key at the door of Open311: the partner's own key, a dot, and its secret.
    ///
    /// # Errors
    /// `NOT_ADMITTED`, whatever is wrong.
    pub async fn admit_by_key(&self, tenant_code: &str, shown: &str, request_id: &str) -> Answer<Admitted> {
        let (key, shown) = shown.split_once('.').ok_or_else(stranger)?;
        let (admitted, secrets) = self.recognised((tenant_code, key), request_id).await?;
        let known = secrets.iter().any(|secret| secret.is_shown(shown)) || mutant::active(Mutant::AnyApiKey);
        if known && admitted.partner.door == Door::Open311 { Ok(admitted) } else { Err(stranger()) }
    }

    /// The partner with a key, with what it may prove itself by.
    async fn recognised(
        &self,
        (tenant_code, key): (&str, &str),
        request_id: &str,
    ) -> Answer<(Admitted, Vec<Secret>)> {
        if !tenant_code.bytes().all(|byte| byte.is_ascii_digit()) || !is_key(key) {
            return Err(stranger());
        }
        let row = self.db.lookup_exchange_partner(tenant_code, key).await?.ok_or_else(stranger)?;
        let (tenant, account) = (TenantId::from_uuid(row.tenant_id), AccountId::from_uuid(row.account_id));
        let scope = identity::recognised(&self.db, (tenant, account), request_id).await?;
        let scope = scope.filter(|scope| scope.permits(Permission::ExchangeManage)).ok_or_else(stranger)?;
        let reader = self.db.reader(&scope);
        let tx = reader.tx().await?;
        let partner = store::partner::by_id(&tx, ExchangePartnerId::from_uuid(row.partner_id)).await?;
        let partner = partner.filter(|partner| partner.disabled_at.is_none()).ok_or_else(stranger)?;
        let secrets = store::partner::secrets(&tx, partner.id).await?;
        drop(tx);
        Ok((Admitted { partner, scope }, secrets))
    }
}

fn stranger() -> Failure<ExchangeError> {
    Failure::user("", ExchangeError::NotAdmitted)
}
