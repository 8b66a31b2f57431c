//! A telephone that makes codes, as the specification says and not as the product does it.

use anyhow::{Context as _, ensure};
use aws_lc_rs::hmac;
use fengqiao_api::demo::PASSWORD;
use fengqiao_domain::kernel::clock::Clock as _;
use fengqiao_tests::{Actor, Answer, Served, mutation};
use serde_json::{Value, json};

use super::SESSION;

const BEGIN: &str = "newSecondFactor { secret uri } userErrors { code path message }";
const CONFIRM: &str = "recoveryCodes userErrors { code path message }";

/// What somebody reads codes from.
pub(crate) struct Telephone {
    /// As it was typed.
    pub(super) text: String,
    secret: Vec<u8>,
}

impl Telephone {
    /// One that was given a secret.
    pub(super) fn given(text: &str) -> anyhow::Result<Self> {
        let mut bits = String::new();
        for letter in text.chars() {
            let five = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).context("no letter of Base32")?;
            bits.push_str(&format!("{five:05b}"));
        }
        let bytes = (0..bits.len() / 8).map(|at| Ok(u8::from_str_radix(&bits[8 * at..8 * at + 8], 2)?));
        Ok(Self { text: text.to_owned(), secret: bytes.collect::<anyhow::Result<_>>()? })
    }

    /// The bytes of the secret.
    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// The code of a step from now.
    pub(super) fn code(&self, served: &Served, from_now: i64) -> String {
        let step = served.world.clock.now().micros() / 30_000_000 + from_now;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[19] & 15);
        let number = u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]]);
        format!("{:06}", number % 1_000_000)
    }

    /// A code that is none of those that may count.
    pub(super) fn wrong(&self, served: &Served) -> String {
        let near: Vec<String> = (-3..=3).map(|step| self.code(served, step)).collect();
        let mut all = (0..10).map(|number| format!("{number:06}"));
        all.find(|code| !near.contains(code)).unwrap_or_default()
    }
}

/// Begins a second factor.
pub(super) async fn begun(actor: &Actor) -> anyhow::Result<Telephone> {
    let answer = actor.mutate("secondFactorBegin", BEGIN, json!({"password": PASSWORD})).await?;
    let new = &answer.payload()?["newSecondFactor"];
    let secret = new["secret"].as_str().context("no secret")?;
    let uri = new["uri"].as_str().unwrap_or_default();
    ensure!(uri.starts_with("otpauth://totp/fengqiao:") && uri.contains(secret), "{uri}");
    ensure!(uri.contains(actor.account()), "{uri}");
    Telephone::given(secret)
}

/// What comes of confirming with a code.
pub(super) async fn confirm(actor: &Actor, code: &str) -> anyhow::Result<Answer> {
    actor.mutate("secondFactorConfirm", CONFIRM, json!({"code": code})).await
}

/// Begins a second factor and lets it count, half a minute before now: its telephone, and the recovery codes.
pub(crate) async fn enrolled(served: &Served, actor: &Actor) -> anyhow::Result<(Telephone, Vec<String>)> {
    let telephone = begun(actor).await?;
    let answer = confirm(actor, &telephone.code(served, 0)).await?;
    let codes = answer.payload()?["recoveryCodes"].as_array().context("no codes")?;
    let codes = codes.iter().map(|code| code.as_str().unwrap_or_default().to_owned()).collect();
    served.pass_seconds(60);
    Ok((telephone, codes))
}

/// Whoever signs in with a password and a code, on a device that they had before or on none.
pub(super) async fn shows(
    served: &Served,
    account: &str,
    (code, device): (Option<&str>, Option<&str>),
) -> anyhow::Result<Answer> {
    let input = json!({
        "account": account, "password": PASSWORD, "secondFactorCode": code, "lastRefreshToken": device
    });
    let document = mutation("sessionCreate", SESSION);
    served.anonymous().run(&document, json!({"input": input})).await
}

/// What comes of it: `OK`, or the code of the refusal.
pub(crate) async fn outcome(
    served: &Served,
    account: &str,
    shown: (Option<&str>, Option<&str>),
) -> anyhow::Result<String> {
    let answer = shows(served, account, shown).await?;
    Ok(match answer.code() {
        "" if answer.payload().is_ok() => "OK".to_owned(),
        "" => answer.user_error()?.0,
        code => code.to_owned(),
    })
}

/// What the viewer is told of their own.
pub(super) async fn seen(actor: &Actor) -> anyhow::Result<Value> {
    let document = "{ viewer { secondFactor { state confirmedAt recoveryCodesLeft isRequired } } }";
    Ok(actor.run(document, Value::Null).await?.data("viewer/secondFactor")?.clone())
}
