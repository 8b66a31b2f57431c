//! The codes a socket is closed with.

use std::borrow::Cow;

use axum::extract::ws::{CloseFrame, Utf8Bytes};

/// A close code with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    code: u16,
    reason: Cow<'static, str>,
}

impl Close {
    pub(super) const GOING_AWAY: Self = Self::of(1001, "Going away");
    pub(super) const TOO_MANY_MESSAGES: Self = Self::of(1008, "Too many messages");
    pub(super) const TOO_MANY_SOCKETS: Self = Self::of(1008, "Too many sockets");
    pub(super) const MESSAGE_TOO_LARGE: Self = Self::of(1009, "Message too large");
    pub(super) const TRY_AGAIN_LATER: Self = Self::of(1013, "Try again later");
    pub(super) const UNAUTHORIZED: Self = Self::of(4401, "Unauthorized");
    pub(super) const FORBIDDEN: Self = Self::of(4403, "Forbidden");
    pub(super) const SUBPROTOCOL: Self = Self::of(4406, "Subprotocol not acceptable");
    pub(super) const INIT_TIMEOUT: Self = Self::of(4408, "Connection initialisation timeout");
    pub(super) const SECOND_INIT: Self = Self::of(4429, "Too many initialisation requests");

    const fn of(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason) }
    }

    /// 4400 with what is wrong.
    pub(super) const fn bad_message(reason: &'static str) -> Self {
        Self::of(4400, reason)
    }

    /// 4409 with the id, as the protocol words it.
    pub(super) fn id_in_use(id: &str) -> Self {
        Self { code: 4409, reason: Cow::Owned(format!("Subscriber for {id} already exists")) }
    }

    /// As a frame; a control frame holds 123 bytes of reason at most.
    pub(super) fn into_frame(self) -> CloseFrame {
        const MAX_REASON: usize = 123;
        let mut reason = self.reason.into_owned();
        reason.truncate(reason.floor_char_boundary(MAX_REASON));
        CloseFrame { code: self.code, reason: Utf8Bytes::from(reason) }
    }
}
