//! Changing how long a grant lasts, and taking it.

use super::{
    draft::{Holder, Renewal},
    read::{Held, find, holder, require, state},
    store::{self, Grant},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        ctx::Ctx,
        engine::{
            self, Holdings, administrators,
            what_if::{Affected, Effect, People, what_if},
        },
        error::{Error, Refused, Result},
        events::{self, Change, Target},
        undo::Inverse,
        verb::Verb,
    },
    model::{error::FieldErrors, id::GrantId, permission::PermissionSet, timestamp::Timestamp},
};

/// When a grant begins and ends, and why.
#[derive(Clone, Debug)]
pub struct Window {
    /// When it begins.
    pub from: Option<Timestamp>,
    /// When it ends.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// Changes how long a grant lasts; refuses if somebody else changed it since.
pub async fn renew(ctx: &Ctx, id: GrantId, renewal: &Renewal) -> Result<Target> {
    ctx.require(Verb::Renew)?;
    let mut tx = ctx.begin().await?;
    let target = renew_in(ctx, &mut tx, id, renewal).await?;
    tx.commit().await?;
    Ok(target)
}

/// What [`renew`] would do now. What it does later, when the end comes, is in the grant itself.
pub async fn what_if_renewed(ctx: &Ctx, id: GrantId, renewal: &Renewal) -> Result<Effect> {
    ctx.require(Verb::Renew)?;
    let dry = ctx.rehearsing();
    let (grant, _) = find(ctx, id).await?;
    let about = about(ctx, &grant).await?;
    what_if(&dry, &about, async |tx| renew_in(&dry, tx, id, renewal).await.map(drop)).await
}

async fn renew_in(ctx: &Ctx, tx: &mut Tx, id: GrantId, renewal: &Renewal) -> Result<Target> {
    let grant = require(ctx, tx, id).await?;
    if grant.valid_from.zip(renewal.until).is_some_and(|(from, until)| until <= from) {
        return Err(FieldErrors::one("until", "choose a time after it begins").into());
    }
    let until = match (grant.expires_at, renewal.until) {
        // A form shows an end to the minute: what comes back the same is no earlier end.
        (Some(end), Some(shown)) if shown == to_the_minute(end) => Some(end),
        (_, until) => until,
    };
    let same = (until, &renewal.reason, renewal.version) == (grant.expires_at, &grant.reason, grant.version);
    if same {
        return Ok(holder(ctx, tx, &grant).await?.target);
    }
    let to = Window { from: grant.valid_from, until, reason: renewal.reason.clone() };
    set_terms_in(ctx, tx, (id, renewal.version), to).await
}

const fn to_the_minute(at: Timestamp) -> Timestamp {
    const MINUTE: i64 = 60_000;
    Timestamp(at.0.div_euclid(MINUTE) * MINUTE)
}

/// Sets when a grant begins and ends, within a larger change.
pub async fn set_terms_in(ctx: &Ctx, tx: &mut Tx, (id, version): (GrantId, i64), to: Window) -> Result<Target> {
    ctx.require(Verb::Renew)?;
    let before = require(ctx, tx, id).await?;
    if before.version != version {
        return Err(Error::Stale);
    }
    let Held { target, log_of } = holder(ctx, tx, &before).await?;
    require_covers_grant(ctx, tx, &before).await?;
    let watch = administrators::watch(ctx, tx).await?;
    let after = Grant { valid_from: to.from, expires_at: to.until, reason: to.reason, ..before.clone() };
    if after.last_moment() > before.last_moment() {
        require_lasts(ctx, tx, &after).await?;
    }
    if !store::set_terms(tx, &after, version).await? {
        return Err(Error::Stale);
    }
    watch.check(ctx, tx).await?;
    let inverse = Inverse::SetTerms {
        grant: id,
        version: version + 1,
        from: before.valid_from,
        until: before.expires_at,
        reason: before.reason.clone(),
    };
    let change = Change::new(Verb::Renew, target.clone()).of(log_of).inverse(inverse);
    let (old, mut new) = (state(ctx, tx, &before).await?, state(ctx, tx, &after).await?);
    // Which grant it was must be said, though it didn't change.
    if let Some(map) = new.as_object_mut() {
        map.insert(
            "access".into(),
            old.get("role").filter(|role| !role.is_null()).or(old.get("permission")).cloned().unwrap_or_default(),
        );
    }
    events::record(ctx, tx, change.before(old).after(new)).await?;
    Ok(target)
}

/// Takes a grant back; refuses if somebody else changed it since `version`.
pub async fn take(ctx: &Ctx, id: GrantId, version: i64) -> Result<Target> {
    ctx.require(Verb::Take)?;
    let mut tx = ctx.begin().await?;
    let target = take_in(ctx, &mut tx, id, version).await?;
    tx.commit().await?;
    Ok(target)
}

/// What [`take`] would do.
pub async fn what_if_taken(ctx: &Ctx, id: GrantId) -> Result<Effect> {
    ctx.require(Verb::Take)?;
    let dry = ctx.rehearsing();
    let grant = require(ctx, &mut ctx.read().await?, id).await?;
    let about = about(ctx, &grant).await?;
    what_if(&dry, &about, async |tx| take_in(&dry, tx, id, grant.version).await.map(drop)).await
}

/// [`take`] within a larger change.
pub async fn take_in(ctx: &Ctx, tx: &mut Tx, id: GrantId, version: i64) -> Result<Target> {
    ctx.require(Verb::Take)?;
    let grant = require(ctx, tx, id).await?;
    if version != grant.version {
        return Err(Error::Stale);
    }
    let Held { target, log_of } = holder(ctx, tx, &grant).await?;
    require_covers_grant(ctx, tx, &grant).await?;
    let watch = administrators::watch(ctx, tx).await?;
    let state = state(ctx, tx, &grant).await?;
    store::delete(tx, id).await?;
    watch.check(ctx, tx).await?;
    let change = Change::new(Verb::Take, target.clone()).of(log_of).before(state);
    events::record(ctx, tx, change.inverse(Inverse::Give { grant: Box::new(grant) })).await?;
    Ok(target)
}

/// Nobody gives, changes or takes more than they hold themselves.
pub async fn require_covers_grant(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    ctx.require_covers(&given(ctx, conn, grant).await?)
}

/// What a grant gives while it counts.
async fn given(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<Holdings> {
    let gives = match grant.what() {
        Some(what) => store::gives(ctx, conn, &what).await?,
        None => PermissionSet::default(),
    };
    Ok(Holdings::of(grant.scope(), gives))
}

/// Nobody gives for longer than they hold it themselves: an hour of a role would else be enough to keep it.
pub async fn require_lasts(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    let Some(caller) = ctx.user_id() else {
        return Ok(());
    };
    let given = given(ctx, conn, grant).await?;
    let held = engine::person(conn, caller).await?.holdings(grant.last_moment());
    match held.covers(&given) {
        true => Ok(()),
        false => Err(Refused::LongerThanYourself.into()),
    }
}

/// Whom a change of a grant touches, and what it gives.
pub async fn about(ctx: &Ctx, grant: &Grant) -> Result<Affected> {
    let people = match grant.holder().ok_or(Error::NotFound("grant"))? {
        Holder::User(user) => People::Users(vec![user]),
        Holder::Group(group) => People::Group(group),
    };
    let gives = match given(ctx, &mut ctx.read().await?, grant).await {
        // A role that isn't there is for the change itself to refuse.
        Err(Error::NotFound(_)) => PermissionSet::default(),
        gives => gives?.anywhere(),
    };
    Ok(Affected::by(people, gives))
}
