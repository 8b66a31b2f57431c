//! What sealed values look like, byte for byte: what lies in databases must open for ever. The bytes were reckoned by another library (Python's
//! `cryptography`) from the format as `docs/adr/0004-personal-columns-are-sealed.md` and `docs/adr/0037-a-district-leaves.md` have it.

use aws_lc_rs::rand::SystemRandom;
use uuid::Uuid;
use zeroize::Zeroizing;

use fengqiao_entity::value::SealedBytes;

use super::followed::Followed;
use super::own::TenantKeys;
use super::ring::{Key, Ring};
use super::{Cell, KeyOrigin, Suite, Vault};
use crate::kernel::id::TenantId;

const PHONE: &str = "13800138000";
const NONCE: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/// Format 1, key 7, the nonce; then ciphertext and tag, of each suite with and without a key of the tenant. Behind it the blind index.
const PINNED: [(Suite, Own, &str, &str); 4] = [
    (
        Suite::International,
        Own::Without,
        "757678662ac438bf522388b22db0eccb2a076eff75f04120ec9c59",
        "7427a161ec126fefd867a125b03665af",
    ),
    (
        Suite::International,
        Own::With,
        "0974ac485a5236d77efa60e0a8aef930213ace2cf34bceb0a01646",
        "c0494c077c1edab0908053add0388972",
    ),
    (
        Suite::Sm,
        Own::Without,
        "480b575c4b6c5a572cf399f04905c3ad65ab3bb02fee30eaf63ccd",
        "dcfe364d61d9c3cc53a449f4b6fa2a99",
    ),
    (
        Suite::Sm,
        Own::With,
        "d15e65677586ef19ed8768ff162ca9fe34d74358c01b55d775fd3a",
        "84d81227fe281c6716de8498a36773c0",
    ),
];

/// Whether the tenant's own key takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Own {
    With,
    Without,
}

fn cell() -> Cell {
    Cell {
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        table: "accounts",
        column: "phone",
        row: Uuid::from_u128(2),
    }
}

fn vault(suite: Suite, own: Own) -> Vault {
    let key = Key::new(7, suite, &[7; 32], KeyOrigin::Operator);
    let key = if own == Own::With { key.with_tenant_keys() } else { key };
    let ring = Ring::new(vec![key], 7).expect("the key is there");
    let tenants = TenantKeys::default();
    tenants.learn(cell().tenant, Zeroizing::new([9; 32]));
    Vault { keys: Followed::fixed(ring), tenants, random: SystemRandom::new() }
}

#[test]
fn what_was_sealed_once_opens_for_ever_and_is_sealed_alike() {
    for (suite, own, body, blind) in PINNED {
        let vault = vault(suite, own);
        let pinned = format!("0100000007{}{body}", hex::encode(NONCE));
        let kept = SealedBytes(hex::decode(&pinned).expect("hexadecimal digits"));
        assert_eq!(vault.open_sealed(&cell(), &kept).expect("opened"), PHONE, "{suite} {own:?}");
        let sealed = vault.seal_with(&cell(), PHONE.as_bytes(), NONCE).expect("sealed");
        assert_eq!(hex::encode(sealed.0), pinned, "{suite} {own:?}");
        let index = vault.blind(cell().tenant, "accounts", "phone", PHONE).expect("a digest");
        assert_eq!(hex::encode(index.0), blind, "{suite} {own:?}");
    }
}
