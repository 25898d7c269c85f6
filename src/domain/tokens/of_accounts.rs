//! Account tokens as programs of their account look after them (contract 004).

pub use super::account_store::AccountToken;
use super::{
    account_store::of_account,
    input::{NewToken, TokenBounds},
};
use crate::{
    domain::{
        action::Action,
        bounds::AllowedFrom,
        ctx::Ctx,
        error::{Error, Result},
        input::Problems,
        names::forms::{self, NAME_MAX, WORDS_MAX},
        parse::{filled, moment, verbatim},
        tenants::memberships,
        users,
    },
    model::{
        id::{TenantId, UserId},
        timestamp::Timestamp,
        token::TokenKind,
    },
};

/// A token as a program asks for it; empty for what wasn't sent.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the members of contract 004")]
pub struct AskedToken {
    pub name: String,
    pub user: String,
    pub audience: String,
    pub scopes: String,
    pub expiration: Option<String>,
}

/// All tokens of an account, also those that are over or locked out.
pub async fn list(ctx: &Ctx, account: TenantId) -> Result<Vec<AccountToken>> {
    ctx.require(Action::ListTokens)?;
    Ok(of_account(&mut *ctx.read().await?, account, None).await?)
}

/// The token of an account with this number, for whoever may do `action` with it.
pub async fn find(ctx: &Ctx, action: Action, (account, number): (TenantId, Option<i64>)) -> Result<AccountToken> {
    ctx.require(action)?;
    let number = number.ok_or(Error::NotFound("token"))?;
    let mut found = of_account(&mut *ctx.read().await?, account, Some(number)).await?;
    found.pop().ok_or(Error::NotFound("token"))
}

/// What a token is called from now on; `None` for a name that changes nothing.
pub fn new_name(asked: Option<&str>) -> Result<Option<String>> {
    let Some(text) = asked.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let mut problems = Problems::default();
    let name = problems.check("name", filled(text, NAME_MAX, "must have something to see"));
    Ok(problems.finish(name.map(Some))?)
}

/// What is asked for, read as a whole: everything wrong is told at once.
pub async fn read(ctx: &Ctx, account: TenantId, asked: &AskedToken) -> Result<NewToken> {
    ctx.require(Action::AddToken)?;
    let mut problems = Problems::default();
    let name = problems.check("name", filled(&asked.name, NAME_MAX, "must not be empty"));
    let user = problems.check("user", member(ctx, account, &asked.user).await?);
    let audience = problems.check("audience", forms::audience(&asked.audience));
    let scope = problems.check("scopes", scopes(&asked.scopes));
    let end = problems.check("expiration", expiration(ctx, asked.expiration.as_deref()));
    let all = name.zip(user).zip(audience).zip(scope).zip(end);
    Ok(problems.finish(all.map(|((((name, user), audience), scope), expires_at)| NewToken {
        kind: TokenKind::Account,
        user,
        tenant: Some(account),
        name,
        audience,
        scope,
        bounds: TokenBounds { permissions: vec!["*.*".into()], allowed_from: AllowedFrom::default(), expires_at },
    }))?)
}

/// Whom a token shall act for: an active member of its account.
async fn member(ctx: &Ctx, account: TenantId, address: &str) -> Result<std::result::Result<UserId, String>> {
    let conn = &mut *ctx.read().await?;
    let none = || "must be the e-mail address of an active member of this account".to_owned();
    let Some(user) = users::of_domains::by_address(conn, Some(account), address).await? else {
        return Ok(Err(none()));
    };
    let counts = memberships::store::is_active(conn, user.id, account).await?;
    Ok(if counts { Ok(user.id) } else { Err(none()) })
}

/// Kept and answered as they are: nobody here looks at them.
fn scopes(text: &str) -> std::result::Result<String, String> {
    match verbatim(text, WORDS_MAX)? {
        text if text.is_empty() => Err("must not be empty".into()),
        text => Ok(text),
    }
}

/// A time to come, in the form of answers or of RFC 3339.
fn expiration(ctx: &Ctx, text: Option<&str>) -> std::result::Result<Option<Timestamp>, String> {
    let Some(text) = text.map(str::trim) else {
        return Ok(None);
    };
    match Some(text).filter(|text| is_time(text)).and_then(|text| moment(text).ok().flatten()) {
        Some(end) if end > ctx.now() => Ok(Some(end)),
        Some(_) => Err("must be still to come".into()),
        None => Err("must be a time like 2026-04-18T07:15:00.000+0000".into()),
    }
}

/// A whole date and time with an offset, and nothing besides, which is less than what people may type.
fn is_time(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c.to_ascii_uppercase() }).collect();
    let Some(rest) = shape.strip_prefix("0000-00-00T00:00:00") else {
        return false;
    };
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => {
            let offset = fraction.trim_start_matches('0');
            if offset.len() == fraction.len() {
                return false;
            }
            offset
        }
        None => rest,
    };
    // A fraction's digits end where the sign of the offset stands.
    matches!(offset, "Z" | "+00:00" | "-00:00" | "+0000" | "-0000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_whole() {
        for good in ["2026-04-18T07:15:00.000+0000", "2026-04-18t07:15:00z", "2026-04-18T07:15:00.5-01:30"] {
            assert!(is_time(good) && moment(good).unwrap().is_some(), "{good}");
        }
        for bad in [
            "2026-04-18",
            "2026-04-18T07:15:00",
            "2026-04-18T07:15:00.Z",
            "2026-04-18 07:15:00Z",
            "soon",
            "20260418T071500Z",
            "2026-04-18T07:15:00Z[UTC]",
            "2026-04-18T07:15Z",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
        assert_eq!(moment("2026-04-18T07:15:00.000+0000"), Ok(Some(Timestamp(1_776_496_500_000))));
    }

    #[test]
    fn a_name_of_nothing_changes_nothing() {
        for nothing in [None, Some(""), Some("  ")] {
            assert_eq!(new_name(nothing).unwrap(), None);
        }
        assert_eq!(new_name(Some(" tide ")).unwrap().as_deref(), Some("tide"));
        assert!(new_name(Some(&"x".repeat(256))).is_err() && new_name(Some("a\u{7}b")).is_err());
    }
}
