//! The chain: each row carries a keyed hash over itself and the hash of the row before it, so that a row that
//! was changed, removed, moved or put in by somebody without the key file is found.
//!
//! Where the log ends is kept apart, under a seal of its own from the first start on, so that cutting rows off the end
//! is found too, also after more was written. Somebody who can write to the database can put the whole of an older one
//! back, seal and all; only a copy kept elsewhere finds that.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{query_as, query_scalar};

use super::event::Event;
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{ctx::Ctx, error::Result, names::fold::folded, secrets::SecretKey},
    model::{id::EventId, timestamp::Timestamp},
};

statements! {
    END = "select c.seq, c.mac as seal, coalesce(e.mac, $1) as last
        from event_chain c left join events e on e.seq = c.seq where c.id = 1";
    /// The last row there is, where nothing says which should be.
    LAST = "select seq, coalesce(mac, $1) as mac from events where seq is not null order by seq desc limit 1";
    MOVE_END = "insert into event_chain (id, seq, mac) values (1, $1, $2)
        on conflict (id) do update set seq = excluded.seq, mac = excluded.mac";
    INSERT = "insert into events (id, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name,
            tenant_id, before, after, address, request_id, undo_data, undoes, member_id, seq, mac, undo_kind, undo_version,
            undo_subject, format, actor_key, target_key)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25)";
    FROM = "select id, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, tenant_id,
            before, after, address, request_id, undo_data, undo_kind, undo_version, undo_subject, undoes, member_id, seq,
            format, coalesce(mac, $3) as mac
        from events where seq > $1 order by seq limit $2";
    /// A row that the chain doesn't know: put in from outside, without a place or after the end.
    OUTSIDE = "select id from events where seq is null or seq > (select seq from event_chain where id = 1) limit 1";
}

const BATCH: i64 = 1000;

/// What a check of the whole log found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// When.
    pub at: Timestamp,
    /// Rows that are as they were written, from the first on.
    pub whole: i64,
    /// The first row that is not, with what is wrong.
    pub broken: Option<Broken>,
}

/// The first broken row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// The place in the chain where it breaks.
    pub seq: i64,
    /// The row found there; `None` if rows are missing at the end.
    pub event: Option<EventId>,
    /// What is wrong, as a sentence's middle.
    pub why: String,
}

/// Where the log ends.
#[derive(sqlx::FromRow)]
struct End {
    seq: i64,
    seal: Vec<u8>,
    /// The hash of the row there; empty before the first, and where it was taken away.
    last: Vec<u8>,
}

impl End {
    /// Where somebody took it away, it is after the last row there is, without a seal: nothing vouches for that.
    async fn read(conn: &mut Conn) -> Result<Self> {
        let none = Vec::<u8>::new();
        let end: Option<Self> = on!(conn, |c| query_as(END).bind(&none).fetch_optional(c).await?);
        if let Some(end) = end {
            return Ok(end);
        }
        let last: Option<(i64, Vec<u8>)> = on!(conn, |c| query_as(LAST).bind(&none).fetch_optional(c).await?);
        let (seq, last) = last.unwrap_or_default();
        Ok(Self { seq, seal: none, last })
    }

    /// Whether it is where this key put it, and `last` is the hash that was there.
    fn is_after(&self, key: &SecretKey, last: &[u8]) -> bool {
        self.seal == seal(key, self.seq, last)
    }

    /// What is wrong with it where it isn't.
    fn why(&self) -> &'static str {
        match self.seal.is_empty() {
            true => "the mark of where the log ends was taken away, perhaps with rows before it",
            false => "the end of the log was replaced",
        }
    }
}

fn seal(key: &SecretKey, seq: i64, last: &[u8]) -> Vec<u8> {
    key.chain_mac("audit-end", &[&seq.to_be_bytes(), last].concat()).to_vec()
}

/// Seals the empty log of a new database.
pub async fn begin(tx: &mut Tx, key: &SecretKey) -> Result<()> {
    move_end(tx, 0, &seal(key, 0, &[])).await
}

async fn move_end(tx: &mut Tx, seq: i64, seal: &[u8]) -> Result<()> {
    on!(tx, |c| sqlx::query(MOVE_END).bind(seq).bind(seal).execute(c).await?.rows_affected());
    Ok(())
}

/// Writes an event at the end of the chain. An end that somebody moved keeps its broken seal, and one that was taken
/// away comes back without any: writing on must not cover that up, and nobody may be locked out by it. Answers its place.
pub async fn append(ctx: &Ctx, tx: &mut Tx, mut event: Event) -> Result<i64> {
    let key = &ctx.services.key;
    let end = End::read(tx).await?;
    event.seq = end.seq + 1;
    event.mac = mac(key, &end.last, &event);
    insert(tx, &event).await?;
    match end.is_after(key, &end.last) {
        true => move_end(tx, event.seq, &seal(key, event.seq, &event.mac)).await?,
        false => move_end(tx, event.seq, &end.seal).await?,
    }
    Ok(event.seq)
}

async fn insert(tx: &mut Tx, event: &Event) -> Result<()> {
    on!(tx, |c| sqlx::query(INSERT)
        .bind(event.id)
        .bind(event.at)
        .bind(&event.actor_kind)
        .bind(event.actor_id)
        .bind(&event.actor_name)
        .bind(&event.action)
        .bind(&event.target_kind)
        .bind(&event.target_id)
        .bind(&event.target_name)
        .bind(event.tenant_id)
        .bind(&event.before)
        .bind(&event.after)
        .bind(&event.address)
        .bind(&event.request_id)
        .bind(&event.undo_data)
        .bind(event.undoes)
        .bind(&event.member_id)
        .bind(event.seq)
        .bind(&event.mac)
        .bind(&event.undo_kind)
        .bind(event.undo_version)
        .bind(&event.undo_subject)
        .bind(event.format)
        .bind(folded(&event.actor_name))
        .bind(folded(&event.target_name))
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// How rows are hashed that are written now.
pub const FORMAT: i64 = 2;

fn mac(key: &SecretKey, previous: &[u8], event: &Event) -> Vec<u8> {
    match event.format {
        FORMAT => mac_of_parts(key, previous, event),
        _ => mac_of_row(key, previous, event),
    }
}

/// A digest of each part of a row, after the hash before it. So a part can be erased, and its digest kept in its place.
/// The digests are keyed: those of a name or a number would else be found by trying.
fn mac_of_parts(key: &SecretKey, previous: &[u8], event: &Event) -> Vec<u8> {
    let digest = |name: &str, part: serde_json::Value| key.chain_mac("audit-part", format!("{name} {part}").as_bytes());
    let parts = [
        digest("actor", json!([event.actor_kind, event.actor_id, event.actor_name])),
        digest("verb", json!(event.action)),
        digest("target", json!([event.target_kind, event.target_id, event.target_name])),
        digest("tenant", json!(event.tenant_id)),
        digest("before", json!(event.before)),
        digest("after", json!(event.after)),
        digest("undo", json!([event.undo_kind, event.undo_version, event.undo_data])),
        digest("undoes", json!(event.undoes)),
        digest("member", json!(event.member_id)),
        digest("address", json!(event.address)),
        digest("request", json!(event.request_id)),
    ];
    let row = (previous, event.seq, event.id, event.at, FORMAT);
    let row = serde_json::to_vec(&row).unwrap_or_default();
    key.chain_mac("audit-chain", &[row, parts.concat()].concat()).to_vec()
}

/// Everything that a row says, after the hash before it, as rows were hashed first. JSON keeps neighbouring fields apart.
fn mac_of_row(key: &SecretKey, previous: &[u8], event: &Event) -> Vec<u8> {
    let who = (&event.actor_kind, event.actor_id, &event.actor_name);
    let what = (&event.action, &event.target_kind, &event.target_id, &event.target_name, event.tenant_id);
    let change = (&event.before, &event.after, &event.undo_data, event.undoes);
    let from = (&event.address, &event.request_id);
    let row = (previous, event.seq, event.id, event.at, who, what, change, from);
    let text = match &event.member_id {
        // As rows are that were written before they had members.
        None => serde_json::to_vec(&row),
        Some(member) => serde_json::to_vec(&(row, member)),
    };
    key.chain_mac("audit-chain", &text.unwrap_or_default()).to_vec()
}

/// A way through the whole log, a batch at a time. Writes go on meanwhile: what is written after it began is left to the
/// next.
pub struct Walk {
    end: End,
    seq: i64,
    previous: Vec<u8>,
    after: i64,
}

impl Walk {
    /// Stands before the first row.
    pub async fn begin(ctx: &Ctx) -> Result<Self> {
        let end = End::read(&mut *ctx.read().await?).await?;
        // Before every real place: a row whose place was taken from it must be seen.
        Ok(Self { end, seq: 0, previous: Vec::new(), after: i64::MIN })
    }

    /// Rows that were seen, of how many.
    pub const fn seen(&self) -> (i64, i64) {
        (self.seq, self.end.seq)
    }

    /// Goes on by a batch; what was found, once it has come to the end or to the first row that isn't as it was written.
    /// A connection is taken for each batch: a long log must not keep one from those who wait for a page.
    pub async fn step(&mut self, ctx: &Ctx) -> Result<Option<Checked>> {
        let mut conn = ctx.read().await?;
        let found =
            if self.seq < self.end.seq { self.rows(ctx, &mut conn).await? } else { self.rest(ctx, &mut conn).await? };
        Ok(found.map(|found| match found {
            Ok(whole) => Checked { at: ctx.now(), whole, broken: None },
            Err(broken) => Checked { at: ctx.now(), whole: broken.seq - 1, broken: Some(broken) },
        }))
    }

    async fn rows(&mut self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Found>> {
        let (after, none) = (self.after, Vec::<u8>::new());
        let rows: Vec<Event> = on!(conn, |c| query_as(FROM).bind(after).bind(BATCH).bind(&none).fetch_all(c).await?);
        let Some(last) = rows.last() else {
            return Ok(Some(Err(missing(self.seq + 1))));
        };
        self.after = last.seq;
        for row in rows.iter().take_while(|row| row.seq <= self.end.seq) {
            if let Some(broken) = fault(&ctx.services.key, (self.seq, &self.previous), row) {
                return Ok(Some(Err(broken)));
            }
            self.seq = row.seq;
            self.previous.clone_from(&row.mac);
        }
        Ok(None)
    }

    /// What no row shows: whether the end is where it was put, and whether rows stand beside the chain.
    async fn rest(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Found>> {
        let seq = self.seq + 1;
        if !self.end.is_after(&ctx.services.key, &self.previous) {
            return Ok(Some(Err(Broken { seq, event: None, why: self.end.why().into() })));
        }
        // One statement, so that what is written meanwhile is either not seen or known to the chain.
        let outside: Option<EventId> = on!(conn, |c| query_scalar(OUTSIDE).fetch_optional(c).await?);
        let broken = |event| Broken { seq, event: Some(event), why: "a row was put in outside the chain".into() };
        Ok(Some(outside.map_or(Ok(self.seq), |event| Err(broken(event)))))
    }
}

/// How many rows are whole, or the first that isn't.
type Found = std::result::Result<i64, Broken>;

fn missing(seq: i64) -> Broken {
    Broken { seq, event: None, why: "rows are missing at the end".into() }
}

fn fault(key: &SecretKey, (seq, previous): (i64, &[u8]), row: &Event) -> Option<Broken> {
    let why = if row.seq <= seq {
        "a row was put in here"
    } else if row.seq > seq + 1 {
        "rows are missing before this one"
    } else if row.mac != mac(key, previous, row) {
        "this row was changed, moved or put in"
    } else {
        return None;
    };
    Some(Broken { seq: seq + 1, event: Some(row.id), why: why.into() })
}
