//! From a knock at a door to a scope: the partner is recognised by what it signed, and acts by the right of its account of now.

mod admit;
mod anyone;

use crate::exchange::model::Partner;
use crate::kernel::scope::Scope;

/// A message of a partner as it comes, before anybody knows whether it is one.
#[derive(Clone, Copy, Debug)]
pub struct Knock<'a> {
    /// Code of the district.
    pub tenant_code: &'a str,
    /// Key of the partner.
    pub key: &'a str,
    /// Id of the message, the same however often it is sent.
    pub id: &'a str,
    /// Seconds since 1970 at which it was signed.
    pub timestamp: i64,
    /// Its signatures, apart by spaces.
    pub signature: &'a str,
    /// What it says.
    pub body: &'a [u8],
}

/// A partner that was recognised.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The partner.
    pub partner: Partner,
    /// By whose right it acts.
    pub scope: Scope,
}
