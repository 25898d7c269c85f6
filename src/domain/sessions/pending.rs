//! Sign-ins that wait for something: a code, or another password. Their sessions are nobody's until it came.

use super::{
    refusing::refuse,
    start::{self, Newcomer, SignedIn},
    store::{self, Awaits, PendingRow},
};
use crate::{
    db::Tx,
    domain::{
        audit,
        calling::{Caller, CallingUser, Proof},
        command::Command,
        ctx::Ctx,
        error::{Error, Refused, Result},
        passwords::hasher::Verdict,
        refusals::kind::RefusalKind,
        second_factor::{
            check,
            commands::BindSecondFactor,
            mailed,
            need::{self, Need},
            recovery,
        },
        secrets::token_hash,
        throttle, turn,
        users::{self, former_passwords, replacing, store::Credentials},
    },
    model::{
        error::FieldErrors,
        id::{SessionId, UserId},
        permission::PermissionSet,
    },
};

/// A sign-in that waits.
pub struct Pending {
    row: PendingRow,
    user: Credentials,
    /// Which kind of code it waits for.
    pub need: Need,
}

/// The sign-in that waits for this in the browser with one of these tokens; `None` if none does, or not any more.
pub async fn find(ctx: &Ctx, tokens: &[String], awaits: Awaits) -> Result<Option<Pending>> {
    for token in tokens {
        let conn = &mut *ctx.read().await?;
        let Some(row) = store::pending(conn, &token_hash(token), ctx.now()).await? else { continue };
        let user = users::store::credentials(conn, &row.login).await?;
        let is_theirs = |user: &Credentials| user.id == row.user_id && user.can_sign_in(ctx.now());
        if let Some(user) = user.filter(|user| is_theirs(user) && row.awaits == awaits) {
            let need = need::of(conn, &user, ctx.now()).await?;
            return Ok(Some(Pending { row, user, need }));
        }
    }
    Ok(None)
}

/// The same where there must be one.
pub async fn require(ctx: &Ctx, tokens: &[String], awaits: Awaits) -> Result<Pending> {
    Ok(find(ctx, tokens, awaits).await?.ok_or(Refused::SignInOver)?)
}

impl Pending {
    /// As what they sign in.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.row.login
    }

    /// Whose it is going to be.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user.id
    }

    /// The session that waits.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.row.id
    }

    /// Whether somebody else gave its person the password that it was begun with.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        self.user.password_expires_at.is_some()
    }

    /// Whether its person has recovery codes left.
    pub async fn has_recovery_codes(&self, ctx: &Ctx) -> Result<bool> {
        Ok(recovery::left(&mut *ctx.read().await?, self.user.id).await? > 0)
    }

    /// The secret that is offered for an app.
    pub fn secret(&self, ctx: &Ctx) -> Result<Vec<u8>> {
        let sealed = self.row.enrolment.as_deref().unwrap_or_default();
        let secret = ctx.services.key.open(&start::enrolment(self.row.id), sealed);
        // Between the sign-in and now somebody began to require it.
        Ok(secret.ok_or(Refused::SignInOver)?)
    }

    /// Whose session is going to begin.
    pub(in crate::domain) fn newcomer<'a>(&'a self, known: &'a str) -> Newcomer<'a> {
        Newcomer { user: &self.user, login: &self.row.login, user_agent: &self.row.user_agent, known, by: None }
    }

    /// The person, who may nothing but bind a factor.
    fn caller(&self, ctx: &Ctx) -> Caller {
        Caller::User(Box::new(CallingUser {
            id: self.user.id,
            name: self.user.display_name.clone(),
            email: self.row.login.clone(),
            by: Proof::Session(self.row.id),
            effective: Default::default(),
            bounds: PermissionSet::all(),
            lacks: None,
            proved_at: Some(ctx.now()),
        }))
    }

    /// Refuses where its person isn't as they were, or it doesn't wait any more.
    pub(in crate::domain) async fn require(&self, ctx: &Ctx, tx: &mut Tx) -> Result<()> {
        let now = users::store::credentials(tx, &self.row.login).await?;
        let waits = store::is_pending(tx, self.row.id, ctx.now()).await?;
        if waits && now.is_some_and(|now| now == self.user) { Ok(()) } else { Err(Refused::SignInOver.into()) }
    }

    /// Ends it: ids are never kept over a step. Of two at once, one goes on.
    pub(in crate::domain) async fn end(&self, ctx: &Ctx, tx: &mut Tx) -> Result<()> {
        match store::end_pending(tx, self.row.id, ctx.now()).await? {
            true => Ok(()),
            false => Err(Refused::SignInOver.into()),
        }
    }
}

/// Goes on with the code that was typed; answers the recovery codes of whoever set an app up by it. Wrong ones are counted,
/// and limited as wrong passwords are, but apart from them: whoever knows the password can't clear them by typing it again.
pub async fn answer(ctx: &Ctx, pending: &Pending, (typed, known): (&str, &str)) -> Result<(SignedIn, Vec<String>)> {
    let login = pending.login();
    let device = throttle::known::device(ctx, known, login);
    let attempt = throttle::second_factor(ctx, login, device.as_deref()).await?;
    let answered = compare(ctx, pending, (typed, known), &attempt).await;
    match &answered {
        Ok(_) => {}
        Err(Error::WrongCode) => refuse(ctx, RefusalKind::WrongCode, login, &attempt).await?,
        Err(_) => attempt.was_none(ctx).await?,
    }
    answered
}

async fn compare(
    ctx: &Ctx,
    pending: &Pending,
    (typed, known): (&str, &str),
    attempt: &throttle::Try,
) -> Result<(SignedIn, Vec<String>)> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    pending.require(&ctx, &mut tx).await?;
    let mut codes = Vec::new();
    match pending.need {
        Need::Nothing => {}
        Need::Enrolment => codes = enrol(&ctx, &mut tx, pending, typed).await?,
        Need::App | Need::Passkey | Need::Mail => {
            if !check::take(&ctx, &mut tx, &pending.user, (Some(pending.row.id), typed)).await? {
                // The try counts against the code.
                tx.commit().await?;
                return Err(Error::WrongCode);
            }
        }
    }
    pending.end(&ctx, &mut tx).await?;
    let signed_in = start::go_on(&ctx, &mut tx, pending.newcomer(known)).await?;
    attempt.was_right(&ctx, &mut tx).await?;
    tx.commit().await?;
    Ok((signed_in, codes))
}

/// Binds the app whose secret was offered; answers the recovery codes.
async fn enrol(ctx: &Ctx, tx: &mut Tx, pending: &Pending, typed: &str) -> Result<Vec<String>> {
    let bind = BindSecondFactor { secret: pending.secret(ctx)?, code: typed.to_owned(), replaces: false };
    let ctx = ctx.clone().called_by(pending.caller(ctx));
    let applied = bind.apply(&ctx, tx).await?;
    if let Some(change) = applied.change {
        audit::record::record(&ctx, tx, change).await?;
    }
    Ok(applied.done)
}

/// Sends another code, in place of the one before.
pub async fn send_another(ctx: &Ctx, pending: &Pending, known: &str) -> Result<()> {
    if pending.need != Need::Mail {
        return Ok(());
    }
    let device = throttle::known::device(ctx, known, pending.login());
    let _counted = throttle::code_mail(ctx, pending.login(), device.as_deref()).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    pending.require(&ctx, &mut tx).await?;
    mailed::send(&ctx, &mut tx, (pending.user.id, Some(pending.row.id))).await?;
    Ok(tx.commit().await?)
}

/// Sets a password in place of the one that has to be changed, which was typed just now, and lets its person in.
pub async fn set_password(ctx: &Ctx, pending: &Pending, (new, known): (&str, &str)) -> Result<SignedIn> {
    let id = pending.user.id;
    let password = {
        let conn = &mut *ctx.read().await?;
        let user = users::store::find(None, conn, id).await?.ok_or(Refused::SignInOver)?;
        users::policy::parse(conn, (&user, ctx.now()), new).await?
    };
    let present = pending.user.password_hash.clone();
    if ctx.hasher().await.verify(password.clone(), present).await? != Verdict::Wrong {
        return Err(match pending.is_temporary() {
            true => FieldErrors::one("password", "this is the temporary one; choose another").into(),
            false => Refused::SamePassword.into(),
        });
    }
    let hash = former_passwords::hash_new(ctx, id, password).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    pending.require(&ctx, &mut tx).await?;
    pending.end(&ctx, &mut tx).await?;
    let (_, change) = replacing::replace(&ctx, &mut tx, id, (&hash, None)).await?;
    audit::record::record(&ctx, &mut tx, change.by(id, &pending.user.display_name)).await?;
    let signed_in = start::let_in(&ctx, &mut tx, pending.newcomer(known)).await?;
    tx.commit().await?;
    Ok(signed_in)
}
