//! Limits on tries, kept in the database: they survive a restart and hold over several nodes. Decision 0011 says why
//! they are as they are.
//!
//! A try is counted before the work it buys, so that a parallel flood gains nothing, and given back where it turns out
//! right: what counts are failures.

pub mod kind;
pub mod known;
pub mod lane;

use std::net::IpAddr;

use sqlx::{query, query_as};

use super::{
    calling::Caller,
    ctx::Ctx,
    error::{Error, Result},
    refusals::{self, kind::RefusalKind},
};
use crate::{
    db::{Conn, Tx, on, statements},
    model::{
        id::UserId,
        timestamp::{SKEW, Timestamp},
    },
};

use self::{kind::LaneKind, lane::Lane};

statements! {
    /// The lanes as they are, for whoever has to wait anyway. Where there are fewer than three, one is named again.
    READ = "select lane, tries, counted_at, blocked_until from throttles where subject in ($1, $2, $3)";
    /// Makes the lane's row if there is none, and holds it until the transaction ends.
    OPEN = "insert into throttles (subject, account, lane, tries, counted_at, blocked_until, forgotten_at)
        values ($1, $2, $3, 0, $4, 0, $4) on conflict (subject) do update set lane = excluded.lane
        returning tries, counted_at, blocked_until";
    SAVE = "update throttles set tries = $2, counted_at = $3, blocked_until = $4, forgotten_at = $5 where subject = $1";
    FORGET = "delete from throttles where subject = $1";
    UNLOCK = "delete from throttles where account = $1";
    LOCKS = "select lane, max(blocked_until) as until from throttles
        where account = $1 and blocked_until > $2 and blocked_until <= $3 group by lane order by lane";
    SWEEP = "delete from throttles where subject in (
        select subject from throttles where forgotten_at <= $1 order by forgotten_at limit $2)";
}

/// What one try is counted for.
#[derive(Debug)]
struct Subject {
    kind: LaneKind,
    key: Vec<u8>,
    account: Option<Vec<u8>>,
}

/// A try that was counted and may be given back.
#[must_use = "a try that turns out right is given back"]
#[derive(Debug)]
pub struct Try(Vec<(Subject, Lane)>);

/// Counts a sign-in to `login`: by the browser alone where it signed in there before, so that strangers can't keep
/// somebody out; else by account and network, by account, and by network.
pub async fn sign_in(ctx: &Ctx, login: &str, device: Option<&str>) -> Result<Try> {
    count(ctx, of_sign_in(ctx, login, device), Some(login)).await
}

/// Counts an old password that somebody typed who is signed in: apart from sign-ins, so that no stranger keeps them from
/// changing it.
pub async fn old_password(ctx: &Ctx, login: &str) -> Result<Try> {
    count(ctx, vec![of_account(ctx, LaneKind::OldPassword, (login, ""))], Some(login)).await
}

/// Counts a code of the second step. A known browser has a lane of its own here, too; nobody else gets this far who doesn't
/// know the password.
pub async fn second_factor(ctx: &Ctx, login: &str, device: Option<&str>) -> Result<Try> {
    let subject = of_account(ctx, LaneKind::SecondFactor, (login, device.unwrap_or_default()));
    count(ctx, vec![subject], Some(login)).await
}

/// Counts a code that is sent to somebody whose password was right.
pub async fn code_mail(ctx: &Ctx, login: &str, device: Option<&str>) -> Result<Try> {
    let subject = of_account(ctx, LaneKind::CodeMail, (login, device.unwrap_or_default()));
    count(ctx, vec![subject], Some(login)).await
}

/// Refuses a try at the secret of client credentials where earlier ones have to be waited for. Nothing is counted before
/// it failed: nobody guesses a secret of 256 bits, and programs ask all the time.
pub async fn require_open(ctx: &Ctx, client: &str) -> Result<()> {
    match blocked(ctx, &of_sign_in(ctx, client, None)).await? {
        0 => Ok(()),
        wait => Err(too_many(ctx, Some(client), wait)),
    }
}

fn of_sign_in(ctx: &Ctx, login: &str, device: Option<&str>) -> Vec<Subject> {
    let account = |kind, by: &str| of_account(ctx, kind, (login, by));
    match device {
        Some(device) => vec![account(LaneKind::KnownBrowser, device)],
        None => {
            let mut all = vec![account(LaneKind::Account, "")];
            all.push(account(LaneKind::AccountFromNetwork, &network(ctx).unwrap_or_default()));
            all.extend(by_network(ctx, LaneKind::Network));
            all
        }
    }
}

fn of_account(ctx: &Ctx, kind: LaneKind, (login, by): (&str, &str)) -> Subject {
    Subject { kind, key: key(ctx, kind, &format!("{login}\0{by}")), account: Some(account(ctx, login)) }
}

/// Counts a try from the caller's network.
pub async fn from_network(ctx: &Ctx, kind: LaneKind) -> Result<Try> {
    count(ctx, by_network(ctx, kind).into_iter().collect(), None).await
}

/// Counts a try at a link: by the network, and by whose it is said to be, whether there is such a user or not.
pub async fn of_link(ctx: &Ctx, user: Option<UserId>) -> Result<Try> {
    let of = |user: UserId| Subject {
        kind: LaneKind::LinkOf,
        key: key(ctx, LaneKind::LinkOf, &user.to_string()),
        account: None,
    };
    count(ctx, user.map(of).into_iter().chain(by_network(ctx, LaneKind::Link)).collect(), None).await
}

/// Counts a login that somebody wants to give to a new person, by who asks: nobody may learn at leisure who has an account.
async fn new_login(ctx: &Ctx) -> Result<Try> {
    let by = match &ctx.caller {
        Caller::User(user) => user.id.to_string(),
        Caller::Client(client) => client.id.to_string(),
        Caller::KeyPair(pair) => pair.id.to_string(),
        _ => String::new(),
    };
    let subject = Subject { kind: LaneKind::TakenLogin, key: key(ctx, LaneKind::TakenLogin, &by), account: None };
    count(ctx, vec![subject], None).await
}

/// Makes somebody, and counts it if their login is taken.
pub async fn counting_taken<T>(ctx: &Ctx, making: impl Future<Output = Result<T>>) -> Result<T> {
    let attempt = new_login(ctx).await?;
    let made = making.await;
    if !matches!(&made, Err(Error::Invalid(fields)) if fields.is_taken()) {
        attempt.was_none(ctx).await?;
    }
    made
}

/// Lets somebody in, and counts it if they were known elsewhere: whoever let them in is told who they are. It counts as a taken
/// login does, which tells the same.
pub async fn counting_known<T>(ctx: &Ctx, letting_in: impl Future<Output = Result<(T, bool)>>) -> Result<T> {
    let attempt = new_login(ctx).await?;
    let outcome = letting_in.await;
    if !matches!(outcome, Ok((_, true))) {
        attempt.was_none(ctx).await?;
    }
    outcome.map(|(done, _)| done)
}

/// Counts mail that a stranger asks for: by the address that it goes to, known or not, and by the network.
pub async fn of_mail(ctx: &Ctx, login: &str) -> Result<Try> {
    let to = Subject { kind: LaneKind::MailTo, key: key(ctx, LaneKind::MailTo, login), account: None };
    count(ctx, [to].into_iter().chain(by_network(ctx, LaneKind::MailFrom)).collect(), Some(login)).await
}

/// Writes a letter to somebody whom a program adds, and counts it if it was written: apart from what strangers ask for, so
/// that they keep nobody from being added.
pub async fn counting_letter<T>(ctx: &Ctx, login: &str, writing: impl Future<Output = Result<T>>) -> Result<T> {
    let key = key(ctx, LaneKind::MailTo, &format!("{login}\0added"));
    let attempt = count(ctx, vec![Subject { kind: LaneKind::MailTo, key, account: None }], Some(login)).await?;
    let written = writing.await;
    if written.is_err() {
        attempt.was_none(ctx).await?;
    }
    written
}

/// Commits by itself: a failure must count, whatever comes of the rest.
async fn count(ctx: &Ctx, mut subjects: Vec<Subject>, login: Option<&str>) -> Result<Try> {
    let wait = blocked(ctx, &subjects).await?;
    if wait > 0 {
        return Err(too_many(ctx, login, wait));
    }
    // In one order, so that two tries never wait for each other in a circle.
    subjects.sort_by(|one, other| one.key.cmp(&other.key));
    let mut tx = ctx.begin_unlocked().await?;
    let now = ctx.now();
    let (mut counted, mut wait) = (Vec::with_capacity(subjects.len()), 0);
    for subject in subjects {
        let lane = open(&mut tx, &subject, now).await?.at(subject.kind.limit(), now);
        wait = wait.max(lane.wait(now));
        let after = lane.counting(subject.kind.limit(), now);
        save(&mut tx, &subject, after).await?;
        counted.push((subject, after));
    }
    if wait > 0 {
        // Dropped, and so not counted: whoever keeps on trying doesn't wait the longer for it.
        return Err(too_many(ctx, login, wait));
    }
    tx.commit().await?;
    Ok(Try(counted))
}

fn too_many(ctx: &Ctx, login: Option<&str>, wait: i64) -> Error {
    refusals::note(ctx, RefusalKind::TooManyTries, login);
    Error::Throttled(wait)
}

/// How long one has to wait as it looks from outside. It is asked first, because a flood of tries that have to wait must
/// not queue for the rows that everybody's tries are counted in.
async fn blocked(ctx: &Ctx, subjects: &[Subject]) -> Result<i64> {
    let key = |place: usize| subjects.get(place).or(subjects.first()).map(|subject| &subject.key);
    let mut conn = ctx.read().await?;
    let rows: Vec<Row> = on!(conn, |c| query_as(READ).bind(key(0)).bind(key(1)).bind(key(2)).fetch_all(c).await?);
    let now = ctx.now();
    Ok(rows.into_iter().map(|row| row.counted.at(row.lane.limit(), now).wait(now)).max().unwrap_or(0))
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "String")]
    lane: LaneKind,
    #[sqlx(flatten)]
    counted: Lane,
}

async fn open(tx: &mut Tx, subject: &Subject, now: Timestamp) -> Result<Lane> {
    Ok(on!(tx, |c| query_as(OPEN)
        .bind(&subject.key)
        .bind(&subject.account)
        .bind(subject.kind.word())
        .bind(now)
        .fetch_one(c)
        .await?))
}

async fn save(conn: &mut Conn, subject: &Subject, lane: Lane) -> Result<()> {
    on!(conn, |c| query(SAVE)
        .bind(&subject.key)
        .bind(lane.tries)
        .bind(lane.counted_at)
        .bind(lane.blocked_until)
        .bind(lane.forgotten_at(subject.kind.limit()))
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

impl Try {
    /// The lane of an account in which this try was the last of those that pass.
    #[must_use]
    pub fn locks(&self) -> Option<(LaneKind, Timestamp)> {
        let last =
            self.0.iter().find(|(subject, lane)| subject.account.is_some() && lane.tries == subject.kind.limit().free);
        last.map(|(subject, lane)| (subject.kind, lane.blocked_until))
    }

    /// It was right, within the change that it bought: the lanes of its account from there begin anew, and the others
    /// get this try back. They don't begin anew, or a guesser could clear them by signing in to an account of their own;
    /// nor do codes of the second step, whose lane somebody who guesses shares with whoever it belongs to.
    pub async fn was_right(&self, ctx: &Ctx, tx: &mut Tx) -> Result<()> {
        for (subject, lane) in &self.0 {
            match subject.kind {
                LaneKind::AccountFromNetwork | LaneKind::KnownBrowser => {
                    on!(tx, |c| query(FORGET).bind(&subject.key).execute(c).await?.rows_affected());
                }
                _ => give_back(ctx, tx, subject, *lane).await?,
            }
        }
        Ok(())
    }

    /// Nothing came of it, right or wrong, or it was right and changed nothing.
    pub async fn was_none(&self, ctx: &Ctx) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut tx = ctx.begin_unlocked().await?;
        for (subject, lane) in &self.0 {
            give_back(ctx, &mut tx, subject, *lane).await?;
        }
        Ok(tx.commit().await?)
    }
}

async fn give_back(ctx: &Ctx, tx: &mut Tx, subject: &Subject, counted: Lane) -> Result<()> {
    let now = open(tx, subject, ctx.now()).await?;
    save(tx, subject, now.without(counted)).await
}

/// Lets everybody try again to sign in to `login`.
pub async fn unlock(ctx: &Ctx, tx: &mut Tx, login: &str) -> Result<()> {
    on!(tx, |c| query(UNLOCK).bind(account(ctx, login)).execute(c).await?.rows_affected());
    Ok(())
}

/// A lane of an account in which nobody may try for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Lock {
    /// Who may not.
    #[sqlx(try_from = "String")]
    pub lane: LaneKind,
    /// Until when.
    pub until: Timestamp,
}

/// Where signing in to `login` is locked at the moment.
pub async fn locks(ctx: &Ctx, conn: &mut Conn, login: &str) -> Result<Vec<Lock>> {
    let (now, account) = (ctx.now(), account(ctx, login));
    let longest = LaneKind::AccountFromNetwork.limit().longest_wait + SKEW;
    Ok(on!(conn, |c| query_as(LOCKS).bind(account).bind(now).bind(now.plus_seconds(longest)).fetch_all(c).await?))
}

/// Removes the first of what is forgotten: at most so many rows, because strangers make as many as they like and a
/// writer must not be held for long. Says how many there were.
pub async fn sweep(ctx: &Ctx, tx: &mut Tx, limit: i64) -> Result<u64> {
    Ok(on!(tx, |c| query(SWEEP).bind(ctx.now()).bind(limit).execute(c).await?.rows_affected()))
}

fn by_network(ctx: &Ctx, kind: LaneKind) -> Option<Subject> {
    network(ctx).map(|network| Subject { kind, key: key(ctx, kind, &network), account: None })
}

/// The caller's network: an IPv4 address, or the /64 that whoever has IPv6 has whole.
fn network(ctx: &Ctx) -> Option<String> {
    ctx.origin.address.map(|address| match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{:x?}", &v6.segments()[..4]),
    })
}

/// Keyed, so that the table tells nobody who tried to sign in, or from where.
fn key(ctx: &Ctx, kind: LaneKind, subject: &str) -> Vec<u8> {
    ctx.services.key.mac(kind.word(), subject.as_bytes()).to_vec()
}

fn account(ctx: &Ctx, login: &str) -> Vec<u8> {
    ctx.services.key.mac("throttled account", login.as_bytes()).to_vec()
}
