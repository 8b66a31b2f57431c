//! Acts beside the way (旁路行为): every programme has them without a line, unless it narrows them or leaves them out.

use fengqiao_tests::{Matter, Served, on_backends};
use serde_json::json;

use super::{CATEGORY, Drafted, GRID, grid_event, person};

const LIMIT: &str = "limit = \"category\"";
const WITHOUT: (&str, &str) = (LIMIT, "limit = \"category\"\nwithout = [\"urge\"]");
/// Only the reporter urges, and says why.
const NARROWED: (&str, &str) = (
    "[[acts]]\nact = \"comment\"",
    "[[acts]]\nact = \"urge\"\nwho = [\"reporter\"]\nrequires = [\"reason\"]\n\n[[acts]]\nact = \"comment\"",
);

#[tokio::test(flavor = "multi_thread")]
async fn a_programme_has_them_narrows_them_or_leaves_them_out() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (admin, town) =
            (person(&served, "system.admin").await?, person(&served, "qianlishan.dispatch").await?);
        let resident = person(&served, "xindi.resident").await?;
        let mut silent = Matter::report(&resident, GRID, CATEGORY).await?;
        let mut programme = Drafted::new(&admin, &grid_event(&[NARROWED])).await?;
        programme.publish(&admin).await?;
        let mut narrowed = Matter::report(&resident, GRID, CATEGORY).await?;
        programme.draft(&admin, &grid_event(&[WITHOUT])).await?;
        let diff = "query($id: ID!) { programmeDiff(programmeId: $id, from: 1) { changes { part after } } }";
        let told = admin.run(diff, json!({"id": programme.id})).await?;
        let changes = told.data("programmeDiff/changes")?.as_array().cloned().unwrap_or_default();
        assert!(changes.contains(&json!({"part": "without", "after": "urge"})), "{changes:?}");
        programme.publish(&admin).await?;
        let without = Matter::report(&resident, GRID, CATEGORY).await?;

        silent.act(&town, "caseUrge", json!({})).await?;
        silent.act(&resident, "caseUrge", json!({})).await?;
        let refused = narrowed.try_act(&town, "caseUrge", json!({"note": "快办"})).await?;
        assert_eq!(refused.user_error()?.0, "NOT_PERMITTED");
        let mute = narrowed.try_act(&resident, "caseUrge", json!({})).await?;
        assert_eq!(mute.user_error()?, ("REQUIRED".to_owned(), "note".to_owned()));
        narrowed.act(&resident, "caseUrge", json!({"note": "快办"})).await?;
        let refused = without.try_act(&resident, "caseUrge", json!({})).await?;
        assert_eq!(refused.user_error()?, ("ILLEGAL_TRANSITION".to_owned(), "caseId".to_owned()));
        assert!(!without.actions(&resident).await?.contains(&"URGE".to_owned()));
        Ok(())
    })
    .await
}
