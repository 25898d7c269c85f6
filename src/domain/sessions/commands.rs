//! Signing in and out.

use super::{
    refusing::refuse,
    store::{self, LIFETIME, NewSession},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        audit,
        change::{Change, Target},
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Result},
        passwords::{
            hasher::{Hasher, Verdict},
            rules::Password,
        },
        refusals::kind::RefusalKind,
        secrets::{new_token, token_hash},
        throttle,
        users::{self, store::Credentials},
    },
    model::id::SessionId,
};

const USER_AGENT_MAX: usize = 300;

/// A sign-in form and the browser it came from.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// What was typed as the login.
    pub login: &'a str,
    /// What was typed as the password.
    pub password: &'a str,
    /// The browser's name for itself.
    pub user_agent: &'a str,
    /// The marks of a browser that signed in before; empty without any.
    pub known: &'a str,
}

/// What a browser gets that signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// For the session's cookie.
    pub token: String,
    /// The marks by which the browser is known from now on.
    pub known: String,
}

/// Signs a user in. Unknown logins, wrong passwords and disabled users cost the same and are told the same.
pub async fn sign_in(ctx: &Ctx, form: SignIn<'_>) -> Result<SignedIn> {
    let login = users::naming::stored_login(&mut *ctx.read().await?, form.login).await?;
    let device = throttle::known::device(ctx, form.known, &login);
    let attempt = throttle::sign_in(ctx, &login, device.as_deref()).await?;
    let signed_in = compare_and_start(ctx, &form, (&login, &attempt)).await;
    match &signed_in {
        Ok(_) => {}
        Err(Error::WrongCredentials) => refuse(ctx, RefusalKind::WrongPassword, &login, &attempt).await?,
        // Not compared, or right and then in vain: nobody failed.
        Err(_) => attempt.was_none(ctx).await?,
    }
    signed_in
}

async fn compare_and_start(ctx: &Ctx, form: &SignIn<'_>, (login, attempt): (&str, &throttle::Try)) -> Result<SignedIn> {
    let (user, upgraded) = check(ctx, form.password, login).await?.ok_or(Error::WrongCredentials)?;
    let mut tx = ctx.begin().await?;
    // Between the check and now the user may have been disabled, or their password changed.
    if users::store::credentials(&mut tx, login).await?.is_none_or(|now| now != user) {
        return Err(Error::WrongCredentials);
    }
    let token = start(ctx, &mut tx, &user, form).await?;
    users::store::signed_in(ctx.now(), &mut tx, user.id, upgraded).await?;
    attempt.was_right(ctx, &mut tx).await?;
    let change = Change::new(Action::SignIn, Target::user(user.id, &user.display_name));
    audit::record::record(ctx, &mut tx, change.by(user.id, &user.display_name)).await?;
    tx.commit().await?;
    Ok(SignedIn { token, known: throttle::known::remember(ctx, form.known, login) })
}

/// Whose login it is, if the password is theirs, with a hash to store instead of an older one.
async fn check(ctx: &Ctx, password: &str, login: &str) -> Result<Option<(Credentials, Option<String>)>> {
    let found = users::store::credentials(&mut *ctx.read().await?, login).await?;
    let verdict = verify(ctx.hasher().await, password, found.as_ref()).await?;
    Ok(match (found, verdict) {
        (Some(user), Verdict::Right { upgraded }) => Some((user, upgraded)),
        _ => None,
    })
}

/// Somebody who can't sign in is verified against nothing, which costs the same.
async fn verify(hasher: &Hasher, typed: &str, user: Option<&Credentials>) -> Result<Verdict> {
    let hash = user.filter(|user| user.can_sign_in()).and_then(|user| user.password_hash.clone());
    hasher.verify(Password::attempt(typed), hash).await
}

async fn start(ctx: &Ctx, tx: &mut Tx, user: &Credentials, form: &SignIn<'_>) -> Result<String> {
    // The session that the browser already had ends: ids are never kept over a sign-in.
    if let Ok(before) = ctx.session() {
        store::end(tx, before).await?;
    }
    let token = new_token();
    let new = NewSession {
        id: SessionId(ctx.id()),
        token_hash: token_hash(&token).to_vec(),
        user: user.id,
        address: ctx.origin.address.map(|address| address.to_string()),
        user_agent: form.user_agent.chars().take(USER_AGENT_MAX).collect(),
        created_at: ctx.now(),
        expires_at: ctx.now().plus_seconds(LIFETIME),
    };
    store::insert(tx, &new).await?;
    Ok(token)
}

/// Ends the caller's own session.
#[derive(Clone, Copy, Debug)]
pub struct SignOut;

impl Command for SignOut {
    const ACTION: Action = Action::SignOut;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = ctx.user()?;
        store::end(tx, ctx.session()?).await?;
        Ok(Applied::changed((), Change::new(Self::ACTION, Target::user(user.id, &user.name))))
    }
}
