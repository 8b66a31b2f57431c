//! Files of grids, CSV and GeoJSON: everything or nothing, every mistake named, codes by the allocator.

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::kernel::sheet::ImportReport;
use fengqiao_domain::org::{CoordinateSystem, Grid, GridFilter};
use fengqiao_tests::{Answered as _, District, Refused as _, World, on_each};
use serde_json::{Value, json};

use super::import_units::same;

fn report(created: usize, changed: usize, unchanged: usize) -> ImportReport {
    ImportReport { created, changed, unchanged }
}

async fn import(world: &World, file: &str) -> anyhow::Result<ImportReport> {
    world.org().import_grids(world.platform(), file.as_bytes()).await.done()
}

async fn grids(world: &World, district: &District) -> anyhow::Result<Vec<Grid>> {
    let reader = world.db.reader(&district.system);
    let page = PageRequest { size: 100, ..PageRequest::default() };
    let grids = world.org().grids(&district.system, &reader, &GridFilter::default(), &page).await.done()?;
    Ok(grids.rows.into_iter().map(|(_, grid)| grid).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_twice_changes_nothing() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        // With codes of their own, without, and both in one village.
        let file = "code,village_code,name,kind\n150302001001007,150302001001,七号网格,basic\n\
                    ,150302001001,待编网格,basic\n,150302001002,商圈网格,dedicated\n";
        assert_eq!(import(&world, file).await?, report(3, 0, 0));
        let codes: Vec<String> = grids(&world, &district).await?.into_iter().map(|grid| grid.code).collect();
        ensure!(codes.contains(&"150302001001008".to_owned()), "{codes:?}");
        ensure!(codes.contains(&"150302001002003".to_owned()), "{codes:?}");
        let before = world.number("SELECT count(*) FROM outbox_events").await?;
        assert_eq!(import(&world, file).await?, report(0, 0, 3));
        assert_eq!(grids(&world, &district).await?.len(), 11);
        assert_eq!(world.number("SELECT count(*) FROM outbox_events").await?, before);
        let renamed = file.replace("七号网格", "第七网格");
        assert_eq!(import(&world, &renamed).await?, report(0, 1, 2));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_allocator_goes_round_codes_of_the_same_file() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        // The row without a code comes first and must not take what a later row names.
        let file = "code,village_code,name\n,150302001001,待编网格\n150302001001003,150302001001,三号网格\n";
        assert_eq!(import(&world, file).await?, report(2, 0, 0));
        let codes: Vec<(String, String)> =
            grids(&world, &district).await?.into_iter().map(|grid| (grid.code, grid.name)).collect();
        ensure!(codes.contains(&("150302001001003".to_owned(), "三号网格".to_owned())), "{codes:?}");
        ensure!(codes.contains(&("150302001001004".to_owned(), "待编网格".to_owned())), "{codes:?}");
        Ok(())
    })
    .await
}

/// A file and everything that is wrong with it.
type Case = (&'static str, &'static [(usize, &'static str, &'static str, &'static str)]);

const BAD: [Case; 11] = [
    ("code,name\n,网格\n", &[(1, "village_code", "", "the header line lacks this column")]),
    (
        "village_code,name\n150302001,网格\n150302001001,\n",
        &[(2, "village_code", "150302001", "must be 12 digits"), (3, "name", "", "must not be empty")],
    ),
    ("village_code,name,kind\n150302001001,网格,small\n", &[(2, "kind", "small", "must be one of basic")]),
    (
        "code,village_code,name\n15030200100101,150302001001,网格\n",
        &[(2, "code", "15030200100101", "must be 15 digits")],
    ),
    (
        "code,village_code,name\n150302001002005,150302001001,网格\n",
        &[(2, "code", "150302001002005", "must start with its village_code")],
    ),
    (
        "code,village_code,name\n150302001001000,150302001001,网格\n",
        &[(2, "code", "150302001001000", "must end in a serial")],
    ),
    (
        "code,village_code,name\n150302001001005,150302001001,甲\n150302001001005,150302001001,乙\n",
        &[(3, "code", "150302001001005", "stands in the file twice")],
    ),
    (
        "village_code,name\n150399001001,网格\n150302001077,网格\n150302001001,好网格\n",
        &[
            (2, "village_code", "150399001001", "no district has this code"),
            (3, "village_code", "150302001077", "no village has this code"),
        ],
    ),
    (
        "village_code,name\n150302001001,网\t格\n150302001001,\"网\n格\"\n",
        &[(2, "name", "网\t格", "must be one line"), (3, "name", "网\n格", "must be one line")],
    ),
    (
        "village_code,name\n150302001077,网格\n150302001001,\n150399001001,网格\n",
        &[
            (2, "village_code", "150302001077", "no village has this code"),
            (3, "name", "", "must not be empty"),
            (4, "village_code", "150399001001", "no district has this code"),
        ],
    ),
    ("{\"type\":\"Feature\"}", &[(1, "", "", "is not a GeoJSON FeatureCollection")]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_row_is_named_and_nothing_is_written() -> anyhow::Result<()> {
    on_each(async |world| {
        world.district().await?;
        let audits = world.number("SELECT count(*) FROM audit_entries").await?;
        for (file, expected) in BAD {
            let refused = world.org().import_grids(world.platform(), file.as_bytes()).await.refused()?;
            same(&refused, expected).with_context(|| format!("{file:?} gives {refused:?}"))?;
            assert_eq!(world.number("SELECT count(*) FROM grids").await?, 8);
        }
        world.run_sql("UPDATE serials SET last = 999 WHERE name = 'grid/150302001001'").await?;
        let full = "village_code,name\n150302001001,网格\n";
        let refused = world.org().import_grids(world.platform(), full.as_bytes()).await.refused()?;
        same(&refused, &[(2, "village_code", "150302001001", "has given out all of its 999 serials")])?;
        assert_eq!(world.number("SELECT count(*) FROM audit_entries").await?, audits);
        Ok(())
    })
    .await
}

fn feature(code: &str, ring: &Value, system: &str) -> Value {
    json!({
        "type": "Feature",
        "properties": { "code": code, "village_code": "150302001001", "name": "图上网格", "coordinate_system": system },
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    })
}

fn collection(features: &[Value]) -> String {
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn boundaries_come_with_their_coordinate_system() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let ring = json!([[106.79, 39.67], [106.80, 39.67], [106.80, 39.68], [106.79, 39.67]]);
        let file =
            collection(&[feature("150302001001001", &ring, "GCJ02"), feature("150302001001005", &ring, "")]);
        assert_eq!(import(&world, &file).await?, report(1, 1, 0));
        assert_eq!(import(&world, &file).await?, report(0, 0, 2));
        assert_eq!(import(&world, &format!("\u{feff}{file}")).await?, report(0, 0, 2));
        let grids = grids(&world, &district).await?;
        let boundary =
            |code: &str| grids.iter().find(|grid| grid.code == code).and_then(|grid| grid.boundary.clone());
        let drawn = boundary("150302001001001").context("a boundary")?;
        assert_eq!(drawn.system, CoordinateSystem::Gcj02);
        let shape: Value = serde_json::from_str(&drawn.geojson)?;
        assert_eq!(shape, json!({ "type": "Polygon", "coordinates": [ring] }));
        assert_eq!(boundary("150302001001005").map(|drawn| drawn.system), Some(CoordinateSystem::Wgs84));
        // A file without shapes leaves the drawn ones alone.
        let csv = "code,village_code,name\n150302001001001,150302001001,图上网格\n";
        assert_eq!(import(&world, csv).await?, report(0, 0, 1));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn shapes_that_are_no_closed_polygon_are_refused() -> anyhow::Result<()> {
    on_each(async |world| {
        world.district().await?;
        let open = json!([[106.79, 39.67], [106.80, 39.67], [106.80, 39.68], [106.79, 39.68]]);
        let short = json!([[106.79, 39.67], [106.80, 39.67], [106.79, 39.67]]);
        let beyond = json!([[196.79, 39.67], [106.80, 39.67], [106.80, 39.68], [196.79, 39.67]]);
        let metres = json!([
            [3_967_000.0, 452_000.0],
            [3_968_000.0, 452_000.0],
            [3_968_000.0, 453_000.0],
            [3_967_000.0, 452_000.0]
        ]);
        let features = [open, short, beyond, metres, json!([])].map(|ring| feature("", &ring, "WGS84"));
        let file = collection(&features);
        let refused = world.org().import_grids(world.platform(), file.as_bytes()).await.refused()?;
        let expected: Vec<(usize, &str, &str, &str)> =
            (1..=5).map(|row| (row, "geometry", "", "must be a closed Polygon")).collect();
        same(&refused, &expected)?;
        let mut line = feature("", &json!([]), "CGCS2000");
        line["geometry"] = json!({ "type": "LineString", "coordinates": [[106.79, 39.67], [106.80, 39.67]] });
        let mut nothing = feature("", &json!([]), "BD09");
        nothing["geometry"] = Value::Null;
        let file = collection(&[line, nothing]);
        let refused = world.org().import_grids(world.platform(), file.as_bytes()).await.refused()?;
        same(
            &refused,
            &[
                (1, "geometry", "", "must be a closed Polygon"),
                (2, "coordinate_system", "BD09", "must be one of WGS84"),
                (2, "geometry", "", "must be a closed Polygon"),
            ],
        )?;
        assert_eq!(world.number("SELECT count(*) FROM grids").await?, 8);
        Ok(())
    })
    .await
}
