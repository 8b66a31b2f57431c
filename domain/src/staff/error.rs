//! What a caller of the staff slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::identity::IdentityError;
use crate::kernel::failure::{Failure, Refusing};

/// A mistake in a request to the staff slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(StaffErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`StaffError`].")]
pub enum StaffError {
    /// No such person, post, appointment, team, target, account or category, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// It changed since the caller saw it.
    Conflict {
        /// Its present version.
        current_version: i64,
    },
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text holds control characters, or the name of somebody was masked.
    InvalidText,
    /// A code has other characters than letters, digits, `.`, `-` and `_`.
    InvalidCode,
    /// The code is taken within the tenant.
    CodeTaken,
    /// Not a telephone number.
    InvalidPhone,
    /// A number is too great.
    TooGreat {
        /// The greatest.
        limit: u32,
    },
    /// A list is too long.
    TooMany {
        /// Most elements.
        limit: usize,
    },
    /// A period ends before it begins, or outside the one it must lie in.
    InvalidPeriod,
    /// The same person holds the same post there at that time, or is in the team at that time.
    PeriodOverlaps,
    /// Somebody else holds this exclusive post there at that time.
    PostTaken,
    /// A stand-in takes the duty of another one's own appointment: not one's own, not another stand-in's.
    InvalidStandIn,
    /// The kind of post takes no new holders.
    PostRetired,
    /// The post cannot be held at such a target, or its role cannot.
    PostTargetMismatch,
    /// The unit or grid is dissolved.
    TargetDissolved,
    /// The person left.
    MemberLeft,
    /// The team was disbanded.
    TeamDisbanded,
    /// The account is another's of the force.
    AccountTaken,
    /// The account is disabled.
    AccountDisabled,
    /// The appointment would give a role beyond the caller's own scope.
    GrantExceedsScope,
    /// Nobody appoints themselves to a post with a role.
    GrantToSelf,
    /// The account holds one of the separated administrators' roles.
    AdministratorsSeparated,
}

impl Refusing for StaffError {
    fn refuses(&self) -> bool {
        matches!(self, Self::NotPermitted)
    }
}

impl StaffError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> StaffErrorCode {
        self.into()
    }
}

/// What identity says of the role that comes with an appointment, in this slice's words and paths.
pub(super) fn of_role(failure: Failure<IdentityError>) -> Failure<StaffError> {
    let failure = failure.map(|error| match error {
        IdentityError::GrantExceedsScope => StaffError::GrantExceedsScope,
        IdentityError::GrantToSelf => StaffError::GrantToSelf,
        IdentityError::AdministratorsSeparated => StaffError::AdministratorsSeparated,
        IdentityError::AccountDisabled => StaffError::AccountDisabled,
        IdentityError::RoleTargetMismatch => StaffError::PostTargetMismatch,
        IdentityError::TargetDissolved => StaffError::TargetDissolved,
        IdentityError::InvalidPeriod => StaffError::InvalidPeriod,
        IdentityError::TooMany { limit } => StaffError::TooMany { limit },
        IdentityError::NotPermitted => StaffError::NotPermitted,
        IdentityError::NotFound
        | IdentityError::InvalidCredentials
        | IdentityError::TokenInvalid
        | IdentityError::RefreshInvalid
        | IdentityError::SecondFactorRequired
        | IdentityError::InvalidCode
        | IdentityError::SecondFactorInForce
        | IdentityError::Required
        | IdentityError::TooLong { .. }
        | IdentityError::TooShort { .. }
        | IdentityError::InvalidText
        | IdentityError::InvalidLogin
        | IdentityError::LoginTaken
        | IdentityError::InvalidPhone
        | IdentityError::PasswordChangeRequired
        | IdentityError::PasswordLapsed
        | IdentityError::PasswordTooSimple { .. }
        | IdentityError::PasswordTooCommon
        | IdentityError::PasswordUsedBefore
        | IdentityError::NotAProgram => StaffError::NotFound,
    });
    moved(failure, |path| match path {
        "accountId" => "staffMemberId",
        "role" => "postKindId",
        "roleGrantId" => "appointmentId",
        other => other,
    })
}

/// The same mistakes at other inputs.
pub(super) fn moved(mut failure: Failure<StaffError>, to: impl Fn(&str) -> &str) -> Failure<StaffError> {
    if let Failure::User(problems) = &mut failure {
        for problem in problems {
            let first = problem.path.first().map(|path| to(path).to_owned());
            problem.path.splice(..1.min(problem.path.len()), first);
        }
    }
    failure
}
