//! Which mutations programs send under an idempotency key only: the list of the code against the schema.

use std::collections::BTreeSet;

use anyhow::Context as _;
use fengqiao_api::graphql::creating::CREATING;

use crate::schema::sdl::Sdl;

/// How mutations are called that bring something into the world.
const VERBS: [&str; 8] = ["Adopt", "Create", "Draft", "Import", "Report", "StandIn", "Start", "Sync"];

/// Mutations that are called so and need no key, with the reason.
const WITHOUT_KEY: [(&str, &str); 3] = [
    ("caseStart", "begins work on a case that is there: the second time it finds another version"),
    ("externalIdentityCreate", "what is shown counts once, and what is linked is linked once"),
    ("sessionCreate", "nobody is signed in yet, and whoever lost the answer signs in again"),
];

#[test]
fn every_mutation_that_creates_something_is_on_the_list() -> anyhow::Result<()> {
    let sdl = Sdl::parse(&fengqiao_api::graphql::schema::sdl())?;
    let mutations: BTreeSet<&str> =
        sdl.get("Mutation").context("mutations")?.members.iter().map(|field| field.name.as_str()).collect();
    let listed: BTreeSet<&str> = CREATING.iter().copied().collect();
    assert_eq!(listed.len(), CREATING.len(), "something stands twice");
    let gone: Vec<&&str> = listed.difference(&mutations).collect();
    assert!(gone.is_empty(), "no mutations: {gone:?}");
    let creates = |name: &&&str| VERBS.iter().any(|verb| name.ends_with(verb));
    let excepted: BTreeSet<&str> = WITHOUT_KEY.iter().map(|(name, _)| *name).collect();
    let missing: BTreeSet<&str> =
        mutations.iter().filter(creates).copied().filter(|name| !listed.contains(name)).collect();
    assert_eq!(missing, excepted);
    Ok(())
}
