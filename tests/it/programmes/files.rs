//! A file that breaks a rule is refused with its line, in the language of whoever wrote it.

use fengqiao_tests::{Served, on_backends};
use serde_json::json;

use super::{Drafted, PROGRAMME, grid_event, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_breaks_a_rule_is_refused_line_by_line() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let broken = grid_event(&[
            ("state = \"verified\"", "state = \"checked\""),
            ("act = \"extend\"", "act = \"prolong\""),
        ]);
        let input = json!({"source": {"definition": broken}});
        let refused = admin.mutate("programmeDraft", PROGRAMME, input.clone()).await?;
        let errors = refused.user_errors()?;
        let told: Vec<_> = errors
            .iter()
            .map(|error| (&error["code"], &error["fault"]["rule"], &error["fault"]["subject"]))
            .collect();
        let code = json!("INVALID_DEFINITION");
        let (word, checked, prolong) = (json!("UNKNOWN_WORD"), json!("checked"), json!("prolong"));
        assert_eq!(told, [(&code, &word, &checked), (&code, &word, &prolong)]);
        let message = errors[0]["fault"]["message"].as_str().unwrap_or_default();
        assert!(message.starts_with("第 40 行：此处不能写 checked；可用：reported, accepted,"), "{message}");

        let check = "query($text: String!) { programmeCheck(definition: $text) { line rule message } }";
        let english = admin.in_english();
        let told = english.run(check, json!({"text": broken})).await?;
        let message = told.data("programmeCheck/0/message")?.as_str().unwrap_or_default();
        assert!(
            message.starts_with("line 40: checked cannot stand here; there is: reported, accepted,"),
            "{message}"
        );
        let told = english.run(check, json!({"text": grid_event(&[])})).await?;
        assert_eq!(told.data("programmeCheck")?, &json!([]));
        let programmes = english.run("{ programmes { nodes { id } } }", json!({})).await?;
        assert_eq!(programmes.data("programmes/nodes")?, &json!([]), "nothing was written");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_template_can_be_adopted_as_it_is() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let read = "{ programmeTemplates { key definition outline { key number nameZh nameEn stages { key } acts { act } } } }";
        let told = admin.run(read, json!({})).await?;
        let templates = told.data("programmeTemplates")?.as_array().cloned().unwrap_or_default();
        assert_eq!(templates.len(), fengqiao_domain::programmes::templates().len());
        for template in templates {
            assert_eq!((&template["outline"]["key"], &template["outline"]["number"]), (&template["key"], &json!(0)));
            let input = json!({"source": {"templateKey": template["key"]}});
            let drafted = admin.mutate("programmeDraft", PROGRAMME, input).await?;
            assert_eq!(drafted.payload()?["programme"]["draft"], template["definition"]);
        }
        let unknown = admin.mutate("programmeDraft", PROGRAMME, json!({"source": {"templateKey": "none"}})).await?;
        assert_eq!(unknown.user_error()?, ("NOT_FOUND".to_owned(), "source.templateKey".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_one_programmes_and_never_changes() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let mut programme = Drafted::new(&admin, &grid_event(&[])).await?;
        let refused = async |input| admin.mutate("programmeDraft", PROGRAMME, input).await?.user_error();
        let again = json!({"source": {"definition": grid_event(&[])}});
        assert_eq!(refused(again).await?, ("KEY_TAKEN".to_owned(), "source.definition".to_owned()));
        let other = grid_event(&[("key = \"grid_event\"", "key = \"other\"")]);
        let changed = json!({"programme": programme.seen(), "source": {"definition": other}});
        assert_eq!(refused(changed).await?, ("KEY_CHANGED".to_owned(), "source.definition".to_owned()));
        let stale = json!({
            "programme": {"programmeId": programme.id, "expectedVersion": 7},
            "source": {"definition": grid_event(&[])},
        });
        assert_eq!(refused(stale).await?, ("CONFLICT".to_owned(), "expectedVersion".to_owned()));
        programme.publish(&admin).await?;
        let empty = admin.mutate("programmePublish", PROGRAMME, programme.seen()).await?;
        assert_eq!(empty.user_error()?, ("NO_DRAFT".to_owned(), "programmeId".to_owned()));
        Ok(())
    })
    .await
}
