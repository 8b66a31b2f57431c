//! No key stands in the database: not the master keys, not those of tenants as they are, and not those of columns that are derived from
//! both; so that whoever took the files or a dump finds nothing with which to try out telephone numbers (requirements P1, P2).

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::vault::{Cell, Vault};
use fengqiao_entity::value::SealedBytes;
use fengqiao_tests::{Backend, Household, on_backends};
use serde_json::Value;
use sqlx::types::Uuid;

use crate::tenancy::canaries::{Cage, plant};
use crate::tenancy::search::{database_folders, files, found_of};

/// Bytes of every key.
const LENGTH: usize = 32;
/// Bytes before what is sealed: the format, the number of the key, and the nonce.
const HEADER: usize = 1 + 4 + 12;

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        LENGTH
    }
}

/// A key as it could stand in a file, likely forms first. A text in Base64 may go on with what fills it up.
fn written(key: &[u8]) -> [Vec<u8>; 5] {
    let texts =
        [hex::encode(key), STANDARD_NO_PAD.encode(key), hex::encode_upper(key), URL_SAFE_NO_PAD.encode(key)];
    let [lower, standard, upper, url] = texts.map(String::into_bytes);
    [key.to_vec(), lower, standard, upper, url]
}

/// The key of a column, as `docs/adr/0004-personal-columns-are-sealed.md` and `0037-a-district-leaves.md` say.
fn derived(
    master: &[u8],
    purpose: &str,
    tenant: Uuid,
    own: &[u8],
    column: [&str; 2],
) -> anyhow::Result<Vec<u8>> {
    let [table, column] = column.map(str::as_bytes);
    let parts = [purpose.as_bytes(), tenant.as_bytes(), own, table, b".", column];
    let mut key = vec![0; LENGTH];
    let drawn = Salt::new(HKDF_SHA256, b"fengqiao sealing").extract(master);
    let drawn = drawn.expand(&parts, Length).and_then(|drawn| drawn.fill(&mut key));
    drawn.map_err(|_| anyhow::anyhow!("no key"))?;
    Ok(key)
}

/// Whether a key opens the name of an account: that it is the one in use.
fn opens(key: &[u8], (tenant, row): (Uuid, Uuid), sealed: &[u8]) -> anyhow::Result<bool> {
    let (header, body) = sealed.split_at_checked(HEADER).context("a header")?;
    let mut bound = tenant.as_bytes().to_vec();
    bound.extend(b"accounts\0name\0");
    bound.extend(row.as_bytes());
    bound.extend(&header[1..5]);
    let nonce = Nonce::try_assume_unique_for_key(&header[5..]).map_err(|_| anyhow::anyhow!("a nonce"))?;
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| anyhow::anyhow!("a key"))?;
    Ok(LessSafeKey::new(key).open_in_place(nonce, Aad::from(bound), &mut body.to_vec()).is_ok())
}

/// Where the file of the master keys is.
fn key_file(home: &Household) -> PathBuf {
    home.folder().join("data/keys/sealing.json")
}

/// The master keys of a file.
fn masters(file: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let file: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let keys = file["keys"].as_array().context("keys")?;
    keys.iter().map(|key| Ok(STANDARD.decode(key["master"].as_str().context("a key")?)?)).collect()
}

/// Three columns of a table as hexadecimal digits.
async fn rows(home: &Household, table: &str, columns: [&str; 3]) -> anyhow::Result<Vec<[Vec<u8>; 3]>> {
    let digits = |column: &str| match home.backend() {
        Backend::Sqlite => format!("hex({column})"),
        Backend::Postgres if column.ends_with("id") => format!("replace({column}::text, '-', '')"),
        Backend::Postgres => format!("encode({column}, 'hex')"),
    };
    let [one, two, three] = columns.map(digits);
    let lines = home.texts(&format!("SELECT {one} || ' ' || {two} || ' ' || {three} FROM {table}")).await?;
    let row = |line: String| {
        let cells = line.split(' ').map(hex::decode).collect::<Result<Vec<_>, _>>()?;
        <[Vec<u8>; 3]>::try_from(cells).ok().context("three cells")
    };
    lines.into_iter().map(row).collect()
}

/// The keys from which others follow, and some that do.
struct Keys {
    /// The master keys, and those of tenants.
    first: Vec<Vec<u8>>,
    /// Of columns of each tenant.
    derived: Vec<Vec<u8>>,
}

async fn keys(home: &Household) -> anyhow::Result<Keys> {
    let file = key_file(home);
    let (vault, masters) = (Vault::open(&file)?, masters(&file)?);
    let names = rows(home, "accounts", ["tenant_id", "id", "name"]).await?;
    let mut keys = Keys { first: masters.clone(), derived: vec![] };
    let mut opened = 0;
    for [tenant, _, sealed] in rows(home, "tenant_keys", ["tenant_id", "tenant_id", "key"]).await? {
        let tenant = Uuid::from_slice(&tenant)?;
        let cell =
            Cell { tenant: TenantId::from_uuid(tenant), table: "tenant_keys", column: "key", row: tenant };
        let own = vault.open_bytes(&cell, &SealedBytes(sealed))?;
        ensure!(own.len() == LENGTH);
        for master in &masters {
            let sealing = derived(master, "seal", tenant, &own, ["accounts", "name"])?;
            let name = names.iter().find(|[of, ..]| of == tenant.as_bytes());
            if let Some([_, row, name]) = name {
                opened += usize::from(opens(&sealing, (tenant, Uuid::from_slice(row)?), name)?);
            }
            for column in ["phone", "name"] {
                keys.derived.push(derived(master, "blind", tenant, &own, ["accounts", column])?);
            }
            keys.derived.push(sealing);
        }
        keys.first.push(own);
    }
    ensure!(opened >= 5, "only {opened} of the derived keys are those in use");
    Ok(keys)
}

/// The files of the database, and how many there are at least.
async fn database_files(home: &Household) -> anyhow::Result<Vec<PathBuf>> {
    let Some(folders) = database_folders(home).await? else {
        let is_database = |file: &PathBuf| {
            file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("fengqiao.db"))
        };
        let found: Vec<PathBuf> = files(home.folder())?.into_iter().filter(is_database).collect();
        ensure!(found.len() >= 2, "no log of what is to come: {found:?}");
        return Ok(found);
    };
    let mut found = vec![];
    for folder in folders {
        found.extend(files(&folder)?);
    }
    ensure!(found.len() > 100, "only {} files", found.len());
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_stands_in_the_database_nor_in_a_dump_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        let running = home.start().await?;
        let worker = running.sign_in("xindi.worker@150302").await?;
        plant(&worker, &mut Cage::default()).await?;
        let keys = keys(&home).await?;
        let likely: Vec<Vec<u8>> =
            keys.first.iter().flat_map(|key| written(key).into_iter().take(3)).collect();
        for file in database_files(&home).await? {
            // A server removes files while they are looked at.
            let Ok(bytes) = std::fs::read(&file) else { continue };
            ensure!(found_of(&bytes, &likely).is_none(), "{} has a key", file.display());
        }
        let all: Vec<Vec<u8>> = keys.first.iter().chain(&keys.derived).flat_map(|key| written(key)).collect();
        let dump = home.dump().await?;
        ensure!(memchr::memmem::find(&dump, b"xindi.worker").is_some(), "no dump");
        ensure!(found_of(&dump, &all).is_none(), "a dump has a key");
        // Where one is it is found: in its file, and in a dump of a database into which somebody put it.
        ensure!(found_of(&std::fs::read(key_file(&home))?, &likely).is_some(), "the file has none");
        for key in [&keys.first[0], &keys.derived[0]] {
            for text in [hex::encode(key), STANDARD.encode(key)] {
                home.tamper(&[], &format!("UPDATE tenants SET name = '{text}' WHERE code = '150302'"))
                    .await?;
                ensure!(found_of(&home.dump().await?, &all).is_some(), "{text} is not found");
            }
        }
        running.terminate().await
    })
    .await
}
