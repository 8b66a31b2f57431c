//! What is asked of the world outside: WeChat's interfaces, and the keys of issuers. What asks it over HTTP stands in the API.

use std::fmt;

use async_trait::async_trait;
use zeroize::Zeroizing;

/// A mini-program, as it says who it is to WeChat.
#[derive(Clone, Copy)]
pub struct WechatApp<'a> {
    /// App id.
    pub id: &'a str,
    /// App secret.
    pub secret: &'a str,
}

impl fmt::Debug for WechatApp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatApp").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How a token is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetching {
    /// The one that counts, or the next one when it soon will not.
    Usual,
    /// Another one in place of one that still counts: at most twenty times a day.
    Forced,
}

/// A token just fetched.
#[derive(Clone)]
pub struct FreshToken {
    /// The token.
    pub token: Zeroizing<String>,
    /// For how many seconds it counts.
    pub seconds: i64,
}

impl fmt::Debug for FreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreshToken").field("seconds", &self.seconds).finish_non_exhaustive()
    }
}

/// Why nothing came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorFault {
    /// The code is none, is used up, or is another mini-program's.
    BadCode,
    /// They ask too often.
    TooOften,
    /// WeChat has shut them out.
    Blocked,
    /// The token counts no more.
    StaleToken,
    /// The provider refuses us: what the district said of it is wrong. With WeChat's number for it.
    Refused(i64),
    /// Nobody answered, or not as they should.
    Unreachable,
}

/// Asks the world outside. Nobody who does so tells what they were told to anybody but the caller.
#[async_trait]
pub trait Doors: Send + Sync + 'static {
    /// Whether keys may be fetched from an address.
    fn admits(&self, url: &str) -> bool;

    /// The open id of whoever a login code is of (`code2Session`). The session key that comes with it is let go at once.
    async fn open_id(&self, app: WechatApp<'_>, code: &str) -> Result<String, DoorFault>;

    /// A token for the other interfaces (`getStableAccessToken`).
    async fn token(&self, app: WechatApp<'_>, how: Fetching) -> Result<FreshToken, DoorFault>;

    /// The number that WeChat verified of whoever a code is of (`getPhoneNumber`), as `+86 13812345678`.
    async fn phone(&self, token: &str, code: &str) -> Result<String, DoorFault>;

    /// A set of keys as its address has it (RFC 7517, §5).
    async fn keys(&self, url: &str) -> Result<String, DoorFault>;
}
