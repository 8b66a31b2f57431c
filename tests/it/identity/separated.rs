//! The three administrators and the auditor are apart in the database itself: whatever writes a grant, an account holds one of them at most
//! (requirement A7).

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, on_backends};

use crate::sweep::stage::Stage;

/// Roles of which an account holds one at most.
const APART: [&str; 4] = ["system_administrator", "security_administrator", "audit_administrator", "auditor"];

/// What becomes of a statement that no use case writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    /// There is one of them already.
    Held,
    /// A grant of this role does not look like that.
    Misstated,
}

async fn outcome(stage: &Stage, sql: &str) -> anyhow::Result<Outcome> {
    let Err(error) = stage.world.run_sql(sql).await else { return Ok(Outcome::Done) };
    let said = error.to_string().to_lowercase();
    // Both databases say so much.
    if said.contains("unique constraint") {
        return Ok(Outcome::Held);
    }
    ensure!(said.contains("check constraint"), "{sql}: {said}");
    Ok(Outcome::Misstated)
}

/// Another grant of an account, of some role, in some slot.
fn grant(stage: &Stage, login: &str, role: &str, slot: &str) -> String {
    let id = match stage.world.backend() {
        Backend::Sqlite => "randomblob(16)",
        Backend::Postgres => "gen_random_uuid()",
    };
    format!(
        "INSERT INTO role_grants (tenant_id, id, account_id, role, target_kind, target_unit_id, since_at, until_at, sensitivity, \
         admin_slot, version) SELECT a.tenant_id, {id}, a.id, '{role}', 'unit', u.id, 0, {open}, 0, {slot}, 1 FROM accounts a \
         JOIN units u ON u.tenant_id = a.tenant_id AND u.code = '150302' WHERE a.login = '{login}'",
        open = i64::MAX
    )
}

fn of(login: &str, change: &str) -> String {
    format!(
        "UPDATE role_grants SET {change} WHERE account_id IN (SELECT id FROM accounts WHERE login = '{login}')"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_writes_it_an_account_holds_one_of_the_separated_roles_at_most() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        for login in ["system", "security", "auditor"] {
            for role in APART {
                let (told, untold) = (grant(&stage, login, role, "1"), grant(&stage, login, role, "NULL"));
                assert_eq!(outcome(&stage, &told).await?, Outcome::Held, "{login} {role}");
                assert_eq!(outcome(&stage, &untold).await?, Outcome::Misstated, "{login} {role}");
            }
        }
        // The same statements are taken of whoever holds none, for one of the roles.
        let first = grant(&stage, "worker", APART[1], "1");
        assert_eq!(outcome(&stage, &first).await?, Outcome::Done);
        for role in APART {
            assert_eq!(outcome(&stage, &grant(&stage, "worker", role, "1")).await?, Outcome::Held, "{role}");
        }
        // Whoever gave it up may be given another.
        let revoke =
            of("worker", "revoked_at = 1, admin_slot = NULL") + " AND role = 'security_administrator'";
        assert_eq!(outcome(&stage, &revoke).await?, Outcome::Done);
        assert_eq!(outcome(&stage, &grant(&stage, "worker", APART[0], "1")).await?, Outcome::Done);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_grant_hides_which_role_it_gives() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        for slot in ["0", "2", "1"] {
            let wrong = grant(&stage, "worker", "resident", slot);
            assert_eq!(outcome(&stage, &wrong).await?, Outcome::Misstated, "{slot}");
        }
        for (login, change) in [
            ("worker", "role = 'audit_administrator'"),
            ("system", "admin_slot = NULL"),
            ("system", "admin_slot = 2"),
            ("system", "revoked_at = 1"),
            ("system", "role = 'district_commander'"),
        ] {
            assert_eq!(outcome(&stage, &of(login, change)).await?, Outcome::Misstated, "{login} {change}");
        }
        // Without the key two of them are held: it is the key that refuses.
        let drop = match backend {
            Backend::Sqlite => return Ok(()),
            Backend::Postgres => {
                "DO $$ BEGIN EXECUTE (SELECT 'ALTER TABLE role_grants DROP CONSTRAINT ' || quote_ident(conname) \
                 FROM pg_constraint WHERE conrelid = 'role_grants'::regclass AND contype = 'u'); END $$"
            }
        };
        stage.world.run_sql(drop).await.context("the key")?;
        let second = grant(&stage, "system", "audit_administrator", "1");
        assert_eq!(outcome(&stage, &second).await?, Outcome::Done);
        Ok(())
    })
    .await
}
