//! One-time links. A code is bound to its user and purpose, hashed, single use, expiring, and voided by a newer one.

pub mod mailing;
pub mod redeeming;
pub mod sending;

use sqlx::{query, query_as};

use super::{
    action::Action,
    change::Change,
    command::{Applied, Command},
    ctx::Ctx,
    error::{Error, Refused, Result},
    secrets::{new_token, token_hash},
    users::{self, store::User},
};
use crate::{
    db::{Conn, Tx, on, statements},
    model::{
        id::{TenantId, UserId},
        timestamp::{SKEW, Timestamp},
        user::{UserKind, UserStatus},
        words::words,
    },
};

statements! {
    VOID = "update codes set used_at = $3
        where user_id = $1 and purpose = $2 and tenant_id is not distinct from $4 and used_at is null";
    /// Those that set a password, but for what opens a membership that still waits.
    VOID_LINKS = "update codes set used_at = $2
        where user_id = $1 and purpose in ('password_reset', 'activation') and used_at is null and not exists (
            select 1 from memberships m where m.user_id = $1 and m.tenant_id = codes.tenant_id and m.status = 'pending')";
    VOID_ALL = "update codes set used_at = $2 where user_id = $1 and used_at is null";
    INSERT = "insert into codes (id, user_id, purpose, code_hash, created_at, expires_at, made_by, tenant_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND = "select user_id, made_by, tenant_id from codes where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
        and created_at <= $4 and user_id = $5";
    CLAIM = "update codes set used_at = $3
        where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3 and created_at <= $4 and user_id = $5
        returning user_id, made_by, tenant_id";
    /// A wrong try at the codes of somebody; the last of $4 voids them.
    MISSED = "update codes set attempts = attempts + 1, used_at = case when attempts + 1 >= $4 then $3 else used_at end
        where user_id = $1 and purpose = $2 and used_at is null";
}

words! {
    /// What a link in a mail is for.
    Purpose {
        /// Confirms an address.
        VerifyEmail = "verify_email",
        /// Sets a new password.
        PasswordReset = "password_reset",
        /// Sets the first password, and opens a membership that waits for it.
        Activation = "activation",
        /// Confirms the address that somebody wants to sign in with. Kept with that change, like the next.
        ChangeAddress = "change_address",
        /// Stops such a change, or takes it back.
        StopAddressChange = "stop_address_change",
    }
}

impl Purpose {
    /// How long its code works, in seconds (contract 000, rule 10).
    #[must_use]
    pub const fn lifetime(self) -> i64 {
        match self {
            Self::VerifyEmail | Self::ChangeAddress => 24 * 60 * 60,
            Self::PasswordReset => RESET_LIFETIME,
            Self::Activation | Self::StopAddressChange => 7 * 24 * 60 * 60,
        }
    }
}

/// Wrong tries after which a code is void.
pub const TRIES: i64 = 5;
/// How long a set-password link lives, in seconds.
pub const RESET_LIFETIME: i64 = 60 * 60;

/// Makes a set-password link's code for a user; older ones stop working. Answers the code, which is kept nowhere.
#[derive(Clone, Copy, Debug)]
pub struct MakePasswordLink {
    /// For whom.
    pub user: UserId,
}

impl Command for MakePasswordLink {
    const ACTION: Action = Action::MakePasswordLink;
    type Done = (User, String);

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<(User, String)>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        require_useful(ctx, tx, &user).await?;
        let code = make(ctx, tx, Purpose::PasswordReset, Issued::to(user.id).by(ctx.user_id())).await?;
        let change = Change::new(Self::ACTION, user.target());
        Ok(Applied::changed((user, code), change))
    }
}

/// Makes a code in place of those before it. Whoever is told it may open the account, so its maker must be whoever that is,
/// unless it goes to the user alone.
pub async fn make(ctx: &Ctx, tx: &mut Tx, purpose: Purpose, issued: Issued) -> Result<String> {
    let (code, now) = (new_token(), ctx.now());
    let Issued { user, maker, tenant } = issued;
    on!(tx, |c| query(VOID).bind(user).bind(purpose.word()).bind(now).bind(tenant).execute(c).await?.rows_affected());
    on!(tx, |c| query(INSERT)
        .bind(ctx.id())
        .bind(user)
        .bind(purpose.word())
        .bind(token_hash(&code))
        .bind(now)
        .bind(now.plus_seconds(purpose.lifetime()))
        .bind(maker)
        .bind(tenant)
        .execute(c)
        .await?
        .rows_affected());
    Ok(code)
}

/// Refuses to make a link that could not be used.
async fn require_useful(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<()> {
    users::guards::require_not_above_caller(ctx, conn, user.id).await?;
    match (user.kind, user.status) {
        (UserKind::ServiceAccount, _) => Err(Refused::ServiceAccount.into()),
        (_, UserStatus::Disabled) => Err(Refused::Disabled.into()),
        _ => Ok(()),
    }
}

/// The rule that forbids the caller to make a link for a user, if one does: pages offer what will work. To look at it needs no
/// fresh proof of who is looking, as making one does.
pub async fn why_no_link(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<Option<Refused>> {
    ctx.require(Action::SendResetLink)?;
    match require_useful(ctx, conn, user).await {
        Err(Error::Refused(refused)) => Ok(Some(refused)),
        other => other.map(|()| None),
    }
}

/// Voids every code of a user: it was sent to an address, or for an account, that is not theirs any more. What stops a change of
/// their address, or takes it back, stays.
pub async fn void_all(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| query(VOID_ALL).bind(user).bind(ctx.now()).execute(c).await?.rows_affected());
    users::address_store::forget_asked(tx, user).await?;
    Ok(())
}

/// Voids the links to set a password that were made or sent for a user: they have another password now. Whoever asked for
/// another address may have been whoever knew the one before.
pub async fn void_links(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| query(VOID_LINKS).bind(user).bind(ctx.now()).execute(c).await?.rows_affected());
    users::address_store::forget_asked(tx, user).await?;
    Ok(())
}

/// What a link says: whose it is, so that wrong tries belong to somebody, and its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// Whose it is said to be.
    pub user: Option<UserId>,
    code: String,
}

impl Link {
    /// Reads what an address says. One without a user leads nowhere.
    #[must_use]
    pub fn read(purpose: Purpose, user: &str, code: &str) -> Self {
        Self { purpose, user: user.parse().ok(), code: code.to_owned() }
    }

    /// What is kept of its code.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        token_hash(&self.code)
    }

    /// To set this user's password.
    #[must_use]
    pub fn to(user: UserId, code: &str) -> Self {
        Self { purpose: Purpose::PasswordReset, user: Some(user), code: code.to_owned() }
    }
}

/// Whose code it is.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Issued {
    /// Whose account it opens.
    #[sqlx(rename = "user_id")]
    pub user: UserId,
    /// Who made it, where that was a user.
    #[sqlx(rename = "made_by")]
    pub maker: Option<UserId>,
    /// The tenant that it lets its user into.
    #[sqlx(rename = "tenant_id")]
    pub tenant: Option<TenantId>,
}

impl Issued {
    /// To a user alone.
    #[must_use]
    pub const fn to(user: UserId) -> Self {
        Self { user, maker: None, tenant: None }
    }

    /// The same, told to whoever made it.
    #[must_use]
    pub const fn by(self, maker: Option<UserId>) -> Self {
        Self { maker, ..self }
    }

    /// The same, for a tenant.
    #[must_use]
    pub const fn into(self, tenant: TenantId) -> Self {
        Self { tenant: Some(tenant), ..self }
    }
}

/// Whose code a link has, if it is not used up.
pub async fn find(conn: &mut Conn, link: &Link, now: Timestamp) -> Result<Option<Issued>> {
    let hash = link.hash();
    Ok(on!(conn, |c| query_as(FIND)
        .bind(hash)
        .bind(link.purpose.word())
        .bind(now)
        .bind(now.plus_seconds(SKEW))
        .bind(link.user)
        .fetch_optional(c)
        .await?))
}

/// Uses a code up; of two at once, one gets it. Says whose it was.
pub async fn claim(ctx: &Ctx, tx: &mut Tx, link: &Link) -> Result<Issued> {
    let hash = link.hash();
    let now = ctx.now();
    let claimed: Option<Issued> = on!(tx, |c| query_as(CLAIM)
        .bind(hash)
        .bind(link.purpose.word())
        .bind(now)
        .bind(now.plus_seconds(SKEW))
        .bind(link.user)
        .fetch_optional(c)
        .await?);
    Ok(claimed.ok_or(Refused::DeadLink)?)
}

/// Counts a wrong try against the codes of whose link it was said to be.
pub async fn count_miss(ctx: &Ctx, tx: &mut Tx, (user, purpose): (UserId, Purpose)) -> Result<()> {
    on!(tx, |c| query(MISSED)
        .bind(user)
        .bind(purpose.word())
        .bind(ctx.now())
        .bind(TRIES)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}
