//! Making an account of one's own, as a resident, by a mini-program that knows one's verified number.

use crate::federation::command::RegisterResident;
use crate::federation::error::{FederationError, told};
use crate::federation::service::{Answer, FederationService};
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
        let sign_in = &asked.sign_in;
        let knock = self.knock(&sign_in.district, sign_in.from, request_id).await?;
        let shown = (sign_in.app.as_str(), sign_in.code.as_str());
        let (provider, vouched) = self.vouched_by_wechat(&knock.scope, shown).await?;
        if !provider.registers && !mutant::active(Mutant::OpenRegistration) {
            return Err(Failure::user("app", FederationError::RegistrationClosed));
        }
        let number = self.verified_phone(&knock.scope, &provider, &asked.phone_code).await?;
        let phone =
            Phone::parse(&number).map_err(|_| Failure::user("phoneCode", FederationError::InvalidPhone))?;
        let home = GrantTarget::Unit(asked.home);
        let new = Registration { name: &asked.name, phone, home, vouched: &vouched };
        let made = self.identity().register_resident(knock.scope.tenant(), new, request_id).await;
        let tokens = made
            .map_err(|failure| at_unit(told(failure)))?
            .map_err(|refusal| Failure::user("", refusal.into()))?;
        self.identity().give_back_vouched(knock.admitted).await;
        Ok(tokens)
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
