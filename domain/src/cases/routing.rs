//! By what rule a case goes where it goes when it comes in. Pure.
//!
//! Urban management knows two orders: an event (事件) goes to the office of its place, and to whoever answers for the matter
//! where nobody knows the place (先属地后属主); a component (部件) such as a lamp goes to its owner, who gives it back to the office of
//! the place when it is not theirs (先属主后属地). The category says which.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::cases::model::{Assignee, Post};
use crate::catalogue::RoutingKind;
use crate::identity::TargetKind;
use crate::kernel::id::{CategoryId, OrganisationId};
use crate::kernel::place::Sensitivity;
use crate::org::PlaceSource;
use crate::programmes::{CaseAct, Programme, Relation};

/// The rule by which a case went where it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RoutingRule {
    /// A confidential one goes straight to the district (涉密直达).
    Confidential,
    /// To the organisation that answers for the matter (属主).
    Owner,
    /// To the office of the place (属地).
    Territory,
    /// To the district's centre: nobody knows the place, and nobody answers for the matter (兜底).
    District,
}

/// Why a case went where it went when it came in, or when its category changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// The rule.
    pub rule: RoutingRule,
    /// By what its place was known.
    pub place: PlaceSource,
    /// The category whose duty named the organisation; none where its kind did, or it went to none.
    #[serde(with = "bare")]
    pub duty: Option<CategoryId>,
    /// How many organisations it could have gone to by this rule; of several it went to the one with the fewest open cases.
    pub candidates: u32,
}

/// Why somebody could be given a case, the likelier first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SuggestionReason {
    /// They work in the grid that it is in (网格员).
    GridWorker,
    /// They answer for the matter (属主).
    Owner,
}

/// Somebody whom a case could be given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Who.
    pub assignee: Assignee,
    /// Why.
    pub reason: SuggestionReason,
    /// How many open cases lie with them, counted no further than 10,001.
    pub open: u64,
}

/// An id of a category as the JSON of a column has it.
mod bare {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use uuid::Uuid;

    use crate::kernel::id::CategoryId;

    #[expect(clippy::ref_option, reason = "serde wants it so")]
    pub(super) fn serialize<S: Serializer>(id: &Option<CategoryId>, to: S) -> Result<S::Ok, S::Error> {
        id.map(CategoryId::uuid).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<CategoryId>, D::Error> {
        Ok(Option::<Uuid>::deserialize(from)?.map(CategoryId::from_uuid))
    }
}

/// Who could have a new case.
#[derive(Clone, Debug)]
pub(super) struct Candidates {
    /// The office of its place: the district's where nobody knows the place.
    pub(super) office: Post,
    /// The organisations that answer for its category there, with what lies open with each.
    pub(super) owners: Vec<(OrganisationId, u64)>,
    /// The category whose duty names them; none where its kind does.
    pub(super) duty: Option<CategoryId>,
}

/// Where a case goes, who gets it back, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    pub(super) post: Post,
    pub(super) giver: Option<Post>,
    pub(super) routing: Routing,
}

impl Candidates {
    /// Whether a case could have come in there.
    pub(super) fn could_have(&self, assignee: Assignee) -> bool {
        assignee == self.office.assignee || self.owns(assignee)
    }

    /// Whether a case that goes somewhere may as well stay where it lies: with another of those who own it.
    pub(super) fn include(&self, assignee: Assignee, to: &Arrival) -> bool {
        assignee == to.post.assignee || (to.routing.rule == RoutingRule::Owner && self.owns(assignee))
    }

    fn owns(&self, assignee: Assignee) -> bool {
        self.owners.iter().any(|(owner, _)| Assignee::Organisation(*owner) == assignee)
    }
}

/// Whether a programme lets an organisation with which a case lies at a stage accept it, begin with it or give it back: else it would lie
/// there and nobody could do anything.
pub(super) fn heeds_owner(programme: &Programme, stage: &str) -> bool {
    programme.every_rule().any(|rule| {
        let takes_up = matches!(rule.act, CaseAct::Accept | CaseAct::Start | CaseAct::Return);
        let theirs =
            rule.roles.is_empty() || rule.roles.iter().any(|role| role.acts_for(TargetKind::Organisation));
        takes_up
            && theirs
            && rule.tiers.is_empty()
            && rule.organisations.is_empty()
            && rule.who.contains(&Relation::Assignee)
            && rule.from.iter().any(|from| from == stage)
    })
}

/// Whether its owner can be asked first, so that it must be known who that is.
pub(super) fn asks_owner(order: RoutingKind, place: PlaceSource, sensitivity: Sensitivity) -> bool {
    let first = order == RoutingKind::OwnerFirst || place == PlaceSource::Unknown;
    first && sensitivity < Sensitivity::Confidential
}

/// Where a case goes.
pub(super) fn arrival(
    candidates: &Candidates,
    order: RoutingKind,
    place: PlaceSource,
    sensitivity: Sensitivity,
) -> Arrival {
    let Candidates { office, owners, duty } = candidates;
    let to_office = |rule| Arrival {
        post: *office,
        giver: None,
        routing: Routing { rule, place, duty: None, candidates: 0 },
    };
    if sensitivity == Sensitivity::Confidential {
        return to_office(RoutingRule::Confidential);
    }
    let owner = owners.iter().min_by_key(|(id, open)| (*open, *id));
    match owner.filter(|_| asks_owner(order, place, sensitivity)) {
        Some((owner, _)) => Arrival {
            // An organisation has no level of its own.
            post: Post { assignee: Assignee::Organisation(*owner), level: office.level },
            giver: Some(*office),
            routing: Routing {
                rule: RoutingRule::Owner,
                place,
                duty: *duty,
                candidates: u32::try_from(owners.len()).unwrap_or(u32::MAX),
            },
        },
        None if place == PlaceSource::Unknown => to_office(RoutingRule::District),
        None => to_office(RoutingRule::Territory),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Arrival, Candidates, Routing, RoutingRule, arrival};
    use crate::cases::model::{Assignee, Post};
    use crate::catalogue::RoutingKind;
    use crate::kernel::id::{CategoryId, OrganisationId, UnitId};
    use crate::kernel::place::Sensitivity;
    use crate::org::PlaceSource;
    use crate::programmes::SettlementLevel;

    fn owner(number: u128) -> OrganisationId {
        OrganisationId::from_uuid(Uuid::from_u128(number))
    }

    fn station() -> Post {
        let unit = UnitId::from_uuid(Uuid::from_u128(3));
        Post { assignee: Assignee::Unit(unit), level: SettlementLevel::Village }
    }

    fn told(owners: &[(u128, u64)], order: RoutingKind, place: PlaceSource, how: Sensitivity) -> Arrival {
        let owners = owners.iter().map(|(id, open)| (owner(*id), *open)).collect();
        let duty = Some(CategoryId::from_uuid(Uuid::from_u128(5)));
        arrival(&Candidates { office: station(), owners, duty }, order, place, how)
    }

    #[test]
    fn an_event_goes_to_the_office_of_its_place_and_a_component_to_its_owner() {
        let normal = Sensitivity::Normal;
        let event = told(&[(7, 0)], RoutingKind::TerritoryFirst, PlaceSource::Named, normal);
        assert_eq!((event.post, event.giver, event.routing.rule), (station(), None, RoutingRule::Territory));

        let component = told(&[(7, 4), (8, 2), (9, 2)], RoutingKind::OwnerFirst, PlaceSource::Point, normal);
        assert_eq!(
            component.post.assignee,
            Assignee::Organisation(owner(8)),
            "it has the fewest, and comes first"
        );
        assert_eq!((component.post.level, component.giver), (SettlementLevel::Village, Some(station())));
        assert_eq!((component.routing.rule, component.routing.candidates), (RoutingRule::Owner, 3));

        let nobodys = told(&[], RoutingKind::OwnerFirst, PlaceSource::Named, normal);
        assert_eq!((nobodys.post, nobodys.routing.rule), (station(), RoutingRule::Territory));
    }

    #[test]
    fn where_nobody_knows_the_place_the_owner_is_asked_and_then_the_district() {
        let nowhere = |owners: &[(u128, u64)]| {
            told(owners, RoutingKind::TerritoryFirst, PlaceSource::Unknown, Sensitivity::Sensitive)
        };
        assert_eq!(nowhere(&[(7, 0)]).routing.rule, RoutingRule::Owner);
        assert_eq!(nowhere(&[]).routing.rule, RoutingRule::District);
    }

    #[test]
    fn a_confidential_one_goes_to_no_owner() {
        let told = told(&[(7, 0)], RoutingKind::OwnerFirst, PlaceSource::Named, Sensitivity::Confidential);
        assert_eq!((told.post, told.routing.rule), (station(), RoutingRule::Confidential));
    }

    #[test]
    fn it_is_kept_as_it_was() {
        let routing =
            told(&[(7, 0)], RoutingKind::OwnerFirst, PlaceSource::Point, Sensitivity::Normal).routing;
        let text = serde_json::to_string(&routing).unwrap();
        assert!(text.contains(r#""rule":"owner","place":"point""#), "{text}");
        assert_eq!(serde_json::from_str::<Routing>(&text).unwrap(), routing);
    }
}
