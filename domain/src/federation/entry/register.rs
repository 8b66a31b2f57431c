//! Making an account of one's own, as a resident, by a mini-program that knows one's verified number.

use crate::federation::command::RegisterResident;
use crate::federation::entry::Knock;
use crate::federation::error::{FederationError, told};
use crate::federation::service::{Answer, FederationService, to_the_end};
use crate::identity::{GrantTarget, Phone, Registration, SessionTokens};
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};

impl FederationService {
    /// Makes an account for a resident whose number WeChat has verified, and opens its first session. It holds the role of a resident where they
    /// say that they live, by which nobody reads what is not their own.
    ///
    /// # Errors
    /// As [`Self::sign_in_by_wechat`]; `REGISTRATION_CLOSED`, `ALREADY_LINKED`, `INVALID_PHONE`; what is wrong with the name or the place.
    pub async fn register_resident(
        &self,
        asked: &RegisterResident,
        request_id: &str,
    ) -> Answer<SessionTokens> {
        let (service, asked, request_id) = (self.clone(), asked.clone(), request_id.to_owned());
        to_the_end(async move {
            let from = (asked.sign_in.district.as_str(), asked.sign_in.from);
            let knock = service.knock(from, "wechat", &request_id).await?;
            let outcome = service.registered(&knock, &asked).await;
            service.left(knock, outcome).await
        })
        .await
    }

    async fn registered(&self, knock: &Knock, asked: &RegisterResident) -> Answer<SessionTokens> {
        let (scope, home) = (&knock.scope, GrantTarget::Unit(asked.home));
        let provider = self.mini_program(scope, &asked.sign_in.app).await?;
        if !provider.registers && !mutant::active(Mutant::OpenRegistration) {
            return Err(Failure::user("app", FederationError::RegistrationClosed));
        }
        // What can be refused without it is, before a code is used up.
        let fits = self.identity().may_register(scope, &asked.name, home).await;
        fits.map_err(|failure| at_unit(told(failure)))?;
        let shown = (asked.sign_in.app.as_str(), asked.sign_in.code.as_str());
        let (provider, vouched) = self.vouched_by_wechat(scope, shown).await?;
        if self.identity().is_taken(scope, &vouched).await? {
            return Err(Failure::user("", FederationError::AlreadyLinked));
        }
        let number = self.verified_phone(scope, &provider, &asked.phone_code).await?;
        // Of another country the digits without their prefix could be somebody else's.
        let national = number.strip_prefix("+86 ").map(Phone::parse);
        let Some(Ok(phone)) = national else {
            return Err(Failure::user("phoneCode", FederationError::InvalidPhone));
        };
        let new = Registration { name: &asked.name, phone, home, vouched: &vouched };
        let (tenant, request_id) = (scope.tenant(), scope.request_id());
        let made = self.identity().register_resident(tenant, new, request_id).await;
        made.map_err(|failure| at_unit(told(failure)))?.map_err(|refusal| Failure::user("", refusal.into()))
    }
}

/// Where they live is the input `unitId` here.
fn at_unit(mut failure: Failure<FederationError>) -> Failure<FederationError> {
    if let Failure::User(problems) = &mut failure {
        let homes = problems.iter_mut().filter(|problem| problem.path == ["target"]);
        homes.for_each(|problem| problem.path = vec!["unitId".to_owned()]);
    }
    failure
}
