//! Reads a body frame by frame, and stops as soon as it is larger than allowed or comes too slowly.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use super::limits::RequestLimits;
use super::rejection::Rejection;

/// Bytes of a body that is announced as too large, and is read all the same so that its sender hears why: who is
/// refused while still writing sees a broken connection instead of an answer.
const HEARD_OUT: u64 = 1024 * 1024;

/// The whole body. At most the cap and one frame are ever kept.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &RequestLimits,
) -> Result<Bytes, Rejection> {
    let cap = limits.max_body_bytes;
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if let Some(length) =
        announced.filter(|length| usize::try_from(*length).map_or(true, |length| length > cap))
    {
        if length <= HEARD_OUT {
            let _ = tokio::time::timeout(limits.body_read_seconds.duration(), heard_out(body, length)).await;
        }
        return Err(Rejection::body_too_large(cap));
    }
    tokio::time::timeout(limits.body_read_seconds.duration(), collect(body, cap))
        .await
        .unwrap_or_else(|_elapsed| Err(Rejection::body_too_slow()))
}

/// The whole body, or with which status it is refused.
pub(crate) async fn read_or_status(
    headers: &HeaderMap,
    body: Body,
    limits: &RequestLimits,
) -> Result<Bytes, StatusCode> {
    read(headers, body, limits).await.map_err(|rejection| rejection.status)
}

/// Reads a body and keeps nothing of it: up to so many bytes.
pub(crate) async fn heard_out(mut body: Body, most: u64) {
    let mut left = most;
    while let Some(Ok(frame)) = body.frame().await {
        left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len() as u64));
        if left == 0 {
            return;
        }
    }
}

async fn collect(mut body: Body, cap: usize) -> Result<Bytes, Rejection> {
    let mut collected = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Rejection::bad_request("the body broke off"))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if collected.len() + data.len() > cap {
            return Err(Rejection::body_too_large(cap));
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected.freeze())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::http::limits::Seconds;
    use futures::{StreamExt, stream};

    const FRAME: usize = 16 * 1024;

    #[tokio::test]
    async fn an_endless_body_is_left_after_the_cap_and_one_frame() {
        let read_bytes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&read_bytes);
        let frames = stream::repeat_with(move || {
            counter.fetch_add(FRAME, Ordering::Relaxed);
            Ok::<_, std::convert::Infallible>(Bytes::from(vec![b' '; FRAME]))
        });
        let limits = RequestLimits::default();
        let refused = read(&HeaderMap::new(), Body::from_stream(frames), &limits).await;
        assert_eq!(refused.expect_err("too large").status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(read_bytes.load(Ordering::Relaxed) <= limits.max_body_bytes + FRAME);
    }

    #[tokio::test]
    async fn the_cap_itself_passes_and_one_byte_more_does_not() {
        let limits = RequestLimits { max_body_bytes: 10, ..RequestLimits::default() };
        let body = |length: usize| Body::from(vec![b'x'; length]);
        assert_eq!(read(&HeaderMap::new(), body(10), &limits).await.expect("fits").len(), 10);
        assert!(read(&HeaderMap::new(), body(11), &limits).await.is_err());
        let mut announced = HeaderMap::new();
        announced.insert(header::CONTENT_LENGTH, "11".parse().expect("a header"));
        assert!(read(&announced, body(0), &limits).await.is_err());
        let (sent, counter) = (Arc::new(AtomicUsize::new(0)), 11);
        let told = Arc::clone(&sent);
        let frames = stream::iter(0..counter).map(move |_| {
            told.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::convert::Infallible>(Bytes::from_static(b"x"))
        });
        assert!(read(&announced, Body::from_stream(frames), &limits).await.is_err());
        assert_eq!(sent.load(Ordering::Relaxed), counter, "whoever writes is heard out");
    }

    #[tokio::test]
    async fn a_body_that_trickles_is_left() {
        let limits =
            RequestLimits { body_read_seconds: Seconds::thousandths(50), ..RequestLimits::default() };
        let frames = stream::iter(0..).then(|_| async {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            Ok::<_, std::convert::Infallible>(Bytes::from_static(b" "))
        });
        let refused = read(&HeaderMap::new(), Body::from_stream(frames), &limits).await;
        assert_eq!(refused.expect_err("too slow").status, StatusCode::REQUEST_TIMEOUT);
    }
}
