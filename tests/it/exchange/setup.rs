//! Partners are set up by their account, read as data says, and told nothing that their account has no webhook for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use super::{ISSUED, Partner, mapping};
use crate::webhooks::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_partner_is_named() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let hotline = desk.person("hotline.api").await?;
        let thin = desk.hook(&hotline, json!({})).await?;
        let station = desk.integrator("xindi.station").await?;
        let foreign = desk.hook(&station, json!({"content": "FULL"})).await?;
        Partner::hotline(&desk, json!({"key": "taken"})).await?;
        let with = |key: &str, value: Value| {
            let mut wrong = mapping();
            wrong[key] = value;
            json!({"mapping": wrong})
        };
        for (more, code, path) in [
            (json!({"key": "taken"}), "KEY_TAKEN", "key"),
            (json!({"key": "Big"}), "INVALID_KEY", "key"),
            (json!({"key": ""}), "REQUIRED", "key"),
            (json!({"key": "a".repeat(33)}), "TOO_LONG", "key"),
            (json!({"name": "名".repeat(61)}), "TOO_LONG", "name"),
            (json!({"webhookId": thin.id}), "NO_WEBHOOK", "webhookId"),
            (json!({"webhookId": foreign.id}), "NOT_FOUND", "webhookId"),
            (json!({"door": "OPEN311"}), "INVALID_MAPPING", "mapping.fields"),
            (with("fields", json!([])), "INVALID_MAPPING", "mapping.fields"),
            (with("coordinateSystem", Value::Null), "INVALID_MAPPING", "mapping.coordinateSystem"),
            (with("otherCategoryCode", "none".into()), "INVALID_MAPPING", "mapping.otherCategoryCode"),
            (
                with("categories", json!([{"theirs": "A", "ours": "none"}])),
                "INVALID_MAPPING",
                "mapping.categories",
            ),
            (with("areas", json!([{"theirs": "A", "ours": "none"}])), "INVALID_MAPPING", "mapping.areas"),
            (with("areas", json!([{"theirs": "", "ours": "150302"}])), "INVALID_MAPPING", "mapping"),
        ] {
            let mut input = json!({
                "key": "new", "name": "新", "door": "SIGNED", "source": "HOTLINE_12345", "mapping": mapping(),
            });
            for (key, value) in more.as_object().into_iter().flatten() {
                input[key] = value.clone();
            }
            let answer = hotline.mutate("exchangePartnerCreate", ISSUED, input).await?;
            let refused = answer.user_errors()?.first().cloned().unwrap_or_default();
            let found = (refused["code"].as_str().unwrap_or_default(), refused["path"].clone());
            let path: Vec<&str> = path.split('.').collect();
            assert_eq!(found, (code, json!(path)), "{more}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn its_secret_is_said_once_and_kept_sealed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        assert!(partner.secret.starts_with("whsec_"));
        let rows = desk.served.world.rows("exchange_partners").await?;
        let bare = STANDARD.decode(partner.secret.trim_start_matches("whsec_"))?;
        assert_eq!(bare.len(), 32);
        assert!(!format!("{rows:?}").to_lowercase().contains(&hex::encode(bare)));
        // Two of one district have two secrets, and the same key may be used in another district.
        let other = Partner::hotline(&desk, json!({"key": "other"})).await?;
        assert_ne!(other.secret, partner.secret);
        let document = "{ exchangePartners { totalCount nodes { key name door source mapping { fields { field pointer } } } } }";
        let listed = partner.account.run(document, json!({})).await?;
        assert_eq!(listed.data("exchangePartners/totalCount")?, 2);
        assert!(!listed.text.contains("whsec_"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_mend_the_mapping_and_its_account_says_where_it_is_told() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let system = desk.person("system.admin").await?;
        let changed = "partner { version mapping { categories { theirs ours } } } userErrors { code path currentVersion }";
        let mut wider = mapping();
        wider["categories"] = json!([{"theirs": "SN-07", "ours": "1105"}, {"theirs": "SN-08", "ours": "1105"}]);
        let input = json!({"partnerId": partner.id, "expectedVersion": 1, "mapping": wider});
        let answer = system.mutate("exchangePartnerUpdate", changed, input.clone()).await?;
        assert_eq!(answer.payload()?["partner"]["version"], 2);
        let mut order = super::order("WH-1");
        order["order"]["type"] = "SN-08".into();
        assert_eq!(partner.send(&order).await?.status, 201);
        let late = system.mutate("exchangePartnerUpdate", changed, input).await?;
        assert_eq!(late.user_errors()?[0]["currentVersion"], 2);
        let input = json!({"partnerId": partner.id, "expectedVersion": 2, "webhookId": null});
        let answer = system.mutate("exchangePartnerUpdate", changed, input).await?;
        assert_eq!(answer.user_error()?, ("NOT_OWNER".to_owned(), "webhookId".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_so_many_and_others_see_none() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open_with(backend, |settings| {
            crate::webhooks::at_home(settings);
            settings.exchange.most_per_account = 1;
        })
        .await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let input = json!({
            "key": "new", "name": "新", "door": "SIGNED", "source": "HOTLINE_12345", "mapping": mapping(),
        });
        let answer = partner.account.mutate("exchangePartnerCreate", ISSUED, input.clone()).await?;
        assert_eq!(answer.user_error()?.0, "TOO_MANY");
        let document = "query($id: ID!) { exchangePartner(id: $id) { id } node(id: $id) { id } }";
        for by in ["hotline.api@320804", "district.dispatch@150302", "xindi.resident@150302"] {
            let by = desk.served.sign_in(by).await?;
            let read = by.run(document, json!({"id": partner.id})).await?;
            assert_eq!(read.body["data"], json!({"exchangePartner": null, "node": null}), "{}", by.account());
        }
        let resident = desk.person("xindi.resident").await?;
        let answer = resident.mutate("exchangePartnerCreate", ISSUED, input).await?;
        assert_eq!(answer.code(), "FORBIDDEN");
        Ok(())
    })
    .await
}
