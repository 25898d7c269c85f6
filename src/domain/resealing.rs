//! Exchanging the key file: everything that was sealed under the old one is sealed under the new one, at once or not at all.

use serde_json::json;
use sqlx::{query, query_as};
use uuid::Uuid;

use super::{
    action::Action,
    audit,
    calling::Caller,
    change::{Change, Target},
    ctx::Ctx,
    error::{Error, Result},
    kept_answers, key_pairs, outbox, second_factor,
    secrets::SecretKey,
    sessions, setup, tokens, turn,
};
use crate::{
    db::{Tx, on, statements},
    model::id::{KeyPairId, MessageId, SessionId, TokenId, UserId},
};

statements! {
    TOKENS = "select id, token_sealed as sealed from tokens where token_sealed is not null and id > $1 order by id limit $2";
    SET_TOKEN = "update tokens set token_sealed = $2 where id = $1";
    KEY_PAIRS = "select id, secret_sealed as sealed from key_pairs where id > $1 order by id limit $2";
    APPS = "select id, totp_secret as sealed from users where totp_secret is not null and id > $1 order by id limit $2";
    SET_APP = "update users set totp_secret = $2 where id = $1";
    ENROLMENTS = "select id, enrolment as sealed from sessions where enrolment is not null and id > $1 order by id limit $2";
    SET_ENROLMENT = "update sessions set enrolment = $2 where id = $1";
    MESSAGES = "select id, sealed from messages where sealed is not null and id > $1 order by id limit $2";
    SET_MESSAGE = "update messages set sealed = $2 where id = $1";
    ANSWERS = "select id, sealed from kept_answers where id > $1 order by id limit $2";
    SET_ANSWER = "update kept_answers set sealed = $2 where id = $1";
    SET_KEY_PAIR = "update key_pairs set secret_sealed = $2 where id = $1";
}

/// So many are held in memory at once.
const BATCH: i64 = 500;

/// Where sealed values are kept.
struct Place {
    page: &'static str,
    set: &'static str,
    /// What each is sealed for.
    purpose: fn(Uuid) -> String,
}

/// Every place in which something is sealed.
const PLACES: [Place; 6] = [
    Place { page: TOKENS, set: SET_TOKEN, purpose: |id| tokens::commands::purpose(TokenId(id)) },
    Place { page: KEY_PAIRS, set: SET_KEY_PAIR, purpose: |id| key_pairs::credential::purpose(KeyPairId(id)) },
    Place { page: APPS, set: SET_APP, purpose: |id| second_factor::check::purpose(UserId(id)) },
    Place { page: ENROLMENTS, set: SET_ENROLMENT, purpose: |id| sessions::start::enrolment(SessionId(id)) },
    Place { page: ANSWERS, set: SET_ANSWER, purpose: kept_answers::purpose },
    Place { page: MESSAGES, set: SET_MESSAGE, purpose: |id| outbox::letter::purpose(MessageId(id)) },
];

#[derive(sqlx::FromRow)]
struct Sealed {
    id: Uuid,
    sealed: Vec<u8>,
}

/// Seals everything under `next`. The key of the log's chain is kept, sealed under `next`, so that nobody can write the
/// history anew under a new key. Answers how many values were sealed. Only for whoever is at the machine, while no server
/// runs: a server would go on sealing under the old key.
pub async fn reseal(ctx: &Ctx, next: &SecretKey) -> Result<u64> {
    if !matches!(ctx.caller, Caller::CommandLine) {
        return Err(Error::Unauthenticated);
    }
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let next = ctx.services.key.followed_by(next);
    let mut sealed = 0;
    for place in &PLACES {
        sealed += all_of(&mut tx, place, (&ctx.services.key, &next)).await?;
    }
    setup::put_key(&mut tx, &next).await?;
    let target = Target { kind: "installation", id: "installation".into(), name: "this installation".into() };
    let change = Change::new(Action::ResealSecrets, target).after(json!({ "sealed": sealed }));
    audit::record::record(&ctx, &mut tx, change).await?;
    tx.commit().await?;
    Ok(sealed)
}

async fn all_of(tx: &mut Tx, place: &Place, (old, next): (&SecretKey, &SecretKey)) -> Result<u64> {
    let (mut after, mut sealed) = (Uuid::nil(), 0);
    loop {
        let rows: Vec<Sealed> = on!(tx, |c| query_as(place.page).bind(after).bind(BATCH).fetch_all(c).await?);
        let Some(last) = rows.last() else {
            return Ok(sealed);
        };
        after = last.id;
        for row in rows {
            let purpose = (place.purpose)(row.id);
            let secret = old.open(&purpose, &row.sealed);
            let secret =
                secret.ok_or_else(|| Error::Internal(format!("what is sealed as {purpose} can't be opened")))?;
            let anew = next.seal(&purpose, &secret);
            on!(tx, |c| query(place.set).bind(row.id).bind(anew).execute(c).await?.rows_affected());
            sealed += 1;
        }
    }
}
