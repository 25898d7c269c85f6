//! What is asked of tokens, parsed.

use crate::{
    domain::{
        bounds::{self, AllowedFrom},
        input::Problems,
        parse::{filled, line},
    },
    model::{
        error::FieldErrors,
        forms::TokenForm,
        id::{TenantId, UserId},
        timestamp::Timestamp,
        token::TokenKind,
    },
};

/// Contract 004's names are at most as long.
pub const NAME_MAX: usize = 255;
const WORDS_MAX: usize = 2000;

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for.
    pub kind: TokenKind,
    /// Whom it acts for.
    pub user: UserId,
    /// The tenant that it is bound to, if one.
    pub tenant: Option<TenantId>,
    /// What people call it.
    pub name: String,
    /// What an account token is for: words apart by blanks.
    pub audience: String,
    /// What an account token says that it may: words apart by blanks. Nobody here looks at them.
    pub scope: String,
    /// What bounds it besides.
    pub bounds: TokenBounds,
}

/// What a token may do at most, from where and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenBounds {
    /// Patterns.
    pub permissions: Vec<String>,
    /// The networks that it is taken from.
    pub allowed_from: AllowedFrom,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

impl NewToken {
    /// Reads what was typed.
    pub fn parse(form: &TokenForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let kind = TokenKind::parse(&form.kind).filter(|kind| matches!(kind, TokenKind::Account | TokenKind::Personal));
        let kind = problems.check("kind", kind.ok_or_else(|| "choose account or personal".to_owned()));
        let is_account = kind == Some(TokenKind::Account);
        let user = problems.check("user", form.user.parse().map_err(|_| "choose whom it acts for".to_owned()));
        let tenant = problems.check("tenant", tenant(&form.tenant));
        let name = problems.check("name", filled(&form.name, NAME_MAX, "enter a name"));
        let audience = problems.check("audience", audience(&form.audience, is_account));
        let scope = problems.check("scopes", words(&form.scopes, is_account));
        let bounds = TokenBounds::parse(&mut problems, &form.permissions, &form.allowed_from, &form.expires);
        if is_account && tenant == Some(None) {
            problems.refuse("tenant", "choose the tenant whose account it is for");
        }
        let token = kind.zip(user).zip(tenant).zip(name).zip(audience).zip(scope).zip(bounds);
        problems.finish(token.map(|((((((kind, user), tenant), name), audience), scope), bounds)| Self {
            kind,
            user,
            tenant,
            name,
            audience,
            scope,
            bounds,
        }))
    }
}

impl TokenBounds {
    /// Reads what was typed; all that the owner may, where no permission is named.
    pub fn parse(
        problems: &mut Problems,
        permissions: &[String],
        allowed_from: &[String],
        expires: &str,
    ) -> Option<Self> {
        let permissions = problems.check("permissions", bounds::permissions(permissions, &["*.*"]));
        let allowed_from = problems.check("allowed_from", AllowedFrom::parse(allowed_from));
        let expires_at = bounds::end(problems, expires);
        let bounds = permissions.zip(allowed_from).zip(expires_at);
        bounds.map(|((permissions, allowed_from), expires_at)| Self { permissions, allowed_from, expires_at })
    }
}

fn tenant(text: &str) -> Result<Option<TenantId>, String> {
    match text {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| "choose a tenant of the list".to_owned()),
    }
}

/// Contract 004: words of small letters, digits and hyphens.
fn audience(text: &str, is_account: bool) -> Result<String, String> {
    let text = words(text, is_account)?;
    let fits = text.split(' ').all(|word| word.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')));
    if fits { Ok(text) } else { Err("use words of small letters, digits and hyphens".into()) }
}

fn words(text: &str, is_account: bool) -> Result<String, String> {
    let text = line(text, WORDS_MAX)?.split_whitespace().collect::<Vec<_>>().join(" ");
    match (is_account, text.is_empty()) {
        (true, true) => Err("name at least one".into()),
        (false, false) => Err("only account tokens have this".into()),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01a2016a-fa5c-71e0-b490-b29a1e32cc60";

    fn wrong(form: &TokenForm) -> Vec<String> {
        match NewToken::parse(form) {
            Err(errors) => errors.iter().map(|(field, _)| field.to_owned()).collect(),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn an_account_token_says_more_than_a_personal_one() {
        let personal =
            TokenForm { kind: "personal".into(), user: ID.into(), name: "ci".into(), ..TokenForm::default() };
        assert_eq!(wrong(&personal), Vec::<String>::new());
        let account = TokenForm { kind: "account".into(), ..personal.clone() };
        assert_eq!(wrong(&account), ["audience", "scopes", "tenant"]);
        let account =
            TokenForm { tenant: ID.into(), audience: "alerts  apiv2".into(), scopes: "table://*.**".into(), ..account };
        assert_eq!(NewToken::parse(&account).unwrap().audience, "alerts apiv2");
        assert_eq!(wrong(&TokenForm { audience: "Alerts!".into(), ..account }), ["audience"]);
        let none = TokenForm { kind: "access".into(), permissions: vec!["x.y".into()], ..TokenForm::default() };
        assert_eq!(wrong(&none), ["kind", "user", "name", "permissions"]);
        assert_eq!(wrong(&TokenForm { expires: "soon".into(), scopes: "x".into(), ..personal }), ["scopes", "expires"]);
    }
}
