//! Making, rotating and revealing tokens.

use super::{
    credential::{DeleteToken, require_may_carry},
    input::NewToken,
    store::{self, Token, Value},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        command::{Applied, Command},
        credentials::Credential,
        ctx::Ctx,
        error::{Error, Refused, Result},
        outbox::{letter::CredentialChange, telling},
        secrets::{SecretKey, new_digits, new_token, token_hash},
        tenants, users,
    },
    model::{
        error::FieldErrors,
        id::{TenantId, TokenId},
        permission::PermissionSet,
        token::TokenKind,
        user::UserKind,
    },
};

/// A fresh value, as it is kept.
#[derive(Clone, Debug)]
struct Fresh {
    hash: Vec<u8>,
    sealed: Option<Vec<u8>>,
}

impl Fresh {
    /// What a new token carries, and how it is kept. Account tokens alone can be read again (contract 004, rule 1).
    fn value(key: &SecretKey, id: TokenId, kind: TokenKind) -> (Self, String) {
        let (value, sealed) = match kind {
            TokenKind::Account => {
                let value = new_digits();
                let sealed = key.seal(&purpose(id), value.as_bytes());
                (value, Some(sealed))
            }
            _ => (format!("{}{}", kind.prefix(), new_token()), None),
        };
        (Self { hash: token_hash(&value), sealed }, value)
    }

    fn kept(&self) -> Value<'_> {
        Value { hash: &self.hash, sealed: self.sealed.as_deref() }
    }
}

/// What the value of a token is sealed for.
#[must_use]
pub fn purpose(id: TokenId) -> String {
    format!("token {id}")
}

/// Makes a token.
#[derive(Clone, Debug)]
pub struct AddToken {
    /// Its own from now on.
    pub id: TokenId,
    /// What it is.
    pub token: NewToken,
    fresh: Fresh,
}

impl AddToken {
    /// The command, and the value.
    #[must_use]
    pub fn prepare(ctx: &Ctx, token: NewToken) -> (Self, String) {
        let id = TokenId(ctx.id());
        let (fresh, value) = Fresh::value(&ctx.services.key, id, token.kind);
        (Self { id, token, fresh }, value)
    }
}

impl Command for AddToken {
    const ACTION: Action = Action::AddToken;
    type Done = Token;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Token>> {
        let new = &self.token;
        if ctx.tenant().is_some() && new.tenant != ctx.tenant() {
            return Err(FieldErrors::one("tenant", "choose the tenant that you work in").into());
        }
        if new.bounds.expires_at.is_some_and(|end| end <= ctx.now()) {
            return Err(FieldErrors::one("expires", "choose an end that is still to come").into());
        }
        let user = users::queries::require(ctx, tx, new.user).await;
        let user = user.map_err(|error| error.in_form("user", "choose whom it acts for"))?;
        if (user.kind == UserKind::ServiceAccount) != (new.kind == TokenKind::ServiceKey) {
            return Err(FieldErrors::one("user", "service accounts have service keys, and people the others").into());
        }
        if let Some(tenant) = new.tenant {
            require_member(ctx, tx, new, tenant).await?;
        }
        let permissions = PermissionSet::from_patterns(new.bounds.permissions.iter().map(String::as_str));
        require_may_carry(ctx, tx, (new.kind, new.user), (new.tenant, permissions)).await?;
        store::insert(ctx.stamp(), tx, self.id, new, &self.fresh.kept()).await?;
        let token = Token::require(ctx, tx, self.id).await?;
        tell(ctx, tx, &token).await?;
        let undo = DeleteToken { id: token.id, version: token.version };
        let change = token.change(Self::ACTION).after(token.state()).undo(&undo);
        Ok(Applied::changed(token, change))
    }
}

/// Tells a person that there is a new value by which programs act as them, whoever made it.
async fn tell(ctx: &Ctx, tx: &mut Tx, token: &Token) -> Result<()> {
    match token.kind {
        TokenKind::Personal => {
            telling::of_credential(ctx, tx, token.user_id, (CredentialChange::TokenMade, &token.name)).await
        }
        _ => Ok(()),
    }
}

/// A token of a tenant works as long as whom it acts for is an active member there.
async fn require_member(ctx: &Ctx, tx: &mut Tx, new: &NewToken, tenant: TenantId) -> Result<()> {
    let found = tenants::queries::require(ctx, tx, tenant).await;
    found.map_err(|error| error.in_form("tenant", "choose a tenant of the list"))?;
    match tenants::memberships::store::is_active(tx, new.user, tenant).await? {
        true => Ok(()),
        false => Err(FieldErrors::one("user", "they are no active member of this tenant").into()),
    }
}

/// Gives a token another value; the one before is refused at once. It can't be taken back.
#[derive(Clone, Debug)]
pub struct RotateToken {
    /// Which.
    pub token: TokenId,
    fresh: Fresh,
}

impl RotateToken {
    /// The command, and the new value.
    #[must_use]
    pub fn prepare(ctx: &Ctx, token: &Token) -> (Self, String) {
        let (fresh, value) = Fresh::value(&ctx.services.key, token.id, token.kind);
        (Self { token: token.id, fresh }, value)
    }
}

impl Command for RotateToken {
    const ACTION: Action = Action::RotateToken;
    type Done = Token;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Token>> {
        let token = require_carried(ctx, tx, self.token).await?;
        store::rotate(tx, token.id, &self.fresh.kept(), ctx.now()).await?;
        tell(ctx, tx, &token).await?;
        let change = token.change(Self::ACTION);
        Ok(Applied::changed(token, change))
    }
}

/// Reads the value of an account token again, which the log keeps (contract 004, rule 8).
#[derive(Clone, Copy, Debug)]
pub struct RevealToken {
    /// Which.
    pub token: TokenId,
}

impl Command for RevealToken {
    const ACTION: Action = Action::RevealToken;
    type Done = (Token, String);

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<(Token, String)>> {
        let token = require_carried(ctx, tx, self.token).await?;
        if token.kind != TokenKind::Account {
            return Err(Refused::NotReadable.into());
        }
        let sealed = store::sealed(tx, token.id).await?.unwrap_or_default();
        let value = ctx.services.key.open(&purpose(token.id), &sealed).and_then(|value| String::from_utf8(value).ok());
        let value = value.ok_or_else(|| Error::Internal("the value of a token can't be opened".into()))?;
        let change = token.change(Self::ACTION);
        Ok(Applied::changed((token, value), change))
    }
}

/// The token with this id, whose value the caller may have.
async fn require_carried(ctx: &Ctx, tx: &mut Tx, id: TokenId) -> Result<Token> {
    let token = Token::require(ctx, tx, id).await?;
    let what = (token.tenant_id, token.permissions());
    require_may_carry(ctx, tx, (token.kind, token.user_id), what).await?;
    Ok(token)
}
