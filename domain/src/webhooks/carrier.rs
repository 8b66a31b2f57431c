//! What carries messages to integrators: the domain knows no HTTP, so that whoever serves brings one.

use crate::webhooks::model::AttemptFault;

/// A message as it is sent.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Where to.
    pub url: String,
    /// Its id, the same in every attempt.
    pub id: String,
    /// Seconds since 1970 at which it is sent.
    pub timestamp: i64,
    /// A signature for each secret, apart by a space.
    pub signature: String,
    /// What it says, as JSON.
    pub body: String,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// An answer.
    Status {
        /// Its status.
        status: u16,
        /// After how many seconds it wants to be asked again.
        retry_after: Option<i64>,
        /// The beginning of its body.
        text: String,
    },
    /// None.
    Nothing(AttemptFault),
}

/// Carries messages to integrators.
#[async_trait::async_trait]
pub trait Carrier: Send + Sync {
    /// Sends a message once, and follows no redirect.
    async fn carry(&self, letter: &Letter) -> Answered;
}
