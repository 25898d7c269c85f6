//! Beginning a session: one that is whole, or one that awaits something.

use serde_json::json;

use super::{
    device::{self, device},
    store::{self, Awaits, NewSession, PENDING_LIFETIME},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        audit,
        change::{Change, Target},
        clock::exact,
        ctx::Ctx,
        error::Result,
        outbox::{letter::Letter, telling},
        second_factor::totp,
        secrets::{new_session_token, token_hash},
        tenants::{asked, memberships},
        throttle,
        users::{self, store::Credentials},
    },
    model::id::SessionId,
};

const USER_AGENT_MAX: usize = 300;

/// What a browser gets whose password was right.
#[derive(Debug)]
pub struct SignedIn {
    /// For the session's cookie.
    pub token: String,
    /// How long the session lasts, in seconds.
    pub lives: i64,
    /// The marks by which the browser is known from now on.
    pub known: String,
    /// What is still missing before the session is anybody's.
    pub awaits: Awaits,
}

/// Whose session begins, and in which browser.
#[derive(Clone, Copy)]
pub struct Newcomer<'a> {
    /// Who.
    pub user: &'a Credentials,
    /// As what they signed in.
    pub login: &'a str,
    /// The browser's name for itself.
    pub user_agent: &'a str,
    /// The marks of a browser that signed in before.
    pub known: &'a str,
    /// What they signed in by, where that is more than a password, or none.
    pub by: Option<&'a str>,
}

/// What the secret that is offered in a sign-in is sealed for.
#[must_use]
pub fn enrolment(session: SessionId) -> String {
    format!("enrolment of {session}")
}

/// Goes on once the second step is done, or isn't needed: to another password, where theirs is temporary, or in.
pub async fn go_on(ctx: &Ctx, tx: &mut Tx, newcomer: Newcomer<'_>) -> Result<SignedIn> {
    match newcomer.user.password_temporary {
        true => {
            let (_, token) = open(ctx, tx, newcomer, (Awaits::Password, false)).await?;
            Ok(SignedIn::waiting(token, newcomer, Awaits::Password))
        }
        false => let_in(ctx, tx, newcomer).await,
    }
}

/// Begins a whole session, which is a sign-in.
pub async fn let_in(ctx: &Ctx, tx: &mut Tx, newcomer: Newcomer<'_>) -> Result<SignedIn> {
    let Newcomer { user, login, user_agent, known, by } = newcomer;
    let (session, token) = open(ctx, tx, newcomer, (Awaits::Nothing, false)).await?;
    tell_of_device(ctx, tx, newcomer).await?;
    users::store::signed_in(ctx.now(), tx, user.id).await?;
    memberships::store::signed_in(ctx.now(), tx, user.id).await?;
    let after = json!({ "device": device(user_agent), "by": by });
    let change = Change::new(Action::SignIn, Target::user(user.id, &user.display_name)).after(after);
    audit::record::record(ctx, tx, change.by(user.id, &user.display_name)).await?;
    let lives = session.expires_at.seconds_since(ctx.now());
    Ok(SignedIn { token, lives, known: throttle::known::remember(ctx, known, login), awaits: Awaits::Nothing })
}

/// Tells somebody who signed in before that they did now from a browser that isn't known.
async fn tell_of_device(ctx: &Ctx, tx: &mut Tx, newcomer: Newcomer<'_>) -> Result<()> {
    let Newcomer { user, login, user_agent, known, .. } = newcomer;
    if throttle::known::device(ctx, known, login).is_some() || !users::store::has_signed_in(tx, user.id).await? {
        return Ok(());
    }
    let device = device::called(user_agent);
    let address = ctx.origin.address.map(|address| address.to_string());
    telling::tell(ctx, tx, user.id, Letter::NewDevice { device, address, at: exact(ctx.now()) }).await
}

impl SignedIn {
    /// Something is still missing.
    #[must_use]
    pub fn waiting(token: String, newcomer: Newcomer<'_>, awaits: Awaits) -> Self {
        Self { token, lives: PENDING_LIFETIME, known: newcomer.known.to_owned(), awaits }
    }
}

/// Begins a session under an id and a token of its own. Whoever must have a second factor and has none is offered the secret
/// of an app, which stands in the session's row, sealed, and nowhere else.
pub async fn open(
    ctx: &Ctx,
    tx: &mut Tx,
    newcomer: Newcomer<'_>,
    (awaits, enrols): (Awaits, bool),
) -> Result<(NewSession, String)> {
    let (id, token) = (SessionId(ctx.id()), new_session_token());
    let limits = asked::of_user(tx, newcomer.user.id).await?.session_limits();
    let lives = if awaits == Awaits::Nothing { limits.lasts } else { PENDING_LIFETIME };
    let new = NewSession {
        id,
        token_hash: token_hash(&token),
        user: newcomer.user.id,
        address: ctx.origin.address.map(|address| address.to_string()),
        user_agent: newcomer.user_agent.chars().take(USER_AGENT_MAX).collect(),
        created_at: ctx.now(),
        expires_at: ctx.now().plus_seconds(lives),
        idle: limits.idle * 1000,
        awaits,
        enrolment: enrols.then(|| ctx.services.key.seal(&enrolment(id), &totp::new_secret())),
    };
    store::insert(tx, &new).await?;
    Ok((new, token))
}
