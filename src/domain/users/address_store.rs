//! The SQL of changes of addresses. Codes are kept as hashes.

use sqlx::{query, query_as};
use uuid::Uuid;

use crate::{
    db::{Conn, Result, Tx, on, statements},
    model::{
        id::UserId,
        timestamp::{SKEW, Timestamp},
    },
};

statements! {
    INSERT = "insert into address_changes (id, user_id, former, wanted, confirm_hash, stop_hash, back_hash, created_at, stop_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FORGET_ASKED = "update address_changes set confirm_hash = null where user_id = $1 and confirm_hash is not null";
    TO_CONFIRM = "select id, user_id, former, wanted from address_changes
        where user_id = $1 and confirm_hash = $2 and ended_at is null and created_at > $3 and created_at <= $4";
    TO_STOP = "select id, user_id, former, wanted from address_changes
        where user_id = $1 and (stop_hash = $2 or back_hash = $2) and ended_at is null and stop_until > $3 and created_at <= $4";
    /// The first change away from an address.
    AWAY_FROM = "select id, user_id, former, wanted from address_changes
        where user_id = $1 and former = $2 and ended_at is null order by id limit 1";
    /// Of two at once, one makes it.
    MAKE = "update address_changes set confirm_hash = null, back_hash = $2, stop_until = $3
        where id = $1 and confirm_hash is not null and ended_at is null";
    /// This one and what came after it: whoever had the address first has the last word.
    END = "update address_changes set ended_at = $3, confirm_hash = null where user_id = $1 and id >= $2 and ended_at is null";
    SWEEP = "delete from address_changes where id in (
        select id from address_changes where stop_until <= $1 order by stop_until limit $2)";
}

/// A change that was asked for, or made.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AddressChange {
    /// Its id.
    pub id: Uuid,
    /// Whose address it is.
    pub user_id: UserId,
    /// The address before.
    pub former: String,
    /// The address after.
    pub wanted: String,
}

/// One that is about to be kept.
#[derive(Debug)]
pub struct NewChange<'a> {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub user: UserId,
    /// From which address to which.
    pub addresses: (&'a str, &'a str),
    /// What confirms it, where it isn't made yet.
    pub confirm: Option<Vec<u8>>,
    /// What stops it before it is made.
    pub stop: Option<Vec<u8>>,
    /// What takes it back.
    pub back: Option<Vec<u8>>,
    /// When it is asked for.
    pub now: Timestamp,
    /// Until when it can be stopped.
    pub stop_until: Timestamp,
}

/// What somebody asked for can't be confirmed any more.
pub async fn forget_asked(tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| query(FORGET_ASKED).bind(user).execute(c).await?.rows_affected());
    Ok(())
}

/// Keeps a change. One that was asked for before can't be confirmed any more.
pub async fn insert(tx: &mut Tx, new: &NewChange<'_>) -> Result<()> {
    forget_asked(tx, new.user).await?;
    on!(tx, |c| query(INSERT)
        .bind(new.id)
        .bind(new.user)
        .bind(new.addresses.0)
        .bind(new.addresses.1)
        .bind(&new.confirm)
        .bind(&new.stop)
        .bind(&new.back)
        .bind(new.now)
        .bind(new.stop_until)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// The change that a code confirms, if it was asked for after `since`.
pub async fn to_confirm(
    conn: &mut Conn,
    (user, hash): (Option<UserId>, &[u8]),
    (since, now): (Timestamp, Timestamp),
) -> Result<Option<AddressChange>> {
    let latest = now.plus_seconds(SKEW);
    Ok(on!(conn, |c| query_as(TO_CONFIRM).bind(user).bind(hash).bind(since).bind(latest).fetch_optional(c).await?))
}

/// The change that a code stops or takes back.
pub async fn to_stop(
    conn: &mut Conn,
    (user, hash): (Option<UserId>, &[u8]),
    now: Timestamp,
) -> Result<Option<AddressChange>> {
    let latest = now.plus_seconds(SKEW);
    Ok(on!(conn, |c| query_as(TO_STOP).bind(user).bind(hash).bind(now).bind(latest).fetch_optional(c).await?))
}

/// The first change of somebody away from an address, that can still be taken back.
pub async fn away_from(conn: &mut Conn, user: UserId, former: &str) -> Result<Option<AddressChange>> {
    Ok(on!(conn, |c| query_as(AWAY_FROM).bind(user).bind(former).fetch_optional(c).await?))
}

/// Notes that a change was made, with what takes it back until then; `false` if it was made or stopped meanwhile.
pub async fn make(tx: &mut Tx, id: Uuid, (back, until): (&[u8], Timestamp)) -> Result<bool> {
    Ok(on!(tx, |c| query(MAKE).bind(id).bind(back).bind(until).execute(c).await?.rows_affected()) == 1)
}

/// Ends a change, and those after it; `false` if it was ended before.
pub async fn end(tx: &mut Tx, change: &AddressChange, now: Timestamp) -> Result<bool> {
    Ok(on!(tx, |c| query(END).bind(change.user_id).bind(change.id).bind(now).execute(c).await?.rows_affected()) > 0)
}

/// Forgets at most so many that can't be stopped any more.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<()> {
    on!(tx, |c| query(SWEEP).bind(now).bind(limit).execute(c).await?.rows_affected());
    Ok(())
}
