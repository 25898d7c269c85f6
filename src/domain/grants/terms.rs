//! Changing how long access lasts.

use serde::{Deserialize, Serialize};

use super::{
    alone,
    guards::{affected, require_lasts, require_not_above_caller},
    input::GrantUpdate,
    queries::{HolderOf, holder, require, state},
    store::{self, Grant},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::administrators,
        action::Action,
        affected::Affected,
        change::{Change, Target},
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
    },
    model::{error::FieldErrors, id::GrantId, timestamp::Timestamp},
};

/// Changes how long a grant lasts; refuses if somebody else changed it since.
#[derive(Clone, Debug)]
pub struct ChangeAccess {
    /// Which.
    pub grant: GrantId,
    /// To what.
    pub update: GrantUpdate,
}

impl Command for ChangeAccess {
    const ACTION: Action = Action::Renew;
    type Done = Target;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let grant = require(ctx, conn, self.grant).await?;
        affected(ctx, conn, &grant).await
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Target>> {
        let update = &self.update;
        let grant = require(ctx, tx, self.grant).await?;
        if grant.valid_from.zip(update.until).is_some_and(|(from, until)| until <= from) {
            return Err(FieldErrors::one("until", "choose a time after it begins").into());
        }
        let until = match (grant.expires_at, update.until) {
            // A form shows an end to the minute: what comes back the same is no earlier end.
            (Some(end), Some(shown)) if shown == to_the_minute(end) => Some(end),
            (_, until) => until,
        };
        let same = (until, &update.reason, update.version) == (grant.expires_at, &grant.reason, grant.version);
        if same {
            return Ok(Applied::unchanged(holder(ctx, tx, &grant).await?.target));
        }
        let reason = update.reason.clone();
        let terms = SetTerms { grant: grant.id, version: update.version, from: grant.valid_from, until, reason };
        terms.apply(ctx, tx).await
    }
}

const fn to_the_minute(at: Timestamp) -> Timestamp {
    const MINUTE: i64 = 60_000;
    Timestamp(at.0.div_euclid(MINUTE) * MINUTE)
}

/// Sets when a grant begins and ends, and why.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetTerms {
    /// Which.
    pub grant: GrantId,
    /// The version that somebody looked at.
    pub version: i64,
    /// When it begins.
    pub from: Option<Timestamp>,
    /// When it ends.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

impl Command for SetTerms {
    const ACTION: Action = Action::Renew;
    type Done = Target;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let grant = require(ctx, conn, self.grant).await?;
        affected(ctx, conn, &grant).await
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Target>> {
        let before = require(ctx, tx, self.grant).await?;
        if before.version != self.version {
            return Err(Error::Stale);
        }
        let HolderOf { target, log_of } = holder(ctx, tx, &before).await?;
        require_not_above_caller(ctx, tx, &before).await?;
        let watch = administrators::watch(ctx, tx).await?;
        let after =
            Grant { valid_from: self.from, expires_at: self.until, reason: self.reason.clone(), ..before.clone() };
        if after.last_moment() > before.last_moment() {
            require_lasts(ctx, tx, &after).await?;
            alone::require(ctx, tx, &after).await?;
        }
        if !store::set_terms(tx, &after, self.version).await? {
            return Err(Error::Stale);
        }
        watch.check(ctx, tx).await?;
        let change = changed(ctx, tx, (&before, &after), target.clone()).await?;
        Ok(Applied::changed(target, change.of(log_of)))
    }
}

async fn changed(ctx: &Ctx, tx: &mut Tx, (before, after): (&Grant, &Grant), target: Target) -> Result<Change> {
    let (old, mut new) = (state(ctx, tx, before).await?, state(ctx, tx, after).await?);
    // Which grant it was must be said, though it didn't change.
    if let Some(map) = new.as_object_mut() {
        let access = old.get("role").filter(|role| !role.is_null()).or(old.get("permission"));
        map.insert("access".into(), access.cloned().unwrap_or_default());
    }
    let back = SetTerms {
        grant: before.id,
        version: before.version + 1,
        from: before.valid_from,
        until: before.expires_at,
        reason: before.reason.clone(),
    };
    Ok(Change::new(Action::Renew, target).before(old).after(new).undo(&back))
}

impl UndoCommand for SetTerms {
    const KIND: &'static str = "set-terms";

    fn subject(&self) -> String {
        self.grant.to_string()
    }
}
