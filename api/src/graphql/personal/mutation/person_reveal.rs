//! `personReveal`.

use async_graphql::{Context, ID, InputObject, OneofObject, SimpleObject};
use fengqiao_domain::personal::{RevealPerson, Revealed, Subject};

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::settled;
use crate::graphql::personal::PersonUserError;
use crate::graphql::personal::enums::RevealPurposeKind;

/// Who is to be read: exactly one of them.
#[derive(OneofObject)]
#[expect(clippy::enum_variant_names, reason = "the fields of a one-of input")]
pub enum PersonSubjectInput {
    /// Whoever holds an account, everything of which the caller covers.
    AccountId(ID),
    /// Whoever reported a case, and where it occurred; of an anonymous report, and for whoever may not read of reporters, only where.
    CaseId(ID),
    /// Somebody of the force, whose unit the caller covers.
    StaffMemberId(ID),
    /// Whoever was visited, and where.
    VisitId(ID),
}

impl PersonSubjectInput {
    fn parsed(&self) -> Outcome<Subject> {
        Ok(match self {
            Self::AccountId(account) => Subject::Account(id::parse(account)?),
            Self::CaseId(case) => Subject::Reporter(id::parse(case)?),
            Self::StaffMemberId(member) => Subject::StaffMember(id::parse(member)?),
            Self::VisitId(visit) => Subject::Visited(id::parse(visit)?),
        })
    }
}

/// Input of `personReveal`.
#[derive(InputObject)]
pub struct PersonRevealInput {
    /// Who.
    subject: PersonSubjectInput,
    /// What for.
    purpose: RevealPurposeKind,
    /// What for in words, at most 200 characters; not null for `OTHER`. The audit trail keeps it: write no names.
    #[graphql(validator(chars_max_length = 200))]
    note: Option<String>,
}

/// Outcome of `personReveal`.
#[derive(SimpleObject)]
pub struct PersonRevealPayload {
    /// Address, as it was typed; null where none is known, and when `userErrors` says why not.
    address: Option<String>,
    /// Name; null where none is known, and when `userErrors` says why not.
    name: Option<String>,
    /// Digits of the telephone number; null where none is known, and when `userErrors` says why not.
    phone: Option<String>,
    /// How many more the caller may read until one of the last 24 hours no longer counts; null when `userErrors` says why not.
    left_count: Option<i32>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<PersonUserError>,
}

impl From<Revealed> for PersonRevealPayload {
    fn from(Revealed { person, left }: Revealed) -> Self {
        let left_count = Some(i32::try_from(left).unwrap_or(i32::MAX));
        let user_errors = vec![];
        Self { address: person.address, name: person.name, phone: person.phone, left_count, user_errors }
    }
}

/// Read somebody whole. An idempotency key means nothing here: whoever asks again reads again.
pub(super) async fn run(ctx: &Context<'_>, input: PersonRevealInput) -> Outcome<PersonRevealPayload> {
    let member = member(ctx)?;
    let command =
        RevealPerson { subject: input.subject.parsed()?, purpose: input.purpose.into(), note: input.note };
    let outcome = member.services().personal.reveal(member.scope(), command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(revealed) => revealed.into(),
        Err(problems) => {
            let user_errors = PersonUserError::all(ctx, problems);
            PersonRevealPayload { address: None, name: None, phone: None, left_count: None, user_errors }
        }
    })
}
