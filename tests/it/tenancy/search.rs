//! Looks through whatever a deployment leaves behind, and says what it looked through: whoever looks nowhere finds nothing.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use fengqiao_tests::{Backend, Household, RedisServer};

/// A file that was looked through.
#[derive(Clone, Debug)]
pub(crate) struct Searched {
    pub(crate) name: String,
    pub(crate) bytes: usize,
    /// Whether it has what lies in the clear.
    pub(crate) is_open: bool,
}

/// Looks for what must be nowhere, and for what is in the clear.
pub(crate) struct Search {
    needles: Vec<Vec<u8>>,
    open: Vec<u8>,
    hits: Vec<String>,
}

impl Search {
    /// For what must be nowhere, however it is written, and for a text that lies in the clear.
    pub(crate) fn of<T: AsRef<str>>(secret: &[T], open: &str) -> Self {
        let needles = secret.iter().flat_map(|text| written(text.as_ref())).collect();
        Self { needles, open: open.as_bytes().to_vec(), hits: vec![] }
    }

    /// Looks through some bytes: whether they have what lies in the clear.
    pub(crate) fn bytes(&mut self, place: &str, bytes: &[u8]) -> bool {
        self.hits.extend(found_of(bytes, &self.needles).map(|hit| format!("{place} has {hit:?}")));
        has(bytes, &self.open)
    }

    /// Looks through every file below a folder.
    pub(crate) fn folder(&mut self, folder: &Path) -> anyhow::Result<Vec<Searched>> {
        let mut searched = vec![];
        for file in files(folder)? {
            let bytes = match std::fs::read(&file) {
                // A server removes files while they are looked at.
                Err(gone) if gone.kind() == ErrorKind::NotFound => continue,
                read => read.with_context(|| file.display().to_string())?,
            };
            let is_open = self.bytes(&file.display().to_string(), &bytes);
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            searched.push(Searched { name, bytes: bytes.len(), is_open });
        }
        Ok(searched)
    }

    /// Nothing was anywhere.
    pub(crate) fn verdict(self) -> anyhow::Result<()> {
        ensure!(self.hits.is_empty(), "{}", self.hits.join("\n"));
        Ok(())
    }
}

/// A text as it could stand in a file: as it is, as hexadecimal digits, as escapes of JSON, addresses and Redis have it, and in base 64
/// wherever it begins there.
pub(crate) fn written(text: &str) -> Vec<Vec<u8>> {
    let (plain, hex) = (text.as_bytes(), hex::encode(text));
    let mut forms = vec![text.to_owned(), hex.to_uppercase(), hex];
    let escaped = |of: &dyn Fn(char) -> String| -> String {
        text.chars().map(|letter| if letter.is_ascii() { letter.to_string() } else { of(letter) }).collect()
    };
    let bytes = |letter: char, with: &dyn Fn(&u8) -> String| -> String {
        letter.to_string().as_bytes().iter().map(with).collect()
    };
    forms.push(escaped(&|letter| format!("\\u{:04x}", u32::from(letter))));
    forms.push(escaped(&|letter| bytes(letter, &|byte| format!("%{byte:02X}"))));
    forms.push(escaped(&|letter| bytes(letter, &|byte| format!("\\x{byte:02x}"))));
    for before in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&[0; 2][..before], plain].concat());
        // Letters at both ends tell of what stands beside it too.
        let (from, until) = ((before * 8).div_ceil(6), (before + plain.len()) * 8 / 6);
        forms.extend(encoded.get(from..until).map(str::to_owned));
    }
    forms.into_iter().map(String::into_bytes).collect()
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(bytes, needle).is_some()
}

/// Which of some needles stands in some bytes.
pub(crate) fn found_of(bytes: &[u8], needles: &[Vec<u8>]) -> Option<String> {
    let hit = needles.iter().find(|needle| has(bytes, needle))?;
    Some(String::from_utf8_lossy(hit).into_owned())
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut open, mut found) = (vec![folder.to_owned()], vec![]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    Ok(found)
}

/// Spans as they were sent.
#[derive(Clone, Default)]
pub(crate) struct Spans(Arc<Mutex<Vec<u8>>>);

impl Spans {
    /// Takes spans at an address, and keeps what they say.
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    pub(crate) async fn collected() -> anyhow::Result<(String, Self)> {
        let spans = Self::default();
        let heard = spans.clone();
        let take = move |body: Bytes| {
            heard.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&body);
            async { "" }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let app = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok((format!("http://{address}"), spans))
    }

    /// What they say so far.
    pub(crate) fn said(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What Redis knows, written down as it is.
pub(crate) async fn remembered(redis: &RedisServer) -> anyhow::Result<Vec<u8>> {
    redis.ask(&["CONFIG", "SET", "rdbcompression", "no"]).await?;
    redis.ask(&["SAVE"]).await?;
    let folder = redis.ask(&["CONFIG", "GET", "dir"]).await?;
    Ok(std::fs::read(Path::new(folder.last().context("a folder")?).join("dump.rdb"))?)
}

/// Where PostgreSQL keeps the pages of the database, and the log of what is to come.
pub(crate) async fn database_folders(home: &Household) -> anyhow::Result<Option<[PathBuf; 2]>> {
    let Some(folder) = database_folder(home).await? else { return Ok(None) };
    let own = "SELECT oid::text FROM pg_database WHERE datname = current_database()";
    let own = home.texts(own).await?.concat();
    Ok(Some([folder.join("base").join(own), folder.join("pg_wal")]))
}

/// The files of the database, the log of what is to come among them.
pub(crate) async fn database_folder(home: &Household) -> anyhow::Result<Option<PathBuf>> {
    if home.backend() == Backend::Sqlite {
        return Ok(None);
    }
    home.texts("CHECKPOINT").await?;
    Ok(home.texts("SHOW data_directory").await?.pop().map(PathBuf::from))
}

/// Looks through the folder of a household and through its database, and makes sure that these were there: pages, the log of what is to
/// come, and what lies in the clear.
pub(crate) async fn searched_at_rest(search: &mut Search, home: &Household) -> anyhow::Result<()> {
    let own = search.folder(home.folder())?;
    let of = |files: &[Searched], is: &dyn Fn(&str) -> bool| -> Vec<Searched> {
        files.iter().filter(|file| is(&file.name) && file.bytes > 0).cloned().collect()
    };
    ensure!(!of(&own, &|name| name == "server.log").is_empty(), "no log: {own:?}");
    let (pages, ahead) = match database_folders(home).await? {
        None => (of(&own, &|name| name == "fengqiao.db"), of(&own, &|name| name == "fengqiao.db-wal")),
        Some([pages, ahead]) => {
            let (pages, ahead) = (search.folder(&pages)?, search.folder(&ahead)?);
            let is_segment =
                |name: &str| name.len() == 24 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            ensure!(pages.len() > 100, "only {} files", pages.len());
            (pages, of(&ahead, &is_segment))
        }
    };
    ensure!(!pages.is_empty() && !ahead.is_empty(), "no pages, or no log of what is to come: {own:?}");
    ensure!(pages.iter().chain(&ahead).any(|file| file.is_open), "not even what lies in the clear is found");
    Ok(())
}

#[test]
fn a_text_is_found_however_it_is_written() {
    let secret = "金丝雀7f3a9c";
    for text in [
        format!("x{secret}001"),
        hex::encode(format!("x{secret}1")),
        hex::encode_upper(format!("xy{secret}")),
        "\\u91d1\\u4e1d\\u96c07f3a9c".to_owned(),
        "\\xe9\\x87\\x91\\xe4\\xb8\\x9d\\xe9\\x9b\\x807f3a9c".to_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        STANDARD_NO_PAD.encode(format!("x{secret}")),
        STANDARD_NO_PAD.encode(format!("{{{secret}}}")),
        STANDARD_NO_PAD.encode(format!("xy{secret}z")),
    ] {
        assert!(found_of(text.as_bytes(), &written(secret)).is_some(), "{text}");
    }
    let mut search = Search::of(&[secret], "井盖");
    assert!(
        !search.bytes("a place", "金丝 雀7f3a9c".as_bytes())
            && search.bytes("a place", "井盖缺失".as_bytes())
    );
    assert!(search.verdict().is_ok());
    let mut search = Search::of(&[secret], "井盖");
    search.bytes("a place", hex::encode(secret).as_bytes());
    assert!(search.verdict().is_err());
}
