//! Links to files: signed, short-lived, for one file and one use, in the name of a session.
//!
//! A browser follows a link without a header, so the link itself carries who may; it counts no longer than
//! the session and the grants that it was made under.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::identity::token::TokenKeys;
use crate::identity::token::access::{AccessRules, Bearer, Refused, seconds};
use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};

const TYPE: &str = "file-link+jwt";
const VERSION: u32 = 1;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LinkUse {
    /// Bring a file in.
    Upload,
    /// Take a file out.
    Download,
    /// Look at an attachment.
    Attachment,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    tid: String,
    sid: String,
    fid: Uuid,
    #[serde(rename = "use")]
    purpose: String,
    exp: i64,
    ver: u32,
}

impl TokenKeys {
    /// Signs a link to a file for a bearer, whose end is the link's.
    pub(crate) fn sign_link(
        &self,
        rules: &AccessRules<'_>,
        bearer: &Bearer,
        purpose: LinkUse,
        file: Uuid,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let text: &str = purpose.into();
        self.sign_claims(
            TYPE,
            &Claims {
                iss: rules.issuer.to_owned(),
                aud: rules.audience.to_owned(),
                sub: bearer.account.to_string(),
                tid: bearer.tenant.to_string(),
                sid: bearer.session.to_string(),
                fid: file,
                purpose: text.to_owned(),
                exp: seconds(bearer.expires_at),
                ver: VERSION,
            },
        )
    }

    /// For whom, for what and for which file a link counts at this instant.
    pub(crate) fn verify_link(
        &self,
        rules: &AccessRules<'_>,
        link: &str,
        now: Timestamp,
    ) -> Result<(Bearer, LinkUse, Uuid), Refused> {
        let claims: Claims = self.verify_claims(TYPE, link)?;
        let timely = seconds(now) < claims.exp || mutant::active(Mutant::NoLinkEnd);
        let ours = claims.iss == rules.issuer && claims.aud == rules.audience && claims.ver == VERSION;
        if !timely || !ours {
            return Err(Refused);
        }
        let bearer = Bearer {
            tenant: claims.tid.parse().map_err(|_| Refused)?,
            account: claims.sub.parse().map_err(|_| Refused)?,
            session: claims.sid.parse().map_err(|_| Refused)?,
            expires_at: Timestamp(claims.exp.saturating_mul(1_000_000)),
        };
        Ok((bearer, claims.purpose.parse().map_err(|_| Refused)?, claims.fid))
    }
}
