//! Files of units: everything or nothing, every mistake named, and the same file twice changes nothing.

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::sheet::{BadRow, ImportReport};
use fengqiao_domain::org::CodeSystem;
use fengqiao_tests::{Answered as _, Refused as _, World, on_each};

const GOOD: &str = "code,name,level,parent_code,code_system,code_year,state,live_on,pilot,statistical\n\
     150302,海勃湾区,district,,,,,,,\n\
     150302001,凤凰岭街道,town,150302,NBS,2023,live,2024-05-01,true,false\n\
     150302001002,和平社区居委会,village,150302001,,,planned,2027-01-01,,\n\
     150302001498,开发区虚拟社区,village,150302001,,,,,,true\n";

async fn rows(world: &World) -> anyhow::Result<[i64; 5]> {
    Ok([
        world.number("SELECT count(*) FROM tenants").await?,
        world.number("SELECT count(*) FROM units").await?,
        world.number("SELECT count(*) FROM unit_names").await?,
        world.number("SELECT count(*) FROM outbox_events").await?,
        world.number("SELECT count(*) FROM audit_entries").await?,
    ])
}

fn report(created: usize, changed: usize, unchanged: usize) -> ImportReport {
    ImportReport { created, changed, unchanged }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_twice_changes_nothing() -> anyhow::Result<()> {
    on_each(async |world| {
        let (org, platform) = (world.org(), world.platform());
        assert_eq!(org.import_units(platform, GOOD.as_bytes()).await.done()?, report(4, 0, 0));
        let before = rows(&world).await?;
        assert_eq!(before.get(..3), Some([1, 4, 4].as_slice()));
        assert_eq!(org.import_units(platform, GOOD.as_bytes()).await.done()?, report(0, 0, 4));
        let after = rows(&world).await?;
        // That somebody imported is audited; no unit says that it changed.
        assert_eq!(before.get(..4), after.get(..4));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_row_changes_its_unit_only() -> anyhow::Result<()> {
    on_each(async |world| {
        let (org, platform) = (world.org(), world.platform());
        org.import_units(platform, GOOD.as_bytes()).await.done()?;
        world.relay().await?;
        let changed =
            GOOD.replace("和平社区居委会,village,150302001,,,planned", "和平里社区,village,150302001,,,live");
        assert_eq!(org.import_units(platform, changed.as_bytes()).await.done()?, report(0, 1, 3));
        let events = world.relay().await?;
        let names: Vec<(&str, i64)> =
            events.iter().map(|event| (event.name.as_str(), event.version)).collect();
        assert_eq!(names, [("unit.imported", 2)]);
        let tenant = org.tenants(platform).await.done()?.pop().context("a tenant")?;
        let scope = platform.enter(tenant.id);
        let reader = world.db.reader(&scope);
        let unit =
            org.unit_by_code(&scope, &reader, "150302001002", None).await.done()?.context("the unit")?;
        assert_eq!((unit.name.as_str(), unit.version), ("和平里社区", 2));
        let names = org.unit_names(&scope, &reader, unit.id).await.done()?;
        let names: Vec<&str> = names.iter().map(|name| name.since_on.as_str()).collect();
        assert_eq!(names, ["2023-01-01", "2026-11-22"]);
        Ok(())
    })
    .await
}

/// A file and everything that is wrong with it.
type Case = (&'static str, &'static [(usize, &'static str, &'static str, &'static str)]);

const BAD: [Case; 26] = [
    ("name,level,parent_code\n海勃湾区,district,\n", &[(1, "code", "", "the header line lacks this column")]),
    (
        "code,name,level,parent_code,colour\n150302,海勃湾区,district,,red\n",
        &[(1, "", "colour", "no such column")],
    ),
    ("code,name,level,parent_code\n150302,海勃湾区,district,,red\n", &[(2, "", "red", "more cells than")]),
    ("code,name,level,parent_code\n15030,海勃湾区,district,\n", &[(2, "code", "15030", "must be 6 digits")]),
    (
        "code,name,level,parent_code\n15030x,海勃湾区,district,\n",
        &[(2, "code", "15030x", "must be 6 digits")],
    ),
    (
        "code,name,level,parent_code\n１５０３０２,海勃湾区,district,\n",
        &[(2, "code", "１５０３０２", "must be 6 digits")],
    ),
    ("code,name,level,parent_code\n150302,,district,\n", &[(2, "name", "", "must not be empty")]),
    (
        "code,name,level,parent_code\n150302,海勃湾区,county,\n",
        &[(2, "level", "county", "must be one of district")],
    ),
    (
        "code,name,level,parent_code\n150302,海勃湾区,district,15\n",
        &[(2, "parent_code", "15", "a district has no unit above it")],
    ),
    (
        "code,name,level,parent_code\n150302,海勃湾区,district,\n150302001,甲,town,\n",
        &[(3, "parent_code", "", "must be 6 digits")],
    ),
    (
        "code,name,level,parent_code\n150302,海勃湾区,district,\n150302,海南区,district,\n",
        &[(3, "code", "150302", "stands in the file twice")],
    ),
    (
        "code,name,level,parent_code\n150302001,甲,town,150302\n",
        &[(2, "parent_code", "150302", "no district above it is known")],
    ),
    (
        "code,name,level,parent_code\n150302,海勃湾区,district,\n150302001001,村,village,150302001\n",
        &[(3, "parent_code", "150302001", "no such unit one level above")],
    ),
    (
        "code,name,level,parent_code,code_system\n150302,海勃湾区,district,,GB\n",
        &[(2, "code_system", "GB", "must be one of NBS, MCA")],
    ),
    (
        "code,name,level,parent_code,code_year\n150302,海勃湾区,district,,1979\n",
        &[(2, "code_year", "1979", "must be one of the years")],
    ),
    (
        "code,name,level,parent_code,code_year\n150302,海勃湾区,district,,new\n",
        &[(2, "code_year", "new", "must be one of the years")],
    ),
    (
        "code,name,level,parent_code,state,live_on\n150302,海勃湾区,district,,open,2024-02-30\n",
        &[(2, "state", "open", "must be one of planned"), (2, "live_on", "2024-02-30", "must be a day")],
    ),
    (
        "code,name,level,parent_code,pilot,statistical\n150302,海勃湾区,district,,yes,1\n",
        &[(2, "pilot", "yes", "must be true, false"), (2, "statistical", "1", "must be true, false")],
    ),
    (
        "code,name,level,parent_code,code_system\n150302,海勃湾区,district,,NBS\n150302,海勃湾区,district,,MCA\n",
        &[(3, "code", "150302", "stands in the file twice")],
    ),
    (
        "code,name,level,parent_code,code_year\n150302,海勃湾区,district,,2023\n150302001,甲,town,150302,2020\n\
         150302001,乙,town,150302,2023\n150302001001,村,village,150302001,2023\n",
        &[(4, "code_year", "2023", "another edition of this code stands in the file")],
    ),
    (
        "code,name,level,parent_code\n150302,海勃湾区,district,\n150303001,甲,town,150302\n",
        &[(3, "code", "150303001", "must start with its parent_code")],
    ),
    (
        "code,name,level,parent_code\n150302,海\t区,district,\n150302001,\"凤凰\n岭\",town,150302\n\
         150302002,千\u{7}里,town,150302\n",
        &[
            (2, "name", "海\t区", "must be one line without control characters"),
            (3, "name", "凤凰\n岭", "must be one line without control characters"),
            (5, "name", "千\u{7}里", "must be one line without control characters"),
        ],
    ),
    // Mistakes of form and of place in one run, in the order of the rows.
    (
        "code,name,level,parent_code,state\n150302,海勃湾区,district,,\n150302001001,村,village,150302001,\n\
         150302002,,town,150302,open\n150302002001,好村,village,150302002,\n150399001,丙,town,150399,\n",
        &[
            (3, "parent_code", "150302001", "no such unit one level above"),
            (4, "state", "open", "must be one of planned"),
            (4, "name", "", "must not be empty"),
            (6, "parent_code", "150399", "no district above it is known"),
        ],
    ),
    // What lies below a row with a mistake is told once, at that row.
    (
        "code,name,level,parent_code\n150302,,district,\n150302001,甲,town,150302\n150302001001,,village,150302001\n",
        &[(2, "name", "", "must not be empty"), (4, "name", "", "must not be empty")],
    ),
    (
        "code,name,level,parent_code\n150302,海勃湾区,district,\n150302001,甲,town,150302,多\n,乙,town,150302\n",
        &[(3, "", "多", "more cells than"), (4, "code", "", "must be 9 digits")],
    ),
    // Two districts: the mistakes of both.
    (
        "code,name,level,parent_code\n150302,海勃湾区,district,\n150303,海南区,district,\n\
         150302001001,村,village,150302001\n150303001001,村,village,150303001\n",
        &[
            (4, "parent_code", "150302001", "no such unit one level above"),
            (5, "parent_code", "150303001", "no such unit one level above"),
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_row_is_named_and_nothing_is_written() -> anyhow::Result<()> {
    on_each(async |world| {
        for (file, expected) in BAD {
            let refused = world.org().import_units(world.platform(), file.as_bytes()).await.refused()?;
            same(&refused, expected).with_context(|| format!("{file:?} gives {refused:?}"))?;
            assert_eq!(rows(&world).await?, [0; 5]);
        }
        let long = format!("code,name,level,parent_code\n150302,{},district,\n", "长".repeat(61));
        let refused = world.org().import_units(world.platform(), long.as_bytes()).await.refused()?;
        same(&refused, &[(2, "name", &"长".repeat(61), "is longer than 60 characters")])?;
        let noise = b"code,name,level,parent_code\n150302,\xff\xff,district,\n";
        let refused = world.org().import_units(world.platform(), noise.as_slice()).await.refused()?;
        let reason = "byte 8 of the line is text in neither UTF-8 nor GBK: save the file as UTF-8 CSV";
        same(&refused, &[(2, "", "", reason)])?;
        assert_eq!(rows(&world).await?, [0; 5]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_leaves_the_good_ones_of_a_known_district_out_too() -> anyhow::Result<()> {
    on_each(async |world| {
        let (org, platform) = (world.org(), world.platform());
        org.import_units(platform, GOOD.as_bytes()).await.done()?;
        let before = rows(&world).await?;
        let file = "code,name,level,parent_code\n150302,改名区,district,\n150302001002,改名社区,village,150302001\n\
                    150302001003,公园社区,village,150302001\n150302009001,村,village,150302009\n";
        let refused = org.import_units(platform, file.as_bytes()).await.refused()?;
        same(&refused, &[(5, "parent_code", "150302009", "no such unit one level above")])?;
        assert_eq!(rows(&world).await?, before);
        assert_eq!(world.number("SELECT count(*) FROM units WHERE name LIKE '改名%'").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_digits_in_two_registers_are_two_units() -> anyhow::Result<()> {
    on_each(async |world| {
        let (org, platform) = (world.org(), world.platform());
        let file = "code,name,level,parent_code,code_system\n150302,海勃湾区,district,,\n\
                    150302001,凤凰岭街道,town,150302,NBS\n150302001,新华街道,town,150302,MCA\n";
        assert_eq!(org.import_units(platform, file.as_bytes()).await.done()?, report(3, 0, 0));
        assert_eq!(org.import_units(platform, file.as_bytes()).await.done()?, report(0, 0, 3));
        let tenant = org.tenants(platform).await.done()?.pop().context("a tenant")?;
        let scope = platform.enter(tenant.id);
        let reader = world.db.reader(&scope);
        for (system, name) in [(CodeSystem::Nbs, "凤凰岭街道"), (CodeSystem::Mca, "新华街道")] {
            let unit = org.unit_by_code(&scope, &reader, "150302001", Some((system, None))).await.done()?;
            ensure!(unit.is_some_and(|unit| unit.name == name), "{name}");
        }
        Ok(())
    })
    .await
}

/// Row, column and value are exact; the reason begins as expected.
pub(super) fn same(found: &[BadRow], expected: &[(usize, &str, &str, &str)]) -> anyhow::Result<()> {
    let agree = found.len() == expected.len()
        && found.iter().zip(expected).all(|(bad, (row, column, value, reason))| {
            (bad.row, bad.column.as_ref(), bad.value.as_str()) == (*row, *column, *value)
                && bad.reason.starts_with(reason)
        });
    ensure!(agree, "{found:?} is not {expected:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_as_a_chinese_spreadsheet_saves_it_is_read() -> anyhow::Result<()> {
    on_each(async |world| {
        // 海勃湾区 in GBK.
        let gbk = b"code,name,level,parent_code\n150302,\xba\xa3\xb2\xaa\xcd\xe5\xc7\xf8,district,\n";
        world.org().import_units(world.platform(), gbk.as_slice()).await.done()?;
        let tenants = world.org().tenants(world.platform()).await.done()?;
        assert_eq!(tenants[0].name, "海勃湾区");
        Ok(())
    })
    .await
}
