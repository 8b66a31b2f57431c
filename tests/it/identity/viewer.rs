//! `viewer` says what I may do.

use fengqiao_tests::{Served, on_backends};
use serde_json::{Value, json};

const DOCUMENT: &str = "{ viewer { account { login isStaff name { text isMasked } } permissions
    grants { role ceiling target { ... on Unit { code } ... on Grid { code } ... on Organisation { code } } }
    units { code } grids { code } organisations { code } } }";

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_permissions_grants_and_targets() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let answer = served.sign_in("xindi.worker@150302").await?.run(DOCUMENT, Value::Null).await?;
        let viewer = answer.data("viewer")?;
        let name = json!({"text": "演示·新地网格员甲", "isMasked": false});
        assert_eq!(viewer["account"], json!({"login": "xindi.worker", "isStaff": true, "name": name}));
        assert_eq!(viewer["grids"], json!([{"code": "150302101203001"}, {"code": "150302101203002"}]));
        assert_eq!((&viewer["units"], &viewer["organisations"]), (&json!([]), &json!([])));
        assert_eq!(viewer["grants"].as_array().map(Vec::len), Some(2));
        let permissions: Vec<&str> =
            viewer["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert!(
            permissions.contains(&"CASE_START") && !permissions.contains(&"CASE_CLOSE"),
            "{permissions:?}"
        );

        let handler = served.sign_in("utility.handler@150302").await?.run(DOCUMENT, Value::Null).await?;
        assert_eq!(handler.data("viewer/organisations")?, &json!([{"code": "utility-01"}]));
        let chief = served.sign_in("xindi.station@150302").await?.run(DOCUMENT, Value::Null).await?;
        assert_eq!(chief.data("viewer/units")?, &json!([{"code": "150302101203"}]));
        assert_eq!(served.anonymous().run(DOCUMENT, Value::Null).await?.data("viewer")?, &Value::Null);
        Ok(())
    })
    .await
}
