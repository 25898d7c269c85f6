//! The SQL of tokens that people look after, and their rows. Of a value only its hash is kept, but for account tokens.

use sqlx::{query_as, query_scalar};

use super::input::NewToken;
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::{attention::Life, clock::exact, keyset::PAGE},
    model::{
        id::{TenantId, TokenId, UserId},
        permission::PermissionSet,
        stamp::Stamp,
        timestamp::Timestamp,
        token::TokenKind,
    },
};

/// What is read of a token.
macro_rules! columns {
    () => {
        "select t.id, t.number, t.kind, t.name, t.tenant_id, n.name as tenant_name, t.user_id, u.display_name as user_name,
            u.login, u.disabled_at is not null as owner_disabled, t.created_by,
            (select c.login from users c where c.id = t.created_by) as maker, t.audience, t.scope, t.permissions,
            t.allowed_from, t.disabled_at, t.expires_at, t.last_used_at, t.last_used_from, t.version, t.created_at,
            t.updated_at"
    };
}

statements! {
    FIND = concat!(columns!(), "
        from tokens t join users u on u.id = t.user_id left join tenants n on n.id = t.tenant_id
        where t.id = $1 and t.number is not null and (cast($2 as uuid) is null or t.tenant_id = $2)");
    /// Of one tenant, or of all; of some kinds ($3 and $4).
    LIST = concat!(columns!(), "
        from tokens t cross join users u left join tenants n on n.id = t.tenant_id
        where t.number > $1 and u.id = t.user_id and (cast($2 as uuid) is null or t.tenant_id = $2)
            and t.kind in ($3, $4)
        order by t.number limit $5");
    /// Somebody's own personal ones, the newest first.
    PERSONAL = concat!(columns!(), "
        from tokens t cross join users u left join tenants n on n.id = t.tenant_id
        where t.user_id = $1 and t.kind = 'personal' and u.id = t.user_id
        order by t.number desc limit $2");
    NEXT_NUMBER = "update counters set value = value + 1 where name = 'token' returning value";
    INSERT = "insert into tokens (id, number, tenant_id, kind, name, user_id, created_by, audience, scope, permissions,
            allowed_from, prefix, token_hash, token_sealed, expires_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)";
    RENAME = "update tokens set name = $2, version = version + 1, updated_at = $3 where id = $1 and version = $4";
    SET_DISABLED = "update tokens set disabled_at = $2, version = version + 1, updated_at = $3 where id = $1";
    ROTATE = "update tokens set token_hash = $2, token_sealed = $3, version = version + 1, updated_at = $4 where id = $1";
    SEALED = "select token_sealed from tokens where id = $1";
    DELETE = "delete from tokens where id = $1";
    END_ACCESS = "delete from tokens where user_id = $1 and kind in ('access', 'refresh')
        and (cast($2 as uuid) is null or id <> $2)";
    END_PERSONAL = "delete from tokens where user_id = $1 and kind in ('personal', 'access', 'refresh')";
}

/// A token that somebody looks after.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Token {
    /// UUIDv7.
    pub id: TokenId,
    /// Rising integer, never given twice (contract 004, rule 7).
    pub number: i64,
    /// What it is for.
    #[sqlx(try_from = "String")]
    pub kind: TokenKind,
    /// What people call it.
    pub name: String,
    /// The tenant that it is bound to, if one.
    pub tenant_id: Option<TenantId>,
    /// Its name.
    pub tenant_name: Option<String>,
    /// Whom it acts for.
    pub user_id: UserId,
    /// Their display name.
    pub user_name: String,
    /// Their login.
    pub login: String,
    /// Whether they are locked out, and it with them.
    pub owner_disabled: bool,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// Their login, while they are there.
    pub maker: Option<String>,
    /// What an account token is for.
    pub audience: String,
    /// What an account token says that it may.
    pub scope: String,
    permissions: String,
    /// The networks that it is taken from; empty for everywhere.
    pub allowed_from: String,
    /// When it was locked out.
    pub disabled_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// From where.
    pub last_used_from: Option<String>,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
}

impl Token {
    /// What it may do at most.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        PermissionSet::from_patterns(self.permissions.split(' '))
    }

    /// What there is to look at for whoever answers for it; `used` is what it was used for lately.
    #[must_use]
    pub fn life(&self, used: PermissionSet) -> Life {
        let life = Life::of((self.created_at, self.last_used_at, self.expires_at), self.disabled_at);
        Life { owner_disabled: self.owner_disabled, unused: self.permissions().minus(used), ..life }
    }

    /// What the audit log keeps of it.
    #[must_use]
    pub fn state(&self) -> serde_json::Value {
        serde_json::json!({
            "name": self.name,
            "kind": self.kind.label(),
            "for": self.user_name,
            "tenant": self.tenant_name,
            "audience": self.audience,
            "scopes": self.scope,
            // Without bounds it is all that its owner may, which is no news.
            "permissions": (self.permissions != "*.*").then_some(&self.permissions),
            "allowed from": self.allowed_from,
            "until": self.expires_at.map(exact),
        })
    }
}

/// What is kept of a token's value.
#[derive(Debug)]
pub struct Value<'a> {
    /// Its hash.
    pub hash: &'a [u8],
    /// The value, sealed, of an account token.
    pub sealed: Option<&'a [u8]>,
}

/// The newest personal tokens of somebody, at most so many.
pub async fn personal(conn: &mut Conn, user: UserId, limit: i64) -> Result<Vec<Token>> {
    Ok(on!(conn, |c| query_as(PERSONAL).bind(user).bind(limit).fetch_all(c).await?))
}

/// The token with this id; of one tenant, or of any.
pub async fn find(tenant: Option<TenantId>, conn: &mut Conn, id: TokenId) -> Result<Option<Token>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).bind(tenant).fetch_optional(c).await?))
}

/// One page of tokens of these kinds after a number, and one more; of one tenant, or of all.
pub async fn page(tenant: Option<TenantId>, conn: &mut Conn, after: i64, kinds: [TokenKind; 2]) -> Result<Vec<Token>> {
    let [one, other] = kinds.map(TokenKind::word);
    Ok(on!(conn, |c| query_as(LIST).bind(after).bind(tenant).bind(one).bind(other).bind(PAGE + 1).fetch_all(c).await?))
}

/// Inserts a token under the next number.
pub async fn insert(stamp: Stamp, tx: &mut Tx, id: TokenId, new: &NewToken, value: &Value<'_>) -> Result<()> {
    let number: i64 = on!(tx, |c| query_scalar(NEXT_NUMBER).fetch_one(c).await?);
    on!(tx, |c| sqlx::query(INSERT)
        .bind(id)
        .bind(number)
        .bind(new.tenant)
        .bind(new.kind.word())
        .bind(&new.name)
        .bind(new.user)
        .bind(stamp.by)
        .bind(&new.audience)
        .bind(&new.scope)
        .bind(new.bounds.permissions.join(" "))
        .bind(new.bounds.allowed_from.text())
        .bind(new.kind.prefix())
        .bind(value.hash)
        .bind(value.sealed)
        .bind(new.bounds.expires_at)
        .bind(stamp.at)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Gives a token another name, if its version is still `seen`; `false` if it isn't.
pub async fn rename(tx: &mut Tx, id: TokenId, name: &str, seen: i64, now: Timestamp) -> Result<bool> {
    let rows =
        on!(tx, |c| sqlx::query(RENAME).bind(id).bind(name).bind(now).bind(seen).execute(c).await?.rows_affected());
    Ok(rows == 1)
}

/// Locks a token out, or lets it in.
pub async fn set_disabled(tx: &mut Tx, id: TokenId, at: Option<Timestamp>, now: Timestamp) -> Result<()> {
    on!(tx, |c| sqlx::query(SET_DISABLED).bind(id).bind(at).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Gives a token another value.
pub async fn rotate(tx: &mut Tx, id: TokenId, value: &Value<'_>, now: Timestamp) -> Result<()> {
    let (hash, sealed) = (value.hash, value.sealed);
    on!(tx, |c| sqlx::query(ROTATE).bind(id).bind(hash).bind(sealed).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// The sealed value of an account token.
pub async fn sealed(conn: &mut Conn, id: TokenId) -> Result<Option<Vec<u8>>> {
    Ok(on!(conn, |c| query_scalar::<_, Option<Vec<u8>>>(SEALED).bind(id).fetch_optional(c).await?).flatten())
}

/// Removes a token.
pub async fn delete(tx: &mut Tx, id: TokenId) -> Result<()> {
    on!(tx, |c| sqlx::query(DELETE).bind(id).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends what dies with a user's password.
pub async fn end_personal(tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| sqlx::query(END_PERSONAL).bind(user).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends the access and refresh tokens of a user, but for one.
pub async fn end_access(tx: &mut Tx, user: UserId, kept: Option<TokenId>) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(END_ACCESS).bind(user).bind(kept).execute(c).await?.rows_affected()))
}
