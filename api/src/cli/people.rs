//! The commands about people: a token for an account, and the first account of a tenant.

use anyhow::{Context as _, anyhow, bail};
use fengqiao_domain::identity::{GrantTarget, IdentityError, Role, SeedAccount, SeedGrant, TargetKind};
use fengqiao_domain::kernel::failure::{Failure, Problem};
use fengqiao_domain::kernel::scope::PlatformScope;

use super::{Account, Token};
use crate::app::App;
use crate::config::{Profile, Settings};
use crate::graphql::identity::told;
use crate::http::Language;
use crate::output;

/// The code of the tenant of those who run the installation.
const PLATFORM: &str = "000000";

pub(super) async fn token(settings: Settings, wanted: &Token) -> anyhow::Result<()> {
    if settings.profile == Profile::Production {
        bail!("profile is production: tokens are not printed; sign in through sessionCreate");
    }
    let app = App::open(settings).await?;
    app.prepare_store().await?;
    let platform = PlatformScope::for_command_line("token");
    let account = &wanted.account;
    let token = app.services.identity.token_for(&platform, account).await;
    let token = token.map_err(|failure| {
        plain(failure, |problem| match problem.error {
            IdentityError::NotFound => format!(
                "no account {account:?}: name one as LOGIN@TENANTCODE, or create it with `fengqiao account`"
            ),
            _ => format!("no token for {account}: {}", told(Language::En, &problem.error)),
        })
    })?;
    Ok(output::line(token)?)
}

pub(super) async fn account(settings: Settings, wanted: Account) -> anyhow::Result<()> {
    let Some((login, code)) = wanted.login.split_once('@') else {
        bail!("{} is not LOGIN@TENANTCODE", wanted.login);
    };
    let (Some(name), Some(role)) = (wanted.name, wanted.role) else {
        return reset(settings, &wanted.login).await;
    };
    check_place(role, login, code)?;
    let password = password()?;
    let app = App::open(settings).await?;
    app.prepare_store().await?;
    let platform = PlatformScope::for_command_line("create an account");
    let services = &app.services;
    if code == PLATFORM {
        services.org.ensure_platform(&platform).await.map_err(unexpected)?;
    }
    let tenants = services.org.tenants(&platform).await.map_err(unexpected)?;
    let Some(tenant) = tenants.into_iter().find(|tenant| tenant.code == code) else {
        bail!("no tenant has the code {code}: create it with `fengqiao import units FILE.csv`");
    };
    let scope = platform.enter(tenant.id);
    let codes = services.org.codes(&scope, &services.db.reader(&scope)).await.map_err(unexpected)?;
    let target = match codes.units.get(code).copied() {
        _ if code == PLATFORM => GrantTarget::Platform,
        Some(district) => GrantTarget::Unit(district),
        None => bail!("the tenant {code} has no district of that code: import its units first"),
    };
    let first = services.identity.first_password(&platform, &password, &[login, &name, code]).await;
    let first = first.map_err(|failure| plain(failure, |problem| not_created(&wanted.login, problem)))?;
    let seed = SeedAccount {
        login: login.to_owned(),
        name,
        phone: None,
        password: Some(first),
        grants: vec![SeedGrant { role, target, categories: vec![] }],
    };
    let seeded = services.identity.seed_accounts(&scope, vec![seed]).await;
    seeded.map_err(|failure| plain(failure, |problem| not_created(&wanted.login, problem)))?;
    Ok(output::line(format_args!("created {}", wanted.login))?)
}

/// Gives an account a new password: the way back when nobody of a tenant can sign in any more.
async fn reset(settings: Settings, account: &str) -> anyhow::Result<()> {
    let password = password()?;
    let app = App::open(settings).await?;
    app.prepare_store().await?;
    let platform = PlatformScope::for_command_line("reset a password");
    let reset = app.services.identity.reset_password(&platform, account, &password).await;
    reset.map_err(|failure| {
        plain(failure, |problem| match problem.error {
            IdentityError::NotFound => format!("no account {account:?}: name one as LOGIN@TENANTCODE"),
            _ => format!("no new password for {account}: {}", told(Language::En, &problem.error)),
        })
    })?;
    Ok(output::line(format_args!(
        "{account} has a new password, to be changed at the next sign-in, and no second factor, and its sessions have ended"
    ))?)
}

/// Refuses a role that is not one of a whole tenant, or not of this one.
fn check_place(role: Role, login: &str, code: &str) -> anyhow::Result<()> {
    let name = role.key();
    if code == PLATFORM {
        if role.fits(TargetKind::Platform) {
            return Ok(());
        }
        bail!("{PLATFORM} is the platform, where {name} cannot be held: its role is platform_operator");
    }
    if role.fits(TargetKind::Platform) {
        bail!("{name} is held at the platform only: create the account as {login}@{PLATFORM}");
    }
    if !role.fits(TargetKind::District) {
        bail!(
            "{name} cannot be held at a whole district: the district's administrators create such an account and grant the role, with accountCreate and roleGrantCreate"
        );
    }
    Ok(())
}

/// The password on standard input.
fn password() -> anyhow::Result<String> {
    let mut password = String::new();
    std::io::stdin().read_line(&mut password).context("the password comes on standard input")?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}

/// Why an account was not created.
fn not_created(account: &str, problem: &Problem<IdentityError>) -> String {
    if problem.error == IdentityError::LoginTaken {
        return format!("{account} is taken: choose another login");
    }
    let field = problem.path.iter().rev().find(|part| part.parse::<usize>().is_err());
    let field = field.map_or("account", String::as_str);
    format!("cannot create {account}: {field}: {}", told(Language::En, &problem.error))
}

/// A failure on one line for whoever typed the command: `mistake` words theirs.
pub(super) fn plain<E>(failure: Failure<E>, mistake: impl Fn(&Problem<E>) -> String) -> anyhow::Error {
    match failure {
        Failure::User(problems) => anyhow!("{}", problems.iter().map(mistake).collect::<Vec<_>>().join("; ")),
        Failure::Unavailable(error) => anyhow!("the database does not answer, try again: {error}"),
        Failure::TimedOut(error) => anyhow!("the database takes too long: {error}"),
        Failure::Internal(error) => error.into(),
        Failure::Overloaded { retry_after_seconds } => {
            anyhow!("too busy: try again in {retry_after_seconds} seconds")
        }
        Failure::Denied | Failure::ForeignCursor | Failure::KeyBusy | Failure::KeyReused => {
            anyhow!("the command was refused, which is a defect of this program")
        }
    }
}

/// A failure in which no mistake of the caller is to be expected.
pub(super) fn unexpected<E: std::fmt::Debug>(failure: Failure<E>) -> anyhow::Error {
    plain(failure, |problem| format!("unexpected: {:?}", problem.error))
}
