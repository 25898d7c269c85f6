//! When sessions, tokens, client credentials and key pairs were last used, from where, and for which permissions on which
//! day: noted in memory and written once a minute, because a request must not wait for a writer to say that it came.

pub mod memory;

use std::collections::HashMap;

use sqlx::{QueryBuilder, query};
use uuid::Uuid;

use self::memory::{Use, UsedBy};
use super::{attention::IDLE_DAYS, ctx::Ctx, error::Result};
use crate::{
    db::{Tx, on, push_list, statements},
    model::{
        permission::{Permission, PermissionSet},
        timestamp::Timestamp,
    },
};

statements! {
    OF_TOKEN = "update tokens set last_used_at = $2, last_used_from = coalesce($3, last_used_from)
        where id = $1 and coalesce(last_used_at, 0) < $2";
    OF_CLIENT = "update clients set last_used_at = $2, last_used_from = coalesce($3, last_used_from)
        where id = $1 and coalesce(last_used_at, 0) < $2";
    OF_KEY_PAIR = "update key_pairs set last_used_at = $2, last_used_from = coalesce($3, last_used_from)
        where id = $1 and coalesce(last_used_at, 0) < $2";
    OF_SESSION = "update sessions set last_seen_at = $2, address = coalesce($3, address) where id = $1 and last_seen_at < $2";
    FOR_PERMISSION = "insert into permission_uses (credential_id, permission, day) values ($1, $2, $3) on conflict do nothing";
    SWEEP = "delete from permission_uses where day < $1";
}

/// So many are written in one transaction: it must not hold the database for long.
const BATCH: usize = 500;
/// For so many days it is known what a credential was used for.
const KEPT_DAYS: i64 = 100;
const MILLISECONDS_A_DAY: i64 = 86_400_000;

/// Writes down what was used since the last time. What can't be written is kept for the next.
pub async fn write(ctx: &Ctx) -> Result<()> {
    let mut left = ctx.services.uses.take();
    while !left.is_empty() {
        let rest = left.split_off(left.len().min(BATCH));
        if let Err(error) = write_batch(ctx, &left).await {
            left.extend(rest);
            ctx.services.uses.put_back(left);
            return Err(error);
        }
        left = rest;
    }
    Ok(())
}

async fn write_batch(ctx: &Ctx, uses: &[(UsedBy, Use)]) -> Result<()> {
    let mut tx = ctx.begin_unlocked().await?;
    for (by, used) in uses {
        write_one(&mut tx, *by, used).await?;
    }
    Ok(tx.commit().await?)
}

async fn write_one(tx: &mut Tx, by: UsedBy, used: &Use) -> Result<()> {
    let (statement, id) = match by {
        UsedBy::Token(id) => (OF_TOKEN, id.0),
        UsedBy::Client(id) => (OF_CLIENT, id.0),
        UsedBy::KeyPair(id) => (OF_KEY_PAIR, id.0),
        UsedBy::Session(id) => (OF_SESSION, id.0),
    };
    let from = used.from.map(|from| from.to_string());
    on!(tx, |c| query(statement).bind(id).bind(used.at).bind(from).execute(c).await?.rows_affected());
    for permission in used.permissions.iter() {
        let name = permission.name();
        on!(tx, |c| query(FOR_PERMISSION).bind(id).bind(name).bind(day(used.at)).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// What credentials were used for lately.
#[derive(Debug, Default)]
pub struct UsedLately(HashMap<Uuid, PermissionSet>);

impl UsedLately {
    /// What the one with this id was used for.
    #[must_use]
    pub fn of(&self, id: Uuid) -> PermissionSet {
        self.0.get(&id).copied().unwrap_or_default()
    }
}

/// What each of these credentials, which the caller sees, was used for lately.
pub async fn used_lately(ctx: &Ctx, ids: impl IntoIterator<Item = Uuid>) -> Result<UsedLately> {
    let (ids, since): (Vec<Uuid>, i64) = (ids.into_iter().collect(), day(ctx.now()) - IDLE_DAYS);
    let mut used = UsedLately::default();
    if ids.is_empty() {
        return Ok(used);
    }
    let conn = &mut *ctx.read().await?;
    let rows: Vec<(Uuid, String)> = on!(conn, |c| {
        let mut builder =
            QueryBuilder::new("select distinct credential_id, permission from permission_uses where day >= ");
        builder.push_bind(since);
        push_list!(builder, " and credential_id in (", ids.iter().copied(), ")");
        builder.build_query_as().fetch_all(c).await?
    });
    for (id, name) in rows {
        if let Some(permission) = Permission::parse(&name) {
            let set = used.0.entry(id).or_default();
            *set = set.union(PermissionSet::of(permission));
        }
    }
    Ok(used)
}

/// Forgets old days.
pub async fn sweep(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    on!(tx, |c| query(SWEEP).bind(day(ctx.now()) - KEPT_DAYS).execute(c).await?.rows_affected());
    Ok(())
}

const fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(MILLISECONDS_A_DAY)
}
