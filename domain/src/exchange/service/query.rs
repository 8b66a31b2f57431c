//! Reading partners, and what they have.

use serde_json::Value;

use crate::cases::{self, Case};
use crate::exchange::error::ExchangeError;
use crate::exchange::model::Partner;
use crate::exchange::reading;
use crate::exchange::service::{Answer, ExchangeService, permit};
use crate::exchange::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::{CaseId, ExchangePartnerId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::Reader;
use crate::webhooks;

impl ExchangeService {
    /// A partner that the caller sees; none for whoever may exchange nothing.
    ///
    /// # Errors
    /// As the database says.
    pub async fn partner(
        &self,
        scope: &Scope,
        reader: &Reader,
        id: ExchangePartnerId,
    ) -> Answer<Option<Partner>> {
        if permit(scope).is_err() {
            return Ok(None);
        }
        Ok(store::partner::by_id(&*reader.tx().await?, id).await?)
    }

    /// A page of the partners that the caller sees, newest first. Needs `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn partners(
        &self,
        scope: &Scope,
        reader: &Reader,
        page: &PageRequest,
    ) -> Answer<Page<Partner>> {
        permit(scope)?;
        Ok(store::partner::page(&*reader.tx().await?, page).await?)
    }

    /// How many they are. Needs `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_partners(&self, scope: &Scope, reader: &Reader) -> Answer<u64> {
        permit(scope)?;
        Ok(store::partner::count(&*reader.tx().await?).await?)
    }

    /// The case that a partner's ticket is, as the partner sees it now.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn ticket(&self, scope: &Scope, partner: &Partner, number: &str) -> Answer<Case> {
        let number = reading::number(number).map_err(|problem| Failure::User(vec![problem]))?;
        let reader = self.db.reader(scope);
        let found = cases::directory::by_external(&*reader.tx().await?, &partner.key, &number).await?;
        found.ok_or_else(missing)
    }

    /// All of a case that a partner is shown, as what is pushed to it says it.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn shown(&self, scope: &Scope, case: CaseId) -> Answer<Value> {
        let reader = self.db.reader(scope);
        webhooks::directory::shown(&*reader.tx().await?, case).await?.ok_or_else(missing)
    }
}

fn missing() -> Failure<ExchangeError> {
    Failure::user("number", ExchangeError::NotFound)
}
