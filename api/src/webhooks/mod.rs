//! Carries messages of webhooks over HTTP: to addresses that may be called and nowhere else, once and without following anybody.

mod names;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::DateTime;
use fengqiao_domain::kernel::address::{Addresses, BadAddress};
use fengqiao_domain::webhooks::{Answered, AttemptFault, Carrier, Letter};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

use names::Closed;
pub(crate) use names::OpenNames;
pub use names::{Names, SystemNames};

/// Bytes of an answer that are read: as many as are kept of it, in whatever letters.
const MOST_READ: usize = 1_024;
/// Who calls.
pub(crate) const AGENT: &str = concat!("Fengqiao/", env!("CARGO_PKG_VERSION"));

/// Carries messages over HTTP.
#[derive(Clone, Debug)]
pub struct HttpCarrier {
    client: Client,
    addresses: Addresses,
}

impl HttpCarrier {
    /// A carrier that waits so long for an answer, from the name to the last byte.
    ///
    /// # Errors
    /// When the system has no trust anchors.
    pub fn new(addresses: Addresses, names: Arc<dyn Names>, answer: Duration) -> anyhow::Result<Self> {
        let client = Client::builder()
            .user_agent(AGENT)
            .timeout(answer)
            .connect_timeout(answer)
            .redirect(Policy::none())
            .referer(false)
            // A proxy would be asked for names and addresses in our place.
            .no_proxy()
            // Every connection is a new one, so that every address was just looked at.
            .pool_max_idle_per_host(0)
            .retry(reqwest::retry::never())
            .dns_resolver(Arc::new(OpenNames::new(addresses.clone(), names)))
            .build()
            .context("cannot carry messages of webhooks")?;
        Ok(Self { client, addresses })
    }

    async fn sent(&self, letter: &Letter) -> Result<Answered, reqwest::Error> {
        let request = self
            .client
            .post(&letter.url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &letter.id)
            .header("webhook-timestamp", letter.timestamp)
            .header("webhook-signature", &letter.signature)
            .body(letter.body.clone());
        let mut response = request.send().await?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        // The status counts, whatever becomes of the rest.
        let text = beginning(&mut response).await;
        Ok(Answered::Status { status, retry_after, text })
    }
}

#[async_trait::async_trait]
impl Carrier for HttpCarrier {
    async fn carry(&self, letter: &Letter) -> Answered {
        // An address that is written as a number has no name to be asked for.
        match self.addresses.checked(&letter.url) {
            Ok(_) => {}
            Err(BadAddress::Closed) => return Answered::Nothing(AttemptFault::ClosedAddress),
            Err(BadAddress::Scheme | BadAddress::Unreadable) => {
                return Answered::Nothing(AttemptFault::Unreachable);
            }
        }
        match self.sent(letter).await {
            Ok(answered) => answered,
            Err(error) if is_closed(&error) => Answered::Nothing(AttemptFault::ClosedAddress),
            Err(error) if error.is_timeout() => Answered::Nothing(AttemptFault::TimedOut),
            Err(_) => Answered::Nothing(AttemptFault::Unreachable),
        }
    }
}

fn is_closed(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<Closed>() {
            return true;
        }
        cause = error.source();
    }
    false
}

async fn beginning(response: &mut Response) -> String {
    let mut bytes = vec![];
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= MOST_READ {
            break;
        }
    }
    bytes.truncate(MOST_READ);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// After how many seconds a receiver wants to be asked again; a date counts by the receiver's own clock.
fn retry_after(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let date = |text: &str| DateTime::parse_from_rfc2822(text).ok();
    match text.parse() {
        Ok(seconds) => Some(seconds),
        Err(_) => Some((date(text)? - date(headers.get(DATE)?.to_str().ok()?)?).num_seconds()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_says_when_in_seconds_or_as_a_date() {
        let after = |pairs: &[(reqwest::header::HeaderName, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(name, value.parse().unwrap());
            }
            retry_after(&headers)
        };
        assert_eq!(after(&[]), None);
        assert_eq!(after(&[(RETRY_AFTER, "120")]), Some(120));
        assert_eq!(after(&[(RETRY_AFTER, "soon")]), None);
        let date = (RETRY_AFTER, "Sun, 22 Nov 2026 08:02:00 GMT");
        assert_eq!(after(std::slice::from_ref(&date)), None);
        assert_eq!(after(&[date, (DATE, "Sun, 22 Nov 2026 08:00:00 GMT")]), Some(120));
    }
}
