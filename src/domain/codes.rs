//! One-time links. A code is bound to its user and purpose, hashed, single use, expiring, and voided by a newer one.

use serde_json::json;
use sqlx::{query, query_as};

use super::{
    access::{self, effective::EffectivePermissions},
    action::Action,
    audit,
    change::{Change, Target},
    command::{Applied, Command},
    ctx::Ctx,
    error::{Error, Refused, Result},
    outbox::{enqueue::enqueue, letter::Letter},
    refusals::{self, kind::RefusalKind},
    secrets::{new_token, token_hash},
    sessions, throttle, tokens, turn,
    users::{self, store::User},
};
use crate::{
    db::{Conn, Tx, on, statements},
    model::{
        id::{MessageId, UserId},
        permission::Permission,
        timestamp::{SKEW, Timestamp},
        user::{UserKind, UserStatus},
        words::words,
    },
};

statements! {
    VOID = "update codes set used_at = $3 where user_id = $1 and purpose = $2 and used_at is null";
    VOID_ALL = "update codes set used_at = $2 where user_id = $1 and used_at is null";
    INSERT = "insert into codes (id, user_id, purpose, code_hash, created_at, expires_at, made_by)
        values ($1, $2, $3, $4, $5, $6, $7)";
    FIND = "select user_id, made_by from codes where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
        and created_at <= $4 and user_id = $5";
    CLAIM = "update codes set used_at = $3
        where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3 and created_at <= $4 and user_id = $5
        returning user_id, made_by";
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
        /// Sets the first password.
        Activation = "activation",
    }
}

impl Purpose {
    /// How long its code works, in seconds (contract 000, rule 10).
    #[must_use]
    pub const fn lifetime(self) -> i64 {
        match self {
            Self::VerifyEmail => 24 * 60 * 60,
            Self::PasswordReset => RESET_LIFETIME,
            Self::Activation => 7 * 24 * 60 * 60,
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
        let code = make(ctx, tx, Purpose::PasswordReset, (user.id, ctx.user_id())).await?;
        let change = Change::new(Self::ACTION, user.target());
        Ok(Applied::changed((user, code), change))
    }
}

/// Makes a code in place of those before it. Whoever is told it may open the account, so `maker` must be whoever that is,
/// unless it goes to the user alone.
pub async fn make(ctx: &Ctx, tx: &mut Tx, purpose: Purpose, (user, maker): (UserId, Option<UserId>)) -> Result<String> {
    let (code, now) = (new_token(), ctx.now());
    on!(tx, |c| query(VOID).bind(user).bind(purpose.word()).bind(now).execute(c).await?.rows_affected());
    on!(tx, |c| query(INSERT)
        .bind(ctx.id())
        .bind(user)
        .bind(purpose.word())
        .bind(token_hash(&code))
        .bind(now)
        .bind(now.plus_seconds(purpose.lifetime()))
        .bind(maker)
        .execute(c)
        .await?
        .rows_affected());
    Ok(code)
}

/// Writes a message with a link to set a new password, which nobody but its recipient is told.
pub async fn send_reset(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<MessageId> {
    send(ctx, tx, Purpose::PasswordReset, user).await
}

/// Writes a message with a link whose code nobody but its recipient is told.
pub async fn send(ctx: &Ctx, tx: &mut Tx, purpose: Purpose, user: UserId) -> Result<MessageId> {
    let to = users::store::recipient(tx, user).await?.ok_or(Refused::Disabled)?;
    let code = Some(make(ctx, tx, purpose, (user, None)).await?);
    let letter = match purpose {
        Purpose::VerifyEmail => Letter::VerifyEmail { user, code },
        Purpose::PasswordReset => Letter::PasswordReset { user, code },
        Purpose::Activation => Letter::Activation { user, code },
    };
    enqueue(ctx, tx, &to, (letter, Some(ctx.now().plus_seconds(purpose.lifetime())))).await
}

/// Writes the same letter anew, with a new code; `None` for one that has none.
pub async fn send_again(ctx: &Ctx, tx: &mut Tx, letter: &Letter) -> Result<Option<MessageId>> {
    let (purpose, user) = match letter {
        Letter::VerifyEmail { user, .. } => (Purpose::VerifyEmail, *user),
        Letter::PasswordReset { user, .. } => (Purpose::PasswordReset, *user),
        Letter::Activation { user, .. } => (Purpose::Activation, *user),
        _ => return Ok(None),
    };
    send(ctx, tx, purpose, user).await.map(Some)
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

/// The rule that forbids the caller to make a link for a user, if one does: pages offer what will work.
pub async fn why_no_link(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<Option<Refused>> {
    ctx.require(MakePasswordLink::ACTION)?;
    match require_useful(ctx, conn, user).await {
        Err(Error::Refused(refused)) => Ok(Some(refused)),
        other => other.map(|()| None),
    }
}

/// Voids every code of a user: it was sent to an address, or for an account, that is not theirs any more.
pub async fn void_all(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| query(VOID_ALL).bind(user).bind(ctx.now()).execute(c).await?.rows_affected());
    Ok(())
}

/// Voids the links to set a password that were made or sent for a user: they have another password now.
pub async fn void_links(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<()> {
    for purpose in [Purpose::PasswordReset, Purpose::Activation] {
        on!(tx, |c| query(VOID).bind(user).bind(purpose.word()).bind(ctx.now()).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// What a link says: whose it is, so that wrong tries belong to somebody, and its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    purpose: Purpose,
    user: Option<UserId>,
    code: String,
}

impl Link {
    /// Reads what an address says. One without a user leads nowhere.
    #[must_use]
    pub fn read(purpose: Purpose, user: &str, code: &str) -> Self {
        Self { purpose, user: user.parse().ok(), code: code.to_owned() }
    }

    /// To set this user's password.
    #[must_use]
    pub fn to(user: UserId, code: &str) -> Self {
        Self { purpose: Purpose::PasswordReset, user: Some(user), code: code.to_owned() }
    }
}

/// Whether a code would still work. The link's page asks this before it shows its form; it changes nothing.
pub async fn is_alive(ctx: &Ctx, link: &Link) -> Result<bool> {
    let Some(issued) = guessed(ctx, link).await? else {
        return Ok(false);
    };
    let mut conn = ctx.read().await?;
    let user = users::queries::require(ctx, &mut conn, issued.0).await?;
    opens(ctx, &mut conn, &user, issued.1).await
}

/// Whether a code that is not used up opens its user's account; one that doesn't is noted.
async fn opens(ctx: &Ctx, conn: &mut Conn, user: &User, maker: Option<UserId>) -> Result<bool> {
    let opens = user.status != UserStatus::Disabled && is_still_covered(ctx, conn, (user.id, maker)).await?;
    if !opens {
        refusals::note(ctx, RefusalKind::DeadLink, Some(&user.login));
    }
    Ok(opens)
}

/// Looks a code up for somebody who may be guessing; only wrong ones count.
pub async fn guessed(ctx: &Ctx, link: &Link) -> Result<Option<Issued>> {
    let attempt = throttle::of_link(ctx, link.user).await?;
    let found = find(&mut *ctx.read().await?, link, ctx.now()).await?;
    match found {
        Some(_) => attempt.was_none(ctx).await?,
        None => {
            refusals::note(ctx, RefusalKind::DeadLink, None);
            missed(ctx, link).await?;
        }
    }
    Ok(found)
}

/// Counts a wrong try against the codes of whose link it was said to be, and makes it an event of theirs. Nobody learns
/// whether there were any codes, or such a person: where there isn't, the same is written, and taken back.
async fn missed(ctx: &Ctx, link: &Link) -> Result<()> {
    let Some(user) = link.user else { return Ok(()) };
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    on!(tx, |c| query(MISSED)
        .bind(user)
        .bind(link.purpose.word())
        .bind(now)
        .bind(TRIES)
        .execute(c)
        .await?
        .rows_affected());
    let found = users::store::find(None, &mut tx, user).await?;
    let target = found.as_ref().map_or_else(Target::sign_in, User::target);
    tx.savepoint().await?;
    audit::record::record(ctx, &mut tx, Change::new(Action::RefuseCode, target)).await?;
    match found {
        // One statement in either case.
        Some(_) => tx.savepoint().await?,
        None => tx.rollback_to_savepoint().await?,
    }
    Ok(tx.commit().await?)
}

/// Whose code it is, and who made it, where that was a user.
pub type Issued = (UserId, Option<UserId>);

async fn find(conn: &mut Conn, link: &Link, now: Timestamp) -> Result<Option<Issued>> {
    let hash = token_hash(&link.code);
    Ok(on!(conn, |c| query_as(FIND)
        .bind(hash)
        .bind(link.purpose.word())
        .bind(now)
        .bind(now.plus_seconds(SKEW))
        .bind(link.user)
        .fetch_optional(c)
        .await?))
}

/// Sets a password by a code, ends every session and personal token of the user, and doesn't sign them in.
pub async fn redeem_reset(ctx: &Ctx, link: &Link, password: &str) -> Result<()> {
    let (id, _) = guessed(ctx, link).await?.ok_or(Refused::DeadLink)?;
    let mut conn = ctx.read().await?;
    let user = users::queries::require(ctx, &mut conn, id).await?;
    let password = users::policy::parse(&mut conn, &user, password).await?;
    // Not held while hashing.
    drop(conn);
    let hash = ctx.hasher().await.hash(password).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let ctx = &ctx;
    let maker = claim(ctx, &mut tx, link).await?;
    let user = users::queries::require(ctx, &mut tx, id).await?;
    if !opens(ctx, &mut tx, &user, maker).await? {
        return Err(Refused::DeadLink.into());
    }
    users::store::store_password(ctx.now(), &mut tx, id, &hash).await?;
    // Whoever has the link has the mail.
    users::store::verify(ctx.now(), &mut tx, id).await?;
    void_links(ctx, &mut tx, id).await?;
    let ended = sessions::store::end_all(&mut tx, id).await?;
    tokens::store::end_personal(&mut tx, id).await?;
    if let Some(to) = users::store::recipient(&mut tx, id).await? {
        enqueue(ctx, &mut tx, &to, (Letter::PasswordChanged, None)).await?;
    }
    let change = Change::new(Action::SetPassword, user.target()).after(json!({"sessions ended": ended}));
    audit::record::record(ctx, &mut tx, change.by(user.id, &user.display_name)).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether whoever made the link still may make links, and do all that its user may. It opens the account to them, and
/// either may have changed since.
async fn is_still_covered(ctx: &Ctx, conn: &mut Conn, (user, maker): Issued) -> Result<bool> {
    let Some(maker) = maker.filter(|maker| *maker != user) else {
        return Ok(true);
    };
    let held = match users::queries::require(ctx, conn, maker).await {
        Ok(maker) if maker.status != UserStatus::Disabled => access::load::effective(conn, maker.id, ctx.now()).await?,
        Ok(_) | Err(Error::NotFound(_)) => EffectivePermissions::default(),
        Err(other) => return Err(other),
    };
    let may = held.anywhere().contains(Permission::UsersPasswordReset);
    Ok(may && held.covers(&access::load::potential(conn, user, ctx.now()).await?))
}

/// Uses a code up; of two at once, one gets it. Says who made it, where that was a user.
pub async fn claim(ctx: &Ctx, tx: &mut Tx, link: &Link) -> Result<Option<UserId>> {
    let hash = token_hash(&link.code);
    let now = ctx.now();
    let claimed: Option<Issued> = on!(tx, |c| query_as(CLAIM)
        .bind(hash)
        .bind(link.purpose.word())
        .bind(now)
        .bind(now.plus_seconds(SKEW))
        .bind(link.user)
        .fetch_optional(c)
        .await?);
    let (_, maker) = claimed.ok_or(Refused::DeadLink)?;
    Ok(maker)
}
