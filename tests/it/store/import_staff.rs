//! A file of the force: everything or nothing, row by row, and the same file twice changes nothing.

use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::kernel::sheet::ImportReport;
use fengqiao_tests::{Answered as _, Matter, Refused as _, Served, on_backends};

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
        assert_eq!(staff.import_staff(&system, FILE.as_bytes()).await.done()?, report(4, 0, 0));
        let after = held(&served).await?;
        let made: Vec<i64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
        assert_eq!(made, [3, 3, 2, 6]);
        let newcomer = served.sign_in("xindi.resident2@150302").await?;
        assert!(!matter.read(&newcomer, "id").await?.is_null(), "the role came with the post");
        assert_eq!(staff.import_staff(&system, FILE.as_bytes()).await.done()?, report(0, 0, 4));
        assert_eq!(held(&served).await?, after);
        let renamed = FILE.replace("演示·丙", "演示·丁").replace("13800001234", "13900005678");
        assert_eq!(staff.import_staff(&system, renamed.as_bytes()).await.done()?, report(0, 2, 2));
        assert_eq!(staff.import_staff(&system, renamed.as_bytes()).await.done()?, report(0, 0, 4));
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
        let refused = staff.import_staff(&system, file.as_bytes()).await.refused()?;
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
