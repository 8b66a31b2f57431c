//! What somebody asked for and may not have is written down.

use serde_json::json;

use crate::audit::model::Refused;
use crate::audit::service::{Answer, AuditService};
use crate::kernel::bucket::{Bucket, Limited};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError};

impl AuditService {
    /// Writes down what the caller was refused, before they are told. Whoever tries without end makes no more entries than the
    /// service was given; `fengqiao_limited_total` counts the rest.
    ///
    /// # Errors
    /// As the database says.
    pub async fn note_refused(&self, scope: &Scope, refused: &Refused) -> Answer<()> {
        let Some(account) = scope.account().filter(|_| !mutant::active(Mutant::SilentRefusals)) else {
            return Ok(());
        };
        let limited = Limited::RefusalEntry;
        let bucket = Bucket { limited, tenant: Some(scope.tenant()), whose: account.to_string() };
        let is_full = self.made.take_now(&bucket, self.refusals, self.db.now()).is_err();
        if is_full && !mutant::active(Mutant::EndlessRefusals) {
            let limit: &'static str = limited.into();
            metrics::counter!("fengqiao_limited_total", "limit" => limit).increment(1);
            return Ok(());
        }
        let mut tx = match self.db.begin(&scope.without_grants()).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Err(StoreError::Internal("no grants, and a key".to_owned()).into()),
        };
        let target = refused.target.clone().unwrap_or_else(|| scope.tenant().to_string());
        tx.audit("access.refuse", &target, json!({ "field": refused.field, "code": refused.code }));
        tx.commit(Done { id: account.uuid(), version: 0 }).await?;
        Ok(())
    }
}
