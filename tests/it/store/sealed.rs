//! A sealed value opens in its own cell, with its own key, unaltered, and nowhere else.

use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::vault::{Cell, KeyOrigin, Suite, Vault, VaultError};
use fengqiao_entity::value::SealedBytes;
use uuid::Uuid;

const PHONE: &str = "13800138000";

fn cell() -> Cell {
    Cell {
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        table: "accounts",
        column: "phone",
        row: Uuid::from_u128(2),
    }
}

#[test]
fn a_value_opens_in_its_own_cell_only() -> anyhow::Result<()> {
    let vault = Vault::for_tests();
    let sealed = vault.seal(&cell(), PHONE)?;
    assert_eq!(vault.open_sealed(&cell(), &sealed)?, PHONE);
    let others = [
        Cell { row: Uuid::from_u128(3), ..cell() },
        Cell { column: "login", ..cell() },
        Cell { table: "cases", ..cell() },
        Cell { tenant: TenantId::from_uuid(Uuid::from_u128(4)), ..cell() },
        // The same letters, cut elsewhere.
        Cell { table: "account", column: "sphone", ..cell() },
    ];
    for other in others {
        let opened = vault.open_sealed(&other, &sealed);
        assert!(matches!(opened, Err(VaultError::Altered)), "{other:?} opens it: {opened:?}");
    }
    Ok(())
}

#[test]
fn no_byte_can_be_altered_or_left_out() -> anyhow::Result<()> {
    let vault = Vault::for_tests();
    let sealed = vault.seal(&cell(), PHONE)?;
    for at in 0..sealed.0.len() {
        let mut altered = sealed.clone();
        altered.0[at] ^= 1;
        assert!(vault.open_sealed(&cell(), &altered).is_err(), "byte {at} does not matter");
        let cut = SealedBytes(sealed.0[..at].to_vec());
        assert!(vault.open_sealed(&cell(), &cut).is_err(), "{at} bytes suffice");
    }
    Ok(())
}

#[test]
fn the_clear_text_does_not_show_and_repeats_differ() -> anyhow::Result<()> {
    let vault = Vault::for_tests();
    let (first, second) = (vault.seal(&cell(), PHONE)?, vault.seal(&cell(), PHONE)?);
    assert_ne!(first, second);
    assert!(!first.0.windows(PHONE.len()).any(|bytes| bytes == PHONE.as_bytes()));
    for text in ["", "张三", &"长".repeat(10_000)] {
        assert_eq!(vault.open_sealed(&cell(), &vault.seal(&cell(), text)?)?, text);
    }
    Ok(())
}

#[test]
fn another_key_opens_nothing() -> anyhow::Result<()> {
    let folder = tempfile::TempDir::new()?;
    let sealed = Vault::for_tests().seal(&cell(), PHONE)?;
    let path = folder.path().join("other.json");
    Vault::generate(&path, KeyOrigin::Operator, Suite::International)?;
    let other = Vault::open(&path)?;
    assert!(matches!(other.open_sealed(&cell(), &sealed), Err(VaultError::UnknownKey(7))));
    // A key file of the same name with another key in it.
    let path = folder.path().join("same.json");
    let master = "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=";
    std::fs::write(&path, format!(r#"{{"id":7,"master":"{master}","generated":false}}"#))?;
    let same = Vault::open(&path)?;
    assert!(matches!(same.open_sealed(&cell(), &sealed), Err(VaultError::Altered)));
    Ok(())
}

#[test]
fn a_blind_index_finds_within_one_tenant_and_column() -> anyhow::Result<()> {
    let vault = Vault::for_tests();
    let [one, two] = [1, 2].map(|number| TenantId::from_uuid(Uuid::from_u128(number)));
    let index = vault.blind(one, "accounts", "phone", PHONE)?;
    assert_eq!(index, vault.blind(one, "accounts", "phone", PHONE)?);
    for other in [
        vault.blind(two, "accounts", "phone", PHONE)?,
        vault.blind(one, "accounts", "id_number", PHONE)?,
        vault.blind(one, "cases", "phone", PHONE)?,
        vault.blind(one, "accounts", "phone", "13800138001")?,
    ] {
        assert_ne!(index, other);
    }
    Ok(())
}

#[test]
fn a_key_file_is_private_and_never_overwritten() -> anyhow::Result<()> {
    let folder = tempfile::TempDir::new()?;
    let path = folder.path().join("keys/sealing.json");
    Vault::generate(&path, KeyOrigin::Development, Suite::International)?;
    assert!(Vault::open(&path)?.is_generated());
    let before = std::fs::read(&path)?;
    assert!(Vault::generate(&path, KeyOrigin::Development, Suite::International).is_err());
    assert_eq!(std::fs::read(&path)?, before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    }
    for broken in ["", "{}", r#"{"id":7,"master":"AAAA","generated":false}"#, r#"{"id":7,"master":"?"}"#] {
        std::fs::write(&path, broken)?;
        let Err(error) = Vault::open(&path) else { anyhow::bail!("{broken:?} opens") };
        assert!(error.to_string().contains("keys/sealing.json"), "{error}");
    }
    Ok(())
}
