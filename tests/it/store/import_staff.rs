//! A file of the force: everything or nothing, row by row, and the same file twice changes nothing.

use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::kernel::sheet::{ImportFailure, ImportReport};
use fengqiao_tests::{Answered as _, Matter, Refused as _, Served, on_backends};
use rust_xlsxwriter::Workbook;
use serde_json::json;

use super::import_units::same;

const FILE: &str = "code,name,phone,unit_code,account,post,target_code,since_on,until_on,document
W-1,演示·甲,13800001234,150302101203,xindi.resident2,part_time_worker,150302101203001,2026-03-01,,海区政发〔2026〕3号
W-1,演示·甲,,150302101203,,part_time_worker,150302101203002,,,
W-2,演示·乙,,150302101203,,building_head,150302101203001,2026-03-01,2027-03-01,
W-3,演示·丙,,150302101203,,,,,,
";

async fn system(served: &Served) -> anyhow::Result<Scope> {
    let (platform, org) = (served.world.platform(), &served.app.services.org);
    let tenants = org.tenants(platform).await.done()?;
    let tenant = tenants.into_iter().find(|tenant| tenant.code == "150302");
    Ok(platform.enter(tenant.map(|tenant| tenant.id).ok_or_else(|| anyhow::anyhow!("no district"))?))
}

const fn report(created: usize, changed: usize, unchanged: usize) -> ImportReport {
    ImportReport { created, changed, unchanged }
}

/// How many people, appointments, grants and lines of the change log there are.
async fn held(served: &Served) -> anyhow::Result<[i64; 4]> {
    let mut counts = [0; 4];
    let tables = ["staff_members", "appointments", "role_grants", "staff_changes"];
    for (count, table) in counts.iter_mut().zip(tables) {
        *count = served.world.number(&format!("SELECT count(*) FROM {table}")).await?;
    }
    Ok(counts)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_brings_people_with_their_posts_and_roles_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (staff, system) = (&served.app.services.staff, system(&served).await?);
        let resident = served.sign_in("xindi.resident@150302").await?;
        let matter = Matter::report(&resident, "150302101203001", "1105").await?;
        let before = held(&served).await?;
        assert_eq!(staff.import_staff(&system, FILE.as_bytes(), &()).await.done()?, report(4, 0, 0));
        let after = held(&served).await?;
        let made: Vec<i64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
        assert_eq!(made, [3, 3, 2, 6]);
        let newcomer = served.sign_in("xindi.resident2@150302").await?;
        assert!(!matter.read(&newcomer, "id").await?.is_null(), "the role came with the post");
        assert_eq!(staff.import_staff(&system, FILE.as_bytes(), &()).await.done()?, report(0, 0, 4));
        assert_eq!(held(&served).await?, after);
        let renamed = FILE.replace("演示·丙", "演示·丁").replace("13800001234", "13900005678");
        assert_eq!(staff.import_staff(&system, renamed.as_bytes(), &()).await.done()?, report(0, 2, 2));
        assert_eq!(staff.import_staff(&system, renamed.as_bytes(), &()).await.done()?, report(0, 0, 4));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_row_of_the_force_is_named_and_nothing_is_written() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (staff, system) = (&served.app.services.staff, system(&served).await?);
        let before = held(&served).await?;
        let file = "code,name,unit_code,account,post,target_code,since_on
A-1,演示·甲,999999,,,,
A-2,演示·甲,150302101203,nobody,,,
A-3,演示·甲,150302101203,,emperor,150302101203001,
A-4,演示·甲,150302101203,,grid_chief,150302101203,
A-5,演示·甲,150302101203,,grid_chief,150302101203001,
A-6,演示·甲,150302101203,,part_time_worker,320804100001001,
xindi.parttime,演示·新地兼职网格员,150302101203,,part_time_worker,150302101203001,2026-01-01
A-8,演示·甲,150302101203,,,,2026-13-01
A-9,演示·甲,150302101203,bailou.volunteer,,,
";
        let refused = staff.import_staff(&system, file.as_bytes(), &()).await.refused()?;
        let nothing = "nothing that this post can be held at has this code";
        same(
            &refused,
            &[
                (2, "unit_code", "999999", "no unit has this code"),
                (3, "account", "nobody", "no active account has this login"),
                (4, "post", "emperor", "no active kind of post has this code"),
                (5, "target_code", "150302101203", nothing),
                (6, "target_code", "150302101203001", "somebody else holds this post there then"),
                (7, "target_code", "320804100001001", nothing),
                (8, "since_on", "", "they hold this post there already, since another day"),
                (9, "since_on", "2026-13-01", "must be a day like 2026-03-01"),
                (10, "account", "bailou.volunteer", "is somebody else's"),
            ],
        )?;
        assert_eq!(held(&served).await?, before);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_appoints_nobody_where_a_mutation_would_not() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (staff, system) = (&served.app.services.staff, system(&served).await?);
        let admin = served.sign_in("system.admin@150302").await?;
        let post = json!({
            "code": "guard", "nameZh": "安全岗", "nameEn": "Guard", "role": "SECURITY_ADMINISTRATOR",
            "targetKinds": ["DISTRICT"], "isExclusive": false, "employmentKind": "FULL_TIME",
        });
        admin.mutate("postKindCreate", "postKind { id }", post).await?.payload()?;
        let world = &served.world;
        world.run_sql("UPDATE grids SET state = 'dissolved' WHERE code = '150302101203002'").await?;
        world.run_sql("UPDATE units SET state = 'dissolved' WHERE code = '150302101206'").await?;
        // What is changed by hand counts when what is remembered ends.
        served.pass_seconds(3);
        let before = held(&served).await?;
        let file = "code,name,unit_code,account,post,target_code
B-1,演示·甲,150302101206,,,
B-2,演示·乙,150302101203,,part_time_worker,150302101203002
B-3,演示·丙,150302,system.admin,guard,150302
";
        let refused = staff.import_staff(&system, file.as_bytes(), &()).await.refused()?;
        same(
            &refused,
            &[
                (2, "unit_code", "150302101206", "is dissolved"),
                (3, "target_code", "150302101203002", "is dissolved"),
                (4, "post", "guard", "its role is refused: ADMINISTRATORS_SEPARATED"),
            ],
        )?;
        assert_eq!(held(&served).await?, before);
        Ok(())
    })
    .await
}

/// The scope of an account, as its token gives it.
async fn scope(served: &Served, account: &str) -> anyhow::Result<Scope> {
    let identity = &served.app.services.identity;
    let token = identity.token_for(served.world.platform(), account).await.done()?;
    Ok(identity.authenticate(&token, "").await.done()?.scope)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_does_what_its_bringer_could_do_by_hand() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let staff = &served.app.services.staff;
        let before = held(&served).await?;
        let file = "code,name,unit_code,post,target_code
C-1,演示·甲,150302101203,,
C-2,演示·乙,150302007001,,
C-1,演示·甲,150302101203,part_time_worker,150302101203001
";
        let keeps = "you do not keep the roster of this unit";
        let appoints = "you appoint nobody there";
        let of_town = &[(3, "unit_code", "150302007001", keeps)][..];
        let of_people = &[(4, "target_code", "150302101203001", appoints)][..];
        for (login, faults) in [("qianlishan.admin", of_town), ("system.admin", of_people)] {
            let scope = scope(&served, &format!("{login}@150302")).await?;
            let refused = staff.import_staff(&scope, file.as_bytes(), &()).await.refused()?;
            same(&refused, faults)?;
        }
        for login in ["security.admin", "xindi.chief"] {
            let scope = scope(&served, &format!("{login}@150302")).await?;
            let denied = staff.import_staff(&scope, file.as_bytes(), &()).await;
            assert!(matches!(denied, Err(ImportFailure::Denied)), "{denied:?}");
        }
        assert_eq!(held(&served).await?, before);
        let town = scope(&served, "qianlishan.admin@150302").await?;
        let own = file.replace("C-2,演示·乙,150302007001,,\n", "");
        assert_eq!(staff.import_staff(&town, own.as_bytes(), &()).await.done()?, report(2, 0, 0));
        let theirs = "code,name,unit_code,account\nC-3,演示·丙,150302101203,district.command\n";
        let refused = staff.import_staff(&town, theirs.as_bytes(), &()).await.refused()?;
        same(&refused, &[(2, "account", "district.command", "no active account has this login")])?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_a_file_of_the_force_as_well() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (staff, system) = (&served.app.services.staff, system(&served).await?);
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, line) in (0..).zip(FILE.lines()) {
            for (column, cell) in (0..).zip(line.split(',')) {
                sheet.write(row, column, cell)?;
            }
        }
        let book = book.save_to_buffer()?;
        assert_eq!(staff.import_staff(&system, book.as_slice(), &()).await.done()?, report(4, 0, 0));
        assert_eq!(staff.import_staff(&system, FILE.as_bytes(), &()).await.done()?, report(0, 0, 4));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_many_parts_is_one_file() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (staff, system) = (&served.app.services.staff, system(&served).await?);
        let before = held(&served).await?;
        let header = "code,name,unit_code,post,target_code\n";
        let person = |number| format!("M-{number},演示·众,150302101203,building_head,150302101203001\n");
        let people = (0..1_200).map(person).collect::<Vec<_>>().concat();
        // The first person comes again at the end of the file, with another post and then as somebody else.
        let again = "M-0,演示·众,150302101203,building_head,150302101203002\n";
        let other = "M-0,演示·某,150302101203,,\n";
        let file = format!("{header}{people}{again}{other}");
        let refused = staff.import_staff(&system, file.as_bytes(), &()).await.refused()?;
        same(&refused, &[(1_203, "code", "M-0", "row 1202 says another name or unit of them")])?;
        assert_eq!(held(&served).await?, before);
        let file = format!("{header}{people}{again}");
        assert_eq!(staff.import_staff(&system, file.as_bytes(), &()).await.done()?, report(1_201, 0, 0));
        assert_eq!(staff.import_staff(&system, file.as_bytes(), &()).await.done()?, report(0, 0, 1_201));
        let faulty = format!("{header}{}", "N-1,,150302101203,,\n".repeat(3_000));
        let refused = staff.import_staff(&system, faulty.as_bytes(), &()).await;
        let Err(ImportFailure::Rows(told)) = refused else { anyhow::bail!("taken: {refused:?}") };
        assert_eq!(told.len(), 1_001);
        let last = told.last().map(|bad| bad.reason.as_str());
        assert_eq!(last, Some("1000 mistakes are told, and nothing was read beyond them"));
        Ok(())
    })
    .await
}
