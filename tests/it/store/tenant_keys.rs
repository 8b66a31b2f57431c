//! Each tenant has a key of its own: without it nothing of that tenant opens, whoever has the file of the master keys.

use std::path::PathBuf;

use anyhow::ensure;
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::vault::{Cell, KeyOrigin, Suite, Vault, VaultError};
use fengqiao_entity::value::SealedBytes;
use fengqiao_tests::{Backend, Household, on_backends};
use sqlx::types::Uuid;
use tempfile::TempDir;

fn tenant(number: u128) -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(number))
}

fn cell(tenant: TenantId) -> Cell {
    Cell { tenant, table: "accounts", column: "name", row: Uuid::from_u128(9) }
}

fn file(folder: &TempDir, suite: Suite) -> anyhow::Result<PathBuf> {
    let path = folder.path().join("sealing.json");
    Vault::generate(&path, KeyOrigin::Operator, suite)?;
    Ok(path)
}

#[test]
fn without_the_key_of_a_tenant_nothing_of_it_opens() -> anyhow::Result<()> {
    for suite in [Suite::International, Suite::Sm] {
        let folder = TempDir::new()?;
        let path = file(&folder, suite)?;
        let vault = Vault::open(&path)?;
        assert!(matches!(vault.seal(&cell(tenant(1)), "张三"), Err(VaultError::NoTenantKey(_))), "{suite}");
        let kept = vault.make_tenant_key(tenant(1))?;
        let sealed = vault.seal(&cell(tenant(1)), "张三")?;
        let blind = vault.blind(tenant(1), "accounts", "phone", "10070000001")?;
        // Another process of the same file opens it once it has read the key, and not before.
        let other = Vault::open(&path)?;
        assert!(other.wants_tenant_key(tenant(1)));
        assert!(matches!(other.open_sealed(&cell(tenant(1)), &sealed), Err(VaultError::NoTenantKey(_))));
        other.learn_tenant_key(tenant(1), Some(&kept))?;
        assert!(!other.wants_tenant_key(tenant(1)));
        assert_eq!(other.open_sealed(&cell(tenant(1)), &sealed)?, "张三");
        assert_eq!(other.blind(tenant(1), "accounts", "phone", "10070000001")?, blind);
        // Neither that of another tenant nor one that was made anew does.
        assert!(other.learn_tenant_key(tenant(2), Some(&kept)).is_err(), "it is bound to its tenant");
        let anew = other.make_tenant_key(tenant(1))?;
        ensure!(anew != kept);
        assert!(matches!(other.open_sealed(&cell(tenant(1)), &sealed), Err(VaultError::Altered)));
        assert_ne!(other.blind(tenant(1), "accounts", "phone", "10070000001")?, blind);
        other.learn_tenant_key(tenant(1), None)?;
        assert!(matches!(other.open_sealed(&cell(tenant(1)), &sealed), Err(VaultError::NoTenantKey(_))));
        // What nobody keeps, and what is asked before it is clear whose it is, needs none.
        other.blind(tenant(3), "sign_in", "login", "somebody")?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_district_has_a_key_and_what_it_keeps_needs_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        let running = home.start().await?;
        running.sign_in("xindi.worker@150302").await?;
        running.terminate().await?;
        let hex = if backend == Backend::Sqlite {
            ["hex(tenant_id)", "hex(key)", "hex(id)", "hex(name)"]
        } else {
            [
                "replace(tenant_id::text, '-', '')",
                "encode(key, 'hex')",
                "replace(id::text, '-', '')",
                "encode(name, 'hex')",
            ]
        };
        let [tenant, key, id, name] = hex;
        let keys =
            home.texts(&format!("SELECT {tenant} || ' ' || {key} FROM tenant_keys ORDER BY 1")).await?;
        assert_eq!(keys.len(), home.number("SELECT CAST(count(*) AS TEXT) FROM tenants").await?);
        let names = home
            .texts(&format!("SELECT {tenant} || ' ' || {id} || ' ' || {name} FROM accounts ORDER BY 1"))
            .await?;
        let vault = Vault::open(&home.folder().join("data/keys/sealing.json"))?;
        let uuid = |text: &str| Uuid::try_parse(&text.to_lowercase());
        for line in &keys {
            let Some((tenant, key)) = line.split_once(' ') else { continue };
            let (tenant, key) = (TenantId::from_uuid(uuid(tenant)?), SealedBytes(hex::decode(key)?));
            let own: Vec<&String> = names
                .iter()
                .filter(|line| line.to_lowercase().starts_with(&tenant.uuid().simple().to_string()))
                .collect();
            for line in own.iter().take(3) {
                let parts: Vec<&str> = line.split(' ').collect();
                let cell = Cell { tenant, table: "accounts", column: "name", row: uuid(parts[1])? };
                let sealed = SealedBytes(hex::decode(parts[2])?);
                vault.learn_tenant_key(tenant, None)?;
                assert!(matches!(vault.open_sealed(&cell, &sealed), Err(VaultError::NoTenantKey(_))));
                vault.learn_tenant_key(tenant, Some(&key))?;
                ensure!(!vault.open_sealed(&cell, &sealed)?.is_empty());
            }
        }
        // Whoever lost one is not given another.
        home.tamper(&[], "DELETE FROM tenant_keys").await?;
        let output = home.command(&["keys", "add"])?.output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(!output.status.success() && said.contains("lost its key"), "{said}");
        assert_eq!(home.number("SELECT CAST(count(*) AS TEXT) FROM tenant_keys").await?, 0);
        Ok(())
    })
    .await
}
