//! `unitMerge`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::org as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mistake::Mistake;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::Date;
use crate::graphql::org::{CodeSystem, OrgUserError, Unit};

/// Input of `unitMerge`.
#[derive(InputObject)]
pub(super) struct UnitMergeInput {
    /// The units that end, at most 50.
    predecessor_ids: Vec<ID>,
    /// The unit that takes over, when it exists; else give `newUnit`.
    successor_id: Option<ID>,
    /// The unit that takes over, when it is new.
    new_unit: Option<UnitMergeNewInput>,
    /// Day it takes effect.
    effective_on: Date,
}

/// A unit that takes over and does not exist yet.
#[derive(InputObject)]
pub(super) struct UnitMergeNewInput {
    /// Code in its register: 9 digits for a town, 12 for a village, the first of them the code of the unit
    /// above when that is of the same register.
    code: String,
    /// The register.
    code_system: CodeSystem,
    /// Year of the register's edition, 1980 to 2100.
    code_year: i32,
    /// Name, 1 to 60 characters.
    name: String,
}

/// Outcome of `unitMerge`.
#[derive(SimpleObject)]
pub(super) struct UnitMergePayload {
    /// The successor; null when `userErrors` says why not.
    unit: Option<Unit>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OrgUserError>,
}

/// Merge units of one level: they are dissolved, and the successor's people read their past. No case is rewritten.
pub(super) async fn run(ctx: &Context<'_>, input: UnitMergeInput) -> Outcome<UnitMergePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "unitMerge")?;
    let command = domain::MergeUnits {
        predecessors: id::parse_all(&input.predecessor_ids, 50)?,
        successor: successor(input.successor_id, input.new_unit)?,
        on: input.effective_on.0,
    };
    let outcome = member.services().org.merge_units(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(unit) => UnitMergePayload { unit: Some(Unit(unit)), user_errors: vec![] },
        Err(problems) => UnitMergePayload { unit: None, user_errors: OrgUserError::all(ctx, problems) },
    })
}

fn successor(existing: Option<ID>, new: Option<UnitMergeNewInput>) -> Outcome<domain::Successor> {
    match (existing, new) {
        (Some(unit), None) => Ok(domain::Successor::Existing(id::parse(&unit)?)),
        (None, Some(unit)) => Ok(domain::Successor::New {
            code: unit.code,
            code_system: unit.code_system.into(),
            code_year: unit.code_year,
            name: unit.name,
        }),
        _ => Err(Fault::bad_request(Mistake::OneSuccessor)),
    }
}
