//! The committed `schema.graphql` is what the code says.

use std::path::Path;

#[test]
fn the_committed_schema_is_what_the_code_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let committed = std::fs::read_to_string(&file).expect("schema.graphql");
    let generated = fengqiao_api::graphql::schema::sdl();
    let differing = committed.lines().zip(generated.lines()).position(|(left, right)| left != right);
    let line = differing.unwrap_or_else(|| committed.lines().count().min(generated.lines().count())) + 1;
    assert!(
        committed == generated,
        "schema.graphql is stale from line {line} on: cargo run -- schema > schema.graphql"
    );
}
