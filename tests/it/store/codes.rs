//! Codes, years and members as the API takes them: what makes no sense is refused where it stands.

use anyhow::{Context as _, ensure};
use chrono::NaiveDate;
use fengqiao_domain::org::{
    CodeSystem, CreateGroup, CreateOrganisation, CreateTenant, CreateUnit, GroupKind, MergeUnits, OrgError,
    Successor, Unit, UnitState,
};
use fengqiao_tests::{Answered as _, District, Refused as _, World, on_each};

fn village(district: &District, code: &str, code_system: CodeSystem, code_year: i32) -> CreateUnit {
    CreateUnit {
        parent: district.towns[0],
        code: code.to_owned(),
        code_system,
        code_year,
        name: "新村".to_owned(),
        state: UnitState::Live,
        live_on: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_of_a_year_without_a_register_is_refused() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (org, scope) = (world.org(), district.commander(1));
        for year in [-5, 0, 1979, 2101, i32::MAX, i32::MIN] {
            let command = village(&district, "150302001009", CodeSystem::Nbs, year);
            let refused = org.create_unit(&scope, command).await.refused()?;
            assert_eq!(refused, [("codeYear".to_owned(), OrgError::InvalidYear)], "{year}");
        }
        for year in [1980, 2100] {
            let command = village(&district, "150302001009", CodeSystem::Nbs, year);
            assert_eq!(org.create_unit(&scope, command).await.done()?.code_year, year);
        }
        let refused = merged(&world, &district, "150302001009", 2101).await.refused()?;
        assert_eq!(refused, [("newUnit.codeYear".to_owned(), OrgError::InvalidYear)]);
        Ok(())
    })
    .await
}

async fn merged(
    world: &World,
    district: &District,
    code: &str,
    code_year: i32,
) -> Result<Unit, fengqiao_domain::kernel::failure::Failure<OrgError>> {
    let successor = Successor::New {
        code: code.to_owned(),
        code_system: CodeSystem::Nbs,
        code_year,
        name: "新村".to_owned(),
    };
    let on = NaiveDate::default();
    let merge = MergeUnits { predecessors: vec![district.villages[0][0]], successor, on };
    world.org().merge_units(&district.commander(1), merge).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_begins_with_that_of_the_unit_above() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (org, scope) = (world.org(), district.commander(1));
        let wrong = [("code".to_owned(), OrgError::InvalidCode)];
        for code in ["999999999999", "150302002009"] {
            let command = village(&district, code, CodeSystem::Nbs, 2023);
            assert_eq!(org.create_unit(&scope, command).await.refused()?, wrong, "{code}");
        }
        let town =
            CreateUnit { parent: district.unit, ..village(&district, "999999999", CodeSystem::Nbs, 2023) };
        assert_eq!(org.create_unit(&scope, town).await.refused()?, wrong);
        let refused = merged(&world, &district, "150302002009", 2026).await.refused()?;
        assert_eq!(refused, [("newUnit.code".to_owned(), OrgError::InvalidCode)]);
        // Two registers number by rules of their own.
        let other = village(&district, "150302077009", CodeSystem::Mca, 2023);
        assert_eq!(org.create_unit(&scope, other).await.done()?.code, "150302077009");
        assert_eq!(merged(&world, &district, "150302001009", 2026).await.done()?.code, "150302001009");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stands_in_a_group_twice_is_in_it_once() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (org, scope) = (world.org(), district.commander(1));
        let (unit, grids) = (district.villages[0][0], district.grids[0][1]);
        let group = CreateGroup {
            code: "area-2".to_owned(),
            name: "第二片区".to_owned(),
            kind: GroupKind::Area,
            units: vec![unit, unit],
            grids: vec![grids[1], grids[0], grids[1]],
        };
        let created = org.create_group(&scope, group).await.done()?;
        let reader = world.db.reader(&scope);
        let (units, members) = org.group_members(&scope, &reader, created.id).await.done()?;
        assert_eq!(units.iter().map(|unit| unit.id).collect::<Vec<_>>(), [unit]);
        assert_eq!(members.iter().map(|grid| grid.id).collect::<Vec<_>>(), grids);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_one_line() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (org, scope) = (world.org(), district.commander(1));
        for name in ["新\t村", "新\n村", "新\r村", "新\u{7}村", "新\u{2028}村"] {
            let command = CreateUnit {
                name: name.to_owned(),
                ..village(&district, "150302001009", CodeSystem::Nbs, 2023)
            };
            let refused = org.create_unit(&scope, command).await.refused()?;
            assert_eq!(refused, [("name".to_owned(), OrgError::InvalidText)], "{name:?}");
            let command =
                CreateOrganisation { code: "new".into(), name: name.to_owned(), kind: "new".into() };
            let refused = org.create_organisation(&scope, command).await.refused()?;
            assert_eq!(refused, [("name".to_owned(), OrgError::InvalidText)], "{name:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_district_remembers_its_first_name() -> anyhow::Result<()> {
    on_each(async |world| {
        let (org, platform) = (world.org(), world.platform());
        // By the import.
        let district = world.district().await?;
        // By the API.
        let operator = {
            let home = org.ensure_platform(platform).await.done()?;
            District { tenant: home, ..district.clone() }.commander(7)
        };
        let command = CreateTenant { code: "150303".to_owned(), name: "海南区".to_owned() };
        let created = org.create_tenant(&operator, command).await.done()?;
        let created = platform.enter(created.id);
        for (scope, code, name) in [(&district.system, "150302", "海勃湾区"), (&created, "150303", "海南区")]
        {
            let reader = world.db.reader(scope);
            let unit = org.unit_by_code(scope, &reader, code, None).await.done()?.context("the district")?;
            let names = org.unit_names(scope, &reader, unit.id).await.done()?;
            let names: Vec<(&str, &str)> =
                names.iter().map(|name| (name.since_on.as_str(), name.name.as_str())).collect();
            ensure!(names == [("2023-01-01", name)], "{names:?}");
        }
        Ok(())
    })
    .await
}
