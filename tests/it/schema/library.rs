//! What we rely on in the schema library, pinned on the version in use:
//! `docs/adr/0007-the-schema-library-waits.md`.
#![expect(clippy::unused_async, reason = "resolvers are async by the library's rule")]

use async_graphql::{EmptySubscription, Error, Object, Schema, SimpleObject, Value, value};

struct Query;

#[derive(SimpleObject)]
struct Leaf {
    number: i32,
}

struct Branch;

#[Object]
impl Branch {
    async fn slow(&self) -> i32 {
        tokio::task::yield_now().await;
        1
    }

    async fn quick(&self) -> i32 {
        2
    }

    async fn firm(&self) -> Result<Leaf, Error> {
        Err(Error::new("refused"))
    }

    async fn loose(&self) -> Option<Result<Leaf, Error>> {
        Some(Err(Error::new("refused")))
    }
}

#[Object]
impl Query {
    async fn branch(&self) -> Option<Branch> {
        Some(Branch)
    }

    async fn trunk(&self) -> Branch {
        Branch
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn refuse(&self) -> Option<Result<Leaf, Error>> {
        Some(Err(Error::new("refused")))
    }

    async fn grow(&self) -> Option<Leaf> {
        Some(Leaf { number: 7 })
    }
}

/// The data of the answer to a document.
async fn data(document: &str) -> async_graphql::Value {
    Schema::build(Query, Mutation, EmptySubscription).finish().execute(document).await.data
}

#[tokio::test]
async fn an_answer_keeps_the_order_of_its_request() {
    let answer = data("{ branch { slow __typename quick } trunk { quick slow } }").await;
    let ordered = r#"{branch: {slow: 1, __typename: "Branch", quick: 2}, trunk: {quick: 2, slow: 1}}"#;
    assert_eq!(answer.to_string(), ordered);
}

#[tokio::test]
async fn an_error_in_a_field_that_is_never_null_nulls_the_nearest_that_may_be() {
    let answer = data("{ branch { quick firm { number } } trunk { quick } }").await;
    assert_eq!(answer, value!({ "branch": null, "trunk": { "quick": 2 } }));
    let answer = data("{ trunk { quick firm { number } } branch { quick } }").await;
    assert_eq!(answer, Value::Null);
}

#[tokio::test]
async fn an_error_in_a_nullable_field_stays_there() {
    let answer = data("{ branch { quick loose { number } } }").await;
    assert_eq!(answer, value!({ "branch": { "quick": 2, "loose": null } }));
}

#[tokio::test]
async fn a_refused_mutation_lets_the_next_one_run() {
    let answer = data("mutation { refuse { number } grow { number } }").await;
    assert_eq!(answer, value!({ "refuse": null, "grow": { "number": 7 } }));
}
