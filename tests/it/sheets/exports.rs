//! Files that go out: what their taker sees, with the columns by which it comes in again.

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::sheet::ImportReport;
use fengqiao_domain::sheets::ExportKind;
use fengqiao_tests::{Answered as _, Places, Served, on_backends};
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

use super::{brought, fetched, taken, text};

fn wanted(kind: &str, format: &str) -> Value {
    json!({"kind": kind, "formatKind": format, "purpose": "年度考核"})
}

/// The lines of a CSV file without its header line.
fn lines(file: &[u8]) -> anyhow::Result<Vec<String>> {
    let text = std::str::from_utf8(file)?;
    ensure!(text.starts_with('\u{feff}'), "spreadsheets know UTF-8 by its mark");
    Ok(text.lines().skip(1).map(str::to_owned).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_that_went_out_comes_in_and_changes_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        for format in ["CSV", "XLSX"] {
            let export = taken(&town, wanted("ROSTER", format)).await?;
            let file = fetched(&town, &export).await?;
            let back = brought(&town, "STAFF", file).await?;
            assert_eq!((&back["state"], &back["mistakes"]), (&json!("SUCCEEDED"), &json!([])), "{format}");
            assert_eq!(back["rowsUnchanged"], export["rowsWritten"], "{format}: {back}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_holds_the_takers_own_people_with_numbers_masked() -> anyhow::Result<()> {
    on_backends(async |backend| {
        // By one's own word, however many they are.
        let served = Served::demo_with(backend, |settings| settings.files.rows_alone = 1_000_000).await?;
        let rows = async |login: &str, input: Value| {
            let actor = served.sign_in(&format!("{login}@150302")).await?;
            let export = taken(&actor, input).await?;
            lines(&fetched(&actor, &export).await?)
        };
        let of_town = rows("qianlishan.admin", wanted("ROSTER", "CSV")).await?;
        let of_district = rows("system.admin", wanted("ROSTER", "CSV")).await?;
        ensure!(
            of_town.len() > 5 && of_town.len() < of_district.len(),
            "{} of {}",
            of_town.len(),
            of_district.len()
        );
        for row in &of_town {
            let cells: Vec<&str> = row.split(',').collect();
            ensure!(cells.get(3).is_some_and(|unit| unit.starts_with("150302101")), "{row}");
            ensure!(cells.get(2).is_some_and(|phone| phone.is_empty() || phone.contains('*')), "{row}");
        }
        let system = served.sign_in("system.admin@150302").await?;
        let mut input = wanted("ROSTER", "CSV");
        input["unitId"] = json!(Places::of(&system).unit("150302101203").await?);
        let of_village = rows("system.admin", input).await?;
        ensure!(
            !of_village.is_empty() && of_village.iter().all(|row| row.contains("150302101203")),
            "{of_village:?}"
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_that_go_out_are_those_that_their_taker_sees() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        for login in ["district.dispatch", "qianlishan.dispatch", "urban.handler"] {
            let actor = served.sign_in(&format!("{login}@150302")).await?;
            let seen = actor.run("{ cases(first: 1) { totalCount } }", json!({})).await?;
            let export = taken(&actor, wanted("CASES", "CSV")).await?;
            assert_eq!(export["rowsWritten"], seen.data("cases")?["totalCount"], "{login}");
            let file = fetched(&actor, &export).await?;
            let text = std::str::from_utf8(&file)?;
            ensure!(!text.contains("100700000"), "{login} is told whole telephone numbers");
        }
        let actor = served.sign_in("district.dispatch@150302").await?;
        let mut input = wanted("CASES", "GEOJSON");
        input["caseFilter"] = json!({"states": ["CLOSED"]});
        let export = taken(&actor, input).await?;
        let json: Value = serde_json::from_slice(&fetched(&actor, &export).await?)?;
        let features = json["features"].as_array().cloned().unwrap_or_default();
        assert_eq!(export["rowsWritten"], features.len());
        ensure!(!features.is_empty() && features.iter().all(|one| one["properties"]["state"] == "closed"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_grids_that_went_out_come_in_and_change_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let system = served.sign_in("system.admin@150302").await?;
        let (org, platform) = (&served.app.services.org, served.world.platform());
        for (kind, formats) in [("UNITS", &["CSV", "XLSX"][..]), ("GRIDS", &["CSV", "XLSX", "GEOJSON"][..])] {
            for format in formats {
                let export = taken(&system, wanted(kind, format)).await?;
                let mut file = fetched(&system, &export).await?;
                if *format == "GEOJSON" {
                    // Only what is drawn can come in as a shape.
                    let mut json: Value = serde_json::from_slice(&file)?;
                    let features = json["features"].as_array_mut().context("features")?;
                    features.retain(|one| !one["geometry"].is_null());
                    file = serde_json::to_vec(&json)?;
                }
                let back = match kind {
                    "UNITS" => org.import_units(platform, file.as_slice()).await,
                    _ => org.import_grids(platform, file.as_slice()).await,
                };
                let ImportReport { created, changed, unchanged } = back.done()?;
                assert_eq!((created, changed), (0, 0), "{kind} {format}");
                ensure!(unchanged > 0 || *format == "GEOJSON", "{kind} {format}");
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn children_and_whoever_else_was_visited_go_out_in_no_file() -> anyhow::Result<()> {
    // One that is new holds nobody who may be a child, or leaves them out unless somebody who reads of children asks for them (requirement P8).
    let kinds: Vec<&str> = ExportKind::iter().map(Into::into).collect();
    // The audit trail names whoever it is about by id and tells nothing of them, a child as little as anybody.
    assert_eq!(kinds, ["roster", "cases", "units", "grids", "audit_entries"]);
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        // Whoever may read all of it, and export.
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let places = Places::of(&town);
        let grid = json!({"gridId": places.grid("150302101203001").await?});
        let report = json!({"categoryId": places.category("1105").await?, "title": "走访中发现", "description": "述",
            "place": grid, "source": "PATROL"});
        let answer = town.mutate("caseReport", "case { id number } userErrors { code path }", report).await?;
        let case = answer.payload()?["case"].clone();
        let words = ["童小雨", "王大雨", "10070006666", "父母在外务工", "随祖父居住"];
        let child = json!({"kind": "PERSON", "name": words[0], "phone": words[2], "bornOn": "2015-03-09",
            "childDataBasisKind": "GUARDIAN_CONSENT", "guardianName": words[1]});
        let visit = json!({"subject": child, "purpose": "CONDOLENCE", "outcome": "MET", "findings": words[3],
            "address": words[4], "caseId": case["id"], "place": grid});
        let answer = town.mutate("visitRecord", "visit { findings } userErrors { code path }", visit).await?;
        assert_eq!(answer.payload()?["visit"]["findings"], words[3]);
        let number = case["number"].as_str().context("a number")?;
        for kind in ["ROSTER", "CASES", "UNITS", "GRIDS"] {
            let file = fetched(&town, &taken(&town, wanted(kind, "CSV")).await?).await?;
            let text = std::str::from_utf8(&file)?;
            assert_eq!(text.contains(number), kind == "CASES", "{kind}");
            for word in words.into_iter().chain(["2015-03-09", "100****6666", "童*"]) {
                ensure!(!text.contains(word), "{kind} tells {word}");
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_export_takes_nothing_out() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        for login in ["xindi.chief", "security.admin", "xindi.resident", "district.leader"] {
            let actor = served.sign_in(&format!("{login}@150302")).await?;
            let answer = actor
                .mutate("exportStart", "export { id } userErrors { code path }", wanted("UNITS", "CSV"))
                .await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{login}");
        }
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let mut input = wanted("UNITS", "CSV");
        input["purpose"] = json!("");
        let nothing = town.mutate("exportStart", "export { id } userErrors { code path }", input).await?;
        assert_eq!(nothing.user_error()?, ("REQUIRED".to_owned(), "purpose".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_out_is_in_the_audit_trail_and_sealed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let export = taken(&town, wanted("ROSTER", "CSV")).await?;
        let file = fetched(&town, &export).await?;
        let audit = served.world.rows("audit_entries").await?;
        let id = text(&export["id"])?;
        for act in ["data.exported", "export.fetched"] {
            ensure!(audit.iter().any(|row| row.contains(act) && row.contains(&id)), "{act}");
        }
        ensure!(audit.iter().any(|row| row.contains("年度考核")), "its purpose is noted");
        let name = lines(&file)?.first().and_then(|row| row.split(',').nth(1)).unwrap_or_default().to_owned();
        let hex = name.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let parts = served.world.rows("export_parts").await?.join(" ");
        ensure!(!name.is_empty() && !parts.contains(&name) && !parts.contains(&hex), "{name} is not sealed");
        Ok(())
    })
    .await
}
