//! One root mutation: its scope with the idempotency key, and its failure split into the caller's
//! mistakes and ours.

use async_graphql::{Context, Value};
use aws_lc_rs::digest::{SHA256, digest};
use fengqiao_domain::kernel::failure::{Failure, Problem, Refusing};
use fengqiao_domain::kernel::scope::{Claim, Scope};

use super::fault::{Fault, Outcome};
use super::mistake::Mistake;
use super::refused;
use crate::graphql::context::Member;
use crate::http::IdempotencyKey;

/// The outcome of a use case for a payload: the result, or the caller's mistakes.
pub type Settled<T, E> = Result<T, Vec<Problem<E>>>;

/// The scope for this mutation: with the request's idempotency key, when it has one.
///
/// # Errors
/// `BAD_REQUEST` when an argument cannot be read.
pub fn claimed(ctx: &Context<'_>, member: &Member, field: &'static str) -> Outcome<Scope> {
    let Some(IdempotencyKey(Some(key))) = ctx.data_opt::<IdempotencyKey>() else {
        return Ok(member.scope().clone());
    };
    let arguments = ctx.field().arguments().map_err(|_| Fault::bad_request(Mistake::UnreadableArguments))?;
    let input_hash = hash(&arguments)?;
    Ok(member.scope().with_claim(Claim { key: key.clone(), field, input_hash }))
}

/// SHA-256 of each element of a list of the mutation's input, in its order.
///
/// # Errors
/// `BAD_REQUEST` when an argument cannot be read.
pub fn hashes_of(ctx: &Context<'_>, list: &str) -> Outcome<Vec<Vec<u8>>> {
    let arguments = ctx.field().arguments().map_err(|_| Fault::bad_request(Mistake::UnreadableArguments))?;
    let input = arguments.into_iter().find(|(name, _)| name == "input").map(|(_, input)| input);
    let Some(Value::Object(mut fields)) = input else {
        return Err(Fault::bad_request(Mistake::UnreadableArguments));
    };
    // One element may stand for a list of it.
    let elements = match fields.swap_remove(list) {
        Some(Value::List(elements)) => elements,
        Some(element) => vec![element],
        None => vec![],
    };
    elements.iter().map(hash).collect()
}

/// By way of a JSON value, whose keys are sorted: the order in which a client writes fields means nothing.
fn hash(value: &impl serde::Serialize) -> Outcome<Vec<u8>> {
    let value = serde_json::to_value(value).map_err(|_| Fault::internal())?;
    let text = serde_json::to_vec(&value).map_err(|_| Fault::internal())?;
    Ok(digest(&SHA256, &text).as_ref().to_vec())
}

/// Splits an outcome: mistakes go into the payload, everything else is a fault. Lets go of the
/// request's snapshot, so that the payload shows what was just committed. What the caller may not do is written down.
///
/// # Errors
/// Whatever is not the caller's mistake.
pub async fn settled<T, E: Refusing>(
    ctx: &Context<'_>,
    member: &Member,
    outcome: Result<T, Failure<E>>,
) -> Outcome<Settled<T, E>> {
    member.reader().renew().await;
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(Failure::User(problems)) => {
            if let Some(refused) = refused::of_problems(ctx, &problems) {
                refused::note(member, &refused).await;
            }
            Ok(Err(problems))
        }
        Err(failure) => Err(Fault::from_failure(failure)),
    }
}
