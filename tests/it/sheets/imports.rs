//! Files that come in: all of a file or nothing, told row by row, by whoever could do it by hand.

use bytes::Bytes;
use fengqiao_tests::{Served, on_backends};
use http_body_util::{BodyExt as _, Full};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{FORCE, announced, brought, ended, uploaded};

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_brings_a_file_in_and_sees_what_became_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let first = brought(&town, "STAFF", FORCE).await?;
        let counts = |import: &Value| {
            ["state", "rowsRead", "rowsCreated", "rowsUnchanged"].map(|field| import[field].clone())
        };
        assert_eq!(counts(&first), [json!("SUCCEEDED"), json!(2), json!(2), json!(0)]);
        assert_eq!((&first["mistakes"], &first["uploadPath"]), (&json!([]), &Value::Null));
        let again = brought(&town, "STAFF", FORCE).await?;
        assert_eq!(counts(&again), [json!("SUCCEEDED"), json!(2), json!(0), json!(2)]);
        let system = served.sign_in("system.admin@150302").await?;
        let categories = "code,parent_code,name_zh,name_en\nZ1,,新类,New\n";
        let kinds = brought(&system, "CATEGORIES", categories).await?;
        assert_eq!(counts(&kinds), [json!("SUCCEEDED"), json!(1), json!(1), json!(0)]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_mistakes_is_refused_whole_and_tells_every_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let file = format!("{FORCE}S-3,演示·丙,150302007001,,\nS-4,演示·丁,150302101203,emperor,1\n");
        let refused = brought(&town, "STAFF", file).await?;
        assert_eq!(refused["state"], "REFUSED");
        let keeps = "该单位的台账不归您管理";
        let mistakes = json!([
            {"row": 4, "column": "unit_code", "value": "150302007001", "reason": keeps},
            {"row": 5, "column": "post", "value": "emperor", "reason": "没有此编码的在用岗位"},
        ]);
        assert_eq!(refused["mistakes"], mistakes);
        let sealed = served.world.rows("imports").await?.join(" ");
        assert!(!sealed.contains("emperor"), "what clerks write is sealed: {sealed}");
        let noise = brought(&town, "STAFF", vec![0xff; 64]).await?;
        let told = "本行第 1 字节既不是 UTF-8 也不是 GBK：请另存为 UTF-8 的 CSV";
        assert_eq!(noise["mistakes"], json!([{"row": 1, "column": null, "value": "", "reason": told}]));
        assert_eq!(served.world.number("SELECT count(*) FROM staff_members WHERE code LIKE 'S-%'").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masked_name_in_a_file_takes_nobodys_place() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        assert_eq!(brought(&town, "STAFF", FORCE).await?["state"], "SUCCEEDED");
        let masked = FORCE.replacen("演示·甲", "演*", 1);
        let refused = brought(&town, "STAFF", masked).await?;
        let mistakes =
            json!([{"row": 2, "column": "name", "value": "演*", "reason": "姓名已脱敏：请写完整姓名"}]);
        assert_eq!((&refused["state"], &refused["mistakes"]), (&json!("REFUSED"), &mistakes));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_tells_nobody_whose_number_is_whose_elsewhere() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let file = |phone: &str| format!("code,name,unit_code,phone\nS-1,演示·甲,150302101203,{phone}\n");
        let own = served.sign_in("qianlishan.admin@150302").await?;
        assert_eq!(brought(&own, "STAFF", file("13912345678")).await?["state"], "SUCCEEDED");
        let other = served.sign_in("binhe.admin@150302").await?;
        let right = brought(&other, "STAFF", file("13912345678")).await?;
        assert_eq!((&right["state"], &right["mistakes"][0]["column"]), (&json!("REFUSED"), &json!("phone")));
        assert_eq!(right, brought(&other, "STAFF", file("13912345679")).await?);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_import_announces_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let start = async |login: &str, kind: &str, name: &str| {
            let actor = served.sign_in(&format!("{login}@150302")).await?;
            let input = json!({"kind": kind, "fileName": name});
            actor.mutate("importStart", "import { id } userErrors { code path }", input).await
        };
        for login in ["xindi.chief", "district.dispatch", "security.admin", "xindi.resident"] {
            assert_eq!(start(login, "STAFF", "a.csv").await?.code(), "FORBIDDEN", "{login}");
        }
        let town = "qianlishan.admin";
        let refused = |code: &str, path: &str| (code.to_owned(), path.to_owned());
        let categories = start(town, "CATEGORIES", "a.csv").await?.user_error()?;
        assert_eq!(categories, refused("NOT_PERMITTED", "kind"));
        assert_eq!(start(town, "STAFF", " ").await?.user_error()?, refused("REQUIRED", "fileName"));
        assert_eq!(start(town, "STAFF", "a\nb").await?.user_error()?, refused("INVALID_TEXT", "fileName"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_large_or_never_comes_changes_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.files.max_upload_bytes = 1_000).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let (id, path) = announced(&town, "STAFF").await?;
        let large = format!("{FORCE}{}", "\n".repeat(1_000));
        assert_eq!(uploaded(&town, &path, large.clone()).await?, StatusCode::PAYLOAD_TOO_LARGE);
        // Without its length announced as well.
        let streamed = reqwest::Body::wrap(Full::new(Bytes::from(large)).map_frame(|frame| frame));
        assert_eq!(uploaded(&town, &path, streamed).await?, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(uploaded(&town, &path, FORCE).await?, StatusCode::ACCEPTED, "it may be tried again");
        assert_eq!(ended(&town, &id).await?["state"], "SUCCEEDED");
        let (id, path) = announced(&town, "STAFF").await?;
        served.pass_seconds(1_000);
        let town = served.sign_in("qianlishan.admin@150302").await?;
        assert_eq!(ended(&town, &id).await?["state"], "INTERRUPTED");
        assert_eq!(uploaded(&town, &path, FORCE).await?, StatusCode::NOT_FOUND);
        Ok(())
    })
    .await
}
