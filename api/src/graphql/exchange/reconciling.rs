//! What two systems have of the same cases.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::exchange as domain;
use fengqiao_domain::kernel::failure::Failure;

use super::enums::{ExchangeDifferenceKind, ExchangeStandingKind};
use super::error::ExchangeUserError;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::kit::weight::list_size;

/// What another system has of a span.
#[derive(InputObject)]
pub(super) struct ExchangeReconcileInput {
    /// Which system.
    partner_id: ID,
    /// Cases that were entered here from then on.
    from_at: DateTime,
    /// And before then.
    until_at: DateTime,
    /// What they have of it, at most 2,000.
    #[graphql(validator(max_items = 2000))]
    theirs: Vec<ExchangeTheirCaseInput>,
}

/// A case as another system has it: by our number where they know it, else by theirs.
#[derive(InputObject)]
pub(super) struct ExchangeTheirCaseInput {
    /// Our number of it, at most 64 characters.
    case_number: Option<String>,
    /// Their number of it, at most 64 characters.
    number: Option<String>,
    /// Whether it is open there.
    standing: ExchangeStandingKind,
}

/// What both sides have (对账).
#[derive(SimpleObject)]
pub(super) struct ExchangeReconciliation {
    /// How many we have of the span, as far as the caller sees them; null when `userErrors` says why not.
    ours_count: Option<usize>,
    /// How many they have; null with it.
    theirs_count: Option<usize>,
    /// How many are the same on both sides; null with it.
    same_count: Option<usize>,
    /// What differs, at most 4,000.
    #[graphql(directive = list_size::apply(Some(4_000), None))]
    differences: Vec<ExchangeDifference>,
    /// What the caller can mend; empty when both sides were compared.
    user_errors: Vec<ExchangeUserError>,
}

/// A case that differs between two systems.
#[derive(SimpleObject)]
pub(super) struct ExchangeDifference {
    /// What differs.
    kind: ExchangeDifferenceKind,
    /// Our number of it, as far as anybody knows.
    case_number: Option<String>,
    /// Their number of it, as far as anybody knows.
    number: Option<String>,
}

impl From<domain::Difference> for ExchangeDifference {
    fn from(difference: domain::Difference) -> Self {
        Self { kind: difference.kind.into(), case_number: difference.case_number, number: difference.number }
    }
}

/// Compares both sides.
pub(super) async fn run(ctx: &Context<'_>, input: ExchangeReconcileInput) -> Outcome<ExchangeReconciliation> {
    let member = member(ctx)?;
    let their = |their: ExchangeTheirCaseInput| domain::TheirCase {
        case_number: their.case_number,
        number: their.number,
        standing: their.standing.into(),
    };
    let command = domain::Reconcile {
        partner: id::parse(&input.partner_id)?,
        from: input.from_at.0,
        until: input.until_at.0,
        theirs: input.theirs.into_iter().map(their).collect(),
    };
    match member.services().exchange.reconcile(member.scope(), member.reader(), &command).await {
        Ok(compared) => Ok(ExchangeReconciliation {
            ours_count: Some(compared.ours),
            theirs_count: Some(compared.theirs),
            same_count: Some(compared.same),
            differences: compared.differences.into_iter().map(Into::into).collect(),
            user_errors: vec![],
        }),
        Err(Failure::User(problems)) => Ok(ExchangeReconciliation {
            ours_count: None,
            theirs_count: None,
            same_count: None,
            differences: vec![],
            user_errors: ExchangeUserError::all(ctx, problems),
        }),
        Err(failure) => Err(failure.into()),
    }
}
