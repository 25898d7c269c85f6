//! Following a link: whether it still opens something, and what it opens.

use serde_json::json;

use super::{Issued, Link, claim, count_miss, find, void_links};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::{self, effective::EffectivePermissions},
        action::Action,
        audit,
        change::{Change, Target},
        ctx::Ctx,
        error::{Error, Refused, Result},
        outbox::{letter::Letter, telling},
        refusals::{self, kind::RefusalKind},
        sessions,
        tenants::memberships::{self, store::Membership},
        throttle, tokens, turn,
        users::{self, former_passwords, store::User},
    },
    model::{id::TenantId, permission::Permission, tenant::MembershipStatus, user::UserStatus},
};

/// What whoever follows a link that works has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Choose a password.
    Password,
    /// Say that they come into the tenant of this name.
    Coming(String),
}

/// What a link would still open; `None` if nothing. Its page asks this before it shows its form; it changes nothing.
pub async fn opened(ctx: &Ctx, link: &Link) -> Result<Option<Asks>> {
    let Some(issued) = guessed(ctx, link).await? else {
        return Ok(None);
    };
    let mut conn = ctx.read().await?;
    let user = users::queries::require(ctx, &mut conn, issued.user).await?;
    asks(ctx, &mut conn, &user, &issued).await
}

/// Whether a code would still work.
pub async fn is_alive(ctx: &Ctx, link: &Link) -> Result<bool> {
    Ok(opened(ctx, link).await?.is_some())
}

/// What a code that is not used up opens; one that opens nothing is noted.
async fn asks(ctx: &Ctx, conn: &mut Conn, user: &User, issued: &Issued) -> Result<Option<Asks>> {
    let is_open = user.status != UserStatus::Disabled && is_still_covered(ctx, conn, issued).await?;
    let asks = match (is_open, issued.tenant) {
        (false, _) => None,
        (true, None) => Some(Asks::Password),
        (true, Some(tenant)) => {
            let membership = memberships::store::find(conn, user.id, tenant).await?;
            membership.and_then(|membership| for_tenant(user, membership))
        }
    };
    if asks.is_none() {
        refusals::note(ctx, RefusalKind::DeadLink, Some(&user.login));
    }
    Ok(asks)
}

/// Whoever has a password isn't asked for another; a link with which nothing is left to do leads nowhere.
fn for_tenant(user: &User, membership: Membership) -> Option<Asks> {
    match (user.status, membership.status) {
        (_, MembershipStatus::Inactive) => None,
        (UserStatus::Pending, _) => Some(Asks::Password),
        (_, MembershipStatus::Pending) => Some(Asks::Coming(membership.tenant_name)),
        (_, MembershipStatus::Active) => None,
    }
}

/// Looks a code up for somebody who may be guessing; only wrong ones count.
pub async fn guessed(ctx: &Ctx, link: &Link) -> Result<Option<Issued>> {
    counting_wrong(ctx, link, async { find(&mut *ctx.read().await?, link, ctx.now()).await }).await
}

/// Looks up what a link is about, wherever that is kept; only links that are about nothing count.
pub async fn counting_wrong<T>(
    ctx: &Ctx,
    link: &Link,
    looking: impl Future<Output = Result<Option<T>>>,
) -> Result<Option<T>> {
    let attempt = throttle::of_link(ctx, link.user).await?;
    let found = looking.await?;
    match found {
        Some(_) => attempt.was_none(ctx).await?,
        None => {
            refusals::note(ctx, RefusalKind::DeadLink, None);
            missed(ctx, link).await?;
        }
    }
    Ok(found)
}

/// Counts a wrong try, and makes it an event of whose link it was said to be. Nobody learns whether there were any codes, or
/// such a person: where there isn't, the same is written, and taken back.
async fn missed(ctx: &Ctx, link: &Link) -> Result<()> {
    let Some(user) = link.user else { return Ok(()) };
    let mut tx = ctx.begin().await?;
    count_miss(ctx, &mut tx, (user, link.purpose)).await?;
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

/// Sets a password by a code, ends every session and personal token of the user, and doesn't sign them in.
pub async fn redeem_reset(ctx: &Ctx, link: &Link, password: &str) -> Result<()> {
    redeem(ctx, link, Some(password)).await
}

/// Does what a link is for: sets a password where one is asked for, and opens the membership that it belongs to.
pub async fn redeem(ctx: &Ctx, link: &Link, password: Option<&str>) -> Result<()> {
    let issued = guessed(ctx, link).await?.ok_or(Refused::DeadLink)?;
    let mut conn = ctx.read().await?;
    let user = users::queries::require(ctx, &mut conn, issued.user).await?;
    let password = match asks(ctx, &mut conn, &user, &issued).await?.ok_or(Refused::DeadLink)? {
        Asks::Password => {
            Some(users::policy::parse(&mut conn, (&user, ctx.now()), password.unwrap_or_default()).await?)
        }
        Asks::Coming(_) => None,
    };
    // Not held while hashing.
    drop(conn);
    let hash = match password {
        Some(password) => Some(former_passwords::hash_new(ctx, user.id, password).await?),
        None => None,
    };
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let issued = claim(&ctx, &mut tx, link).await?;
    let user = users::queries::require(&ctx, &mut tx, issued.user).await?;
    match (asks(&ctx, &mut tx, &user, &issued).await?, &hash) {
        (Some(Asks::Password), Some(hash)) => set_password(&ctx, &mut tx, &user, hash).await?,
        (Some(Asks::Coming(_)), None) => {}
        // Dead, or in between they were given a password or lost it.
        _ => return Err(Refused::DeadLink.into()),
    }
    // Whoever has the link has the mail.
    users::store::verify(ctx.now(), &mut tx, user.id).await?;
    if let Some(tenant) = issued.tenant {
        come_in(&ctx, &mut tx, (&user, tenant)).await?;
    }
    Ok(tx.commit().await?)
}

async fn set_password(ctx: &Ctx, tx: &mut Tx, user: &User, hash: &str) -> Result<()> {
    former_passwords::replace(ctx.now(), tx, user.id, hash).await?;
    void_links(ctx, tx, user.id).await?;
    let ended = sessions::store::end_all(tx, user.id).await?;
    tokens::store::end_personal(tx, user.id).await?;
    telling::tell(ctx, tx, user.id, Letter::PasswordChanged).await?;
    let change = Change::new(Action::SetPassword, user.target()).after(json!({"sessions ended": ended}));
    audit::record::record(ctx, tx, change.by(user.id, &user.display_name)).await?;
    Ok(())
}

/// Opens a membership that waits.
async fn come_in(ctx: &Ctx, tx: &mut Tx, (user, tenant): (&User, TenantId)) -> Result<()> {
    let membership = memberships::store::find(tx, user.id, tenant).await?.ok_or(Refused::DeadLink)?;
    let before = membership.status;
    if before != MembershipStatus::Pending {
        return Ok(());
    }
    if !memberships::store::set_status(tx, membership.id, MembershipStatus::Active, membership.version).await? {
        return Err(Error::Stale);
    }
    let change = Change::new(Action::UpdateMembership, Target::tenant(tenant, &membership.tenant_name))
        .of(Some(tenant))
        .about(user.id)
        .before(json!({ "status": before }))
        .after(json!({ "member": user.display_name, "status": MembershipStatus::Active }));
    audit::record::record(ctx, tx, change.by(user.id, &user.display_name)).await?;
    Ok(())
}

/// Whether whoever made the link still may make links, and do all that its user may. It opens the account to them, and
/// either may have changed since.
async fn is_still_covered(ctx: &Ctx, conn: &mut Conn, issued: &Issued) -> Result<bool> {
    let Some(maker) = issued.maker.filter(|maker| *maker != issued.user) else {
        return Ok(true);
    };
    let held = match users::queries::require(ctx, conn, maker).await {
        Ok(maker) if maker.status != UserStatus::Disabled => access::load::effective(conn, maker.id, ctx.now()).await?,
        Ok(_) | Err(Error::NotFound(_)) => EffectivePermissions::default(),
        Err(other) => return Err(other),
    };
    let may = held.anywhere().contains(Permission::UsersPasswordReset);
    Ok(may && held.covers(&access::load::potential(conn, issued.user, ctx.now()).await?))
}
