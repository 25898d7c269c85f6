//! The SQL of who is calling: by the secret of client credentials, and by a token.

use sqlx::{query_as, query_scalar};

use crate::{
    db::{Conn, Result, on, statements},
    domain::access::patterns::patterns,
    model::{
        client::ClientRole,
        id::{ClientId, ClientSecretId, TenantId, TokenId, UserId},
        timestamp::{SKEW, Timestamp},
        token::TokenKind,
    },
};

/// What a token stands for, and a row for each place in which its owner may do something: one look, because every request
/// asks. Joined with its owner, so that disabling them takes effect on the next request; one of a tenant works as long as
/// its owner is an active member there. What a clock made that was ahead isn't believed ($3).
macro_rules! carried {
    ($found:literal) => {
        concat!(
            "select t.id, t.kind, t.name, t.tenant_id, t.permissions, t.scope, t.created_at, t.expires_at, t.user_id,
            coalesce(u.display_name, '') as user_name, coalesce(u.login, '') as email, t.client_id,
            coalesce(c.name, '') as client_name, c.role, coalesce(c.allowed_from, t.allowed_from) as allowed_from,
            t.kind = 'access' and coalesce(u.password_temporary, false) as must_change,
            t.kind in ('access', 'personal') and coalesce(u.kind, '') = 'human' and u.email_verified_at is null as is_unverified,
            coalesce(u.ip_allowlist, '[]') as ip_allowlist, cast(null as uuid) as place, '' as patterns
        from tokens t left join users u on u.id = t.user_id left join clients c on c.id = t.client_id
        where ",
            $found,
            " and t.disabled_at is null and (t.expires_at is null or t.expires_at > $2) and t.created_at <= $3
            and case when t.client_id is not null
                then c.disabled_at is null and (c.expires_at is null or c.expires_at > $2)
                else u.disabled_at is null and (t.tenant_id is null or exists (select 1 from memberships m
                    where m.user_id = t.user_id and m.tenant_id = t.tenant_id and m.status = 'active')) end
        union all
        select cast(null as uuid), '', '', cast(null as uuid), '', '', 0, cast(null as bigint), cast(null as uuid),
            '', '', cast(null as uuid), '', cast(null as text), '', false, false, '[]', e.tenant_id, ",
            patterns!(),
            "
        from effective_grants e where e.user_id = (select t.user_id from tokens t where ",
            $found,
            ")
            and e.begins <= $2 and e.ends > $2 group by e.tenant_id"
        )
    };
}

statements! {
    BY_HASH = carried!("t.token_hash = $1");
    BY_ID = carried!("t.id = $1");
    /// Credentials whose secret it is, unless they are locked out or over.
    BY_SECRET = "select c.id, c.tenant_id, c.name, c.role, c.allowed_from, s.id as secret
        from clients c join client_secrets s on s.client_id = c.id
        where c.id = $1 and s.secret_hash = $2 and c.disabled_at is null and (c.expires_at is null or c.expires_at > $3)";
    WORKS = "select count(*) from client_secrets s join clients c on c.id = s.client_id
        where s.id = $1 and c.disabled_at is null and (c.expires_at is null or c.expires_at > $2)";
}

/// Credentials that proved themselves.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Proved {
    /// Which.
    pub id: ClientId,
    /// The tenant that they belong to.
    pub tenant_id: TenantId,
    /// What people call them.
    pub name: String,
    /// What they may be used for.
    #[sqlx(try_from = "String")]
    pub role: ClientRole,
    /// The networks that they are taken from.
    pub allowed_from: String,
    /// By which secret.
    pub secret: ClientSecretId,
}

/// A row of what a token stands for: the token, or what its owner may do in one place.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CarriedRow {
    /// The token; `None` in a row that says what its owner may do.
    pub id: Option<TokenId>,
    /// What it is for; empty without the token.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// The tenant that it is bound to.
    pub tenant_id: Option<TenantId>,
    /// Patterns of what it may do at most.
    pub permissions: String,
    /// What it says that it may be used for.
    pub scope: String,
    /// Since when it works.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whom it acts for, unless a program.
    pub user_id: Option<UserId>,
    /// Their display name.
    pub user_name: String,
    /// Their address.
    pub email: String,
    /// The credentials that it was given to, unless it is somebody's.
    pub client_id: Option<ClientId>,
    /// What people call them.
    pub client_name: String,
    /// What they may be used for.
    pub role: Option<String>,
    /// The networks that it is taken from.
    pub allowed_from: String,
    /// Whether its owner signed in with a temporary password, and must change that first.
    pub must_change: bool,
    /// Whether its owner has yet to confirm their address.
    pub is_unverified: bool,
    /// From where their person is let in.
    pub ip_allowlist: String,
    /// Where the owner may do what the patterns say; `None` for everywhere.
    pub place: Option<TenantId>,
    /// What they may do there.
    pub patterns: String,
}

/// How a token is found.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// By the hash of its value.
    Hash(&'a [u8]),
    /// By its id.
    Id(TokenId),
}

/// What a token stands for at `now`; no row with an id where it doesn't work.
pub async fn carried(conn: &mut Conn, by: By<'_>, now: Timestamp) -> Result<Vec<CarriedRow>> {
    let latest = now.plus_seconds(SKEW);
    Ok(match by {
        By::Hash(hash) => on!(conn, |c| query_as(BY_HASH).bind(hash).bind(now).bind(latest).fetch_all(c).await?),
        By::Id(id) => on!(conn, |c| query_as(BY_ID).bind(id).bind(now).bind(latest).fetch_all(c).await?),
    })
}

/// The credentials with this id whose secret has this hash, unless they are locked out.
pub async fn by_secret(conn: &mut Conn, client: ClientId, hash: &[u8], now: Timestamp) -> Result<Option<Proved>> {
    Ok(on!(conn, |c| query_as(BY_SECRET).bind(client).bind(hash).bind(now).fetch_optional(c).await?))
}

/// Whether a secret still works.
pub async fn works(conn: &mut Conn, secret: ClientSecretId, now: Timestamp) -> Result<bool> {
    let count: i64 = on!(conn, |c| query_scalar(WORKS).bind(secret).bind(now).fetch_one(c).await?);
    Ok(count > 0)
}

impl CarriedRow {
    /// What kind of token it is, if it is one.
    #[must_use]
    pub fn token_kind(&self) -> Option<TokenKind> {
        TokenKind::parse(&self.kind)
    }
}
