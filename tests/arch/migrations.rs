//! A landed migration is never edited: a database that has run it would never learn of the change.

use anyhow::{Context as _, ensure};

use crate::source::root;

/// Every migration with the hash of its file. A new one is added here with its first commit.
const LANDED: [(&str, u64); 35] = [
    ("m20261122_000001_kernel.rs", 0x8807_db74_3dcf_7472),
    ("m20261122_000002_org.rs", 0x9649_03f2_f3fa_f7de),
    ("m20261122_000003_identity.rs", 0xbdb2_0dfd_b3e9_8f21),
    ("m20261122_000004_catalogue.rs", 0xa119_cc4a_d0b8_da43),
    ("m20261122_000005_cases.rs", 0x6057_9a92_9924_ba0e),
    ("m20261124_000006_deployment.rs", 0x52cd_6410_7a0e_2141),
    ("m20261124_000007_staff.rs", 0x2577_e23f_2c69_35ef),
    ("m20261128_000008_sheets.rs", 0x23e7_9e72_cc5b_40cc),
    ("m20261128_000009_access_order.rs", 0x8c39_702f_b7c9_3309),
    ("m20261128_000010_limits.rs", 0xf228_7417_d204_9f7a),
    ("m20261128_000011_programmes.rs", 0x68bb_66f0_930b_8905),
    ("m20261128_000012_calendars.rs", 0xab98_311a_af0a_eb7a),
    ("m20261128_000013_supervision.rs", 0xea32_c619_e962_c37a),
    ("m20261128_000014_assistance.rs", 0xaa77_43de_d5ae_edd6),
    ("m20261129_000015_files.rs", 0xc5d4_fbf0_dc51_2e7b),
    ("m20261129_000016_judging.rs", 0x1481_78fd_402a_1cd3),
    ("m20261129_000017_routing.rs", 0xb460_898a_d288_4483),
    ("m20261129_000018_events.rs", 0xdcb3_92e7_77b3_c88c),
    ("m20261129_000019_webhooks.rs", 0x251d_2a8d_1c93_a919),
    ("m20261129_000020_exchange.rs", 0x000e_b573_f541_b510),
    ("m20261129_000021_audit_chain.rs", 0x0ae1_d934_c6ff_e5eb),
    ("m20261129_000022_fieldwork.rs", 0xc8d1_52e9_57e2_cfaa),
    ("m20261129_000023_audit_guards.rs", 0x7d40_40c3_0b80_9054),
    ("m20261129_000024_second_factor.rs", 0x8bf6_8b32_e164_4fc2),
    ("m20261129_000025_guards.rs", 0x110e_bbad_b474_d412),
    ("m20261129_000026_passwords.rs", 0x96e5_a69e_ed6c_c675),
    ("m20261129_000027_client_secrets.rs", 0xf5bc_1d1d_04c2_ee4a),
    ("m20261130_000028_reveals.rs", 0x9dcc_f11b_3d26_fafd),
    ("m20261130_000029_federation.rs", 0xcdf6_f6b6_8b02_89ea),
    ("m20261130_000030_key_persons.rs", 0x56ef_1b6d_3358_dc13),
    ("m20261130_000031_oversight.rs", 0x01ec_3da2_3ce7_f4ed),
    ("m20261130_000032_leaving.rs", 0xea27_f0a5_b215_6a31),
    ("m20261130_000033_export_reviews.rs", 0x1c34_5f5c_5aff_09df),
    ("m20261130_000034_children.rs", 0x7a47_7f74_0804_d455),
    ("m20261201_000035_export_grants.rs", 0x1c33_36f0_e713_6ed1),
];

/// FNV-1a: it need only notice a change, not resist one.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn landed_migrations_are_as_they_were() -> anyhow::Result<()> {
    let folder = root().join("migration/src");
    let mut there: Vec<String> = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<anyhow::Result<_>>()?;
    there.retain(|name| name.starts_with('m') && name.contains('_'));
    there.sort_unstable();
    let listed: Vec<&str> = LANDED.iter().map(|(name, _)| *name).collect();
    ensure!(there == listed, "migrations are {there:?}, and the list of landed ones names {listed:?}");
    let mut faults = vec![];
    for (name, wanted) in LANDED {
        let text = std::fs::read_to_string(folder.join(name)).with_context(|| name.to_owned())?;
        let found = hash(&text);
        if found != wanted {
            faults.push(format!(
                "{name} hashes to {found:#018x}: a landed migration is never edited, add another"
            ));
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn an_edit_changes_the_hash() {
    assert_ne!(hash("CREATE TABLE a"), hash("CREATE TABLE b"));
    assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
}

/// The programme that cases without a published one follow, as they began with it.
const BASE: u64 = 0x81a7_93ca_f194_d8fa;

#[test]
fn running_cases_stay_on_the_programme_that_ships() -> anyhow::Result<()> {
    let base = std::fs::read_to_string(root().join("domain/programmes/grid_event.toml"))?;
    ensure!(
        hash(&base) == BASE,
        "grid_event.toml changed: running cases without a published programme would change their way"
    );
    Ok(())
}
