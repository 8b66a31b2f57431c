//! Cases that are likely to be the same matter (相似件).

use async_graphql::{Context, ID, InputObject, OneofObject, SimpleObject};
use fengqiao_domain::cases as domain;

use super::inputs::GeoPointInput;
use super::types::Case;
use crate::graphql::context::member;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mistake::Mistake;

/// What cases are compared with: exactly one of them.
#[derive(OneofObject)]
pub enum SimilarCasesInput {
    /// The case with this id, for whoever dispatches it.
    CaseId(ID),
    /// What is about to be reported.
    Matter(CaseMatterInput),
}

/// What is about to be reported.
#[derive(InputObject)]
pub struct CaseMatterInput {
    /// What it is about.
    category_id: ID,
    /// Point where it occurred.
    point: Option<GeoPointInput>,
    /// Grid where it occurred; where a point is missing, whatever is of the same grid is near.
    grid_id: Option<ID>,
}

/// A case that is likely to be the same matter (相似件).
#[derive(SimpleObject)]
pub struct SimilarCase {
    /// The case, open or closed.
    case: Case,
    /// Metres between the points, rounded; null where one of them has none, and both are of one grid.
    metres: Option<u32>,
}

/// The cases like a matter, as far as the caller sees them.
pub(super) async fn similar(ctx: &Context<'_>, to: SimilarCasesInput) -> Outcome<Vec<SimilarCase>> {
    let member = member(ctx)?;
    let service = &member.services().cases;
    let (scope, reader) = (member.scope(), member.reader());
    let found = match to {
        SimilarCasesInput::CaseId(case) => match service.case(scope, reader, id::parse(&case)?).await? {
            Some(case) => service.similar_to_case(scope, reader, &case).await?,
            None => vec![],
        },
        SimilarCasesInput::Matter(matter) => {
            let point = matter.point.map(GeoPointInput::parsed);
            if point.is_some_and(|point| !point.is_on_earth()) {
                return Err(Fault::bad_request(Mistake::OffEarth));
            }
            let matter = domain::Matter {
                category: id::parse(&matter.category_id)?,
                point,
                grid: id::parse_optional(matter.grid_id.as_ref())?,
            };
            service.similar_to_matter(scope, reader, matter).await?
        }
    };
    Ok(found.into_iter().map(told).collect())
}

fn told(similar: domain::SimilarCase) -> SimilarCase {
    SimilarCase { case: Case(similar.case), metres: similar.metres.map(rounded) }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between nothing and some thousand"
)]
fn rounded(metres: f64) -> u32 {
    metres.round() as u32
}
