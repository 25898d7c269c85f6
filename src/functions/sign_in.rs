//! What strangers do: set up, sign in step by step, and use the links that they were mailed.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
use crate::model::forms::NewUserForm;
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        codes::{Purpose, redeeming},
        commands::run,
        confirmation,
        error::{Error, Refused, Result},
        reset_requests,
        sessions::{
            commands,
            pending::{self, Pending},
            proof,
            start::SignedIn,
            store::Awaits,
        },
        setup,
        users::{input::NewUser, passwords},
    },
    http::{
        access::{Access::*, guarded},
        cookies,
        flash::Done,
        link,
        request::{safe_next, with_next},
        sessions::take_over,
        visit::{ctx, done, go, keeping_language, set_cookie, visit},
    },
    model::error::FieldErrors,
};

/// Makes the first administrator, once.
#[server(prefix = "/fn", endpoint = "sign-in/set-up", input = Post<Form>)]
pub async fn set_up(code: String, form: NewUserForm) -> Answer {
    setup::in_browser(&ctx(), &code, NewUser::parse(&form)?).await?;
    done("/signin", Done::SetUp, 1);
    Ok(())
}

/// The first step: name and password.
#[server(prefix = "/fn", endpoint = "sign-in/password", input = Post<Form>)]
pub async fn sign_in(email: String, password: String, next: String) -> Answer {
    let visit = visit();
    let attempt =
        commands::SignIn { login: &email, password: &password, user_agent: &visit.user_agent, known: &visit.known };
    let signed_in = commands::sign_in(&visit.ctx, attempt).await?;
    Ok(arrive(&next, &signed_in).await?)
}

/// The second step: the code of an app or of a mail. Whoever sets an app up by it is answered their recovery codes,
/// and where to go on to.
#[server(prefix = "/fn", endpoint = "sign-in/second-factor", input = Post<Form>)]
pub async fn answer_second_factor(code: String, next: String) -> Answer<(Vec<String>, String)> {
    let visit = visit();
    let pending = pending::require(&visit.ctx, &visit.tokens, Awaits::SecondFactor).await?;
    let (signed_in, codes) = pending::answer(&visit.ctx, &pending, (&code, &visit.known)).await?;
    come_in(&signed_in).await?;
    let on = onward(&next, &signed_in);
    if codes.is_empty() {
        go(&on);
    }
    Ok((codes, on))
}

/// Mails another code, in place of the one before.
#[server(prefix = "/fn", endpoint = "sign-in/another-code", input = Post<Form>)]
pub async fn send_another_code(next: String) -> Answer {
    let visit = visit();
    let pending = pending::require(&visit.ctx, &visit.tokens, Awaits::SecondFactor).await?;
    pending::send_another(&visit.ctx, &pending, &visit.known).await?;
    done(&with_next("/signin/second-factor", safe_next(&next)), Done::CodeSent, 1);
    Ok(())
}

/// Proves once more who is signed in, before what opens accounts is changed.
#[server(prefix = "/fn", endpoint = "sign-in/again", input = Post<Form>)]
pub async fn prove_again(password: String, code: String, next: String) -> Answer {
    let visit = visit();
    proof::prove(&visit.ctx, (&password, &code), &visit.known).await.map_err(|error| match error {
        Error::WrongCredentials => FieldErrors::one("password", "this isn't your password").into(),
        other => other,
    })?;
    done(safe_next(&next).unwrap_or("/account"), Done::Proved, 1);
    Ok(())
}

/// Sets a password in place of a temporary one, before anything else; or in place of one's own.
#[server(prefix = "/fn", endpoint = "sign-in/change-password", input = Post<Form>)]
pub async fn change_password(old: String, password: String, again: String, next: String) -> Answer {
    let visit = visit();
    let pending = pending::find(&visit.ctx, &visit.tokens, Awaits::Password).await?;
    if pending.is_none() && visit.ctx.user().is_err() {
        return Err(Error::from(Refused::SignInOver).into());
    }
    same_twice(&password, &again)?;
    match pending {
        Some(pending) => Ok(replace_temporary(&pending, &password, &next).await?),
        None => {
            let prepared = passwords::ChangePassword::prepare(&visit.ctx, &old, &password).await;
            let prepared = prepared.map_err(|error| match error {
                Error::WrongCredentials => FieldErrors::one("old", "this isn't your password").into(),
                other => other,
            });
            run(&visit.ctx, prepared?).await?;
            done("/admin", Done::PasswordChanged, 1);
            Ok(())
        }
    }
}

/// Asks for a link to set a new password. The answer is the same for addresses that are known and that are not.
#[server(prefix = "/fn", endpoint = "sign-in/forgot-password", input = Post<Form>)]
pub async fn ask_for_reset(email: String) -> Answer {
    reset_requests::ask(&ctx(), &email).await?;
    done(&keeping_language("/signin"), Done::ResetAsked, 1);
    Ok(())
}

/// Sets a password by a mailed link.
#[server(prefix = "/fn", endpoint = "sign-in/reset-password", input = Post<Form>)]
pub async fn reset_password(password: String, again: String) -> Answer {
    redeem(("/reset-password", Purpose::PasswordReset), &password, &again).await
}

/// Sets the first password by a mailed link, or comes into the tenant that the link is about.
#[server(prefix = "/fn", endpoint = "sign-in/activate", input = Post<Form>)]
pub async fn activate(password: String, again: String) -> Answer {
    redeem(("/activate", Purpose::Activation), &password, &again).await
}

/// Confirms an address by a mailed link.
#[server(prefix = "/fn", endpoint = "sign-in/verify-email", input = Post<Form>)]
pub async fn verify_email() -> Answer {
    confirmation::redeem(&ctx(), &link::read("/verify-email", Purpose::VerifyEmail)).await?;
    link::forget();
    done(&keeping_language("/signin"), Done::EmailVerified, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
fn same_twice(password: &str, again: &str) -> Result<()> {
    match password == again {
        true => Ok(()),
        false => Err(FieldErrors::one("again", "type the same password twice").into()),
    }
}

#[cfg(feature = "ssr")]
async fn redeem((page, purpose): (&str, Purpose), password: &str, again: &str) -> Answer {
    same_twice(password, again)?;
    redeeming::redeem(&ctx(), &link::read(page, purpose), Some(password)).await?;
    link::forget();
    // The page that asks for no password has no field for one.
    let told = if password.is_empty() { Done::CameIn } else { Done::PasswordSet };
    done(&keeping_language("/signin"), told, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
async fn replace_temporary(pending: &Pending, password: &str, next: &str) -> Result<()> {
    let visit = visit();
    let signed_in = pending::set_password(&visit.ctx, pending, (password, &visit.known)).await?;
    arrive(next, &signed_in).await
}

/// Gives the browser the cookie of the session. It is known from a whole sign-in on.
#[cfg(feature = "ssr")]
async fn come_in(signed_in: &SignedIn) -> Result<()> {
    let visit = visit();
    if let Some(session) = &visit.session {
        take_over(session, signed_in).await?;
    }
    if signed_in.awaits == Awaits::Nothing {
        set_cookie(cookies::known(&visit.site, &signed_in.known));
    }
    Ok(())
}

#[cfg(feature = "ssr")]
pub(super) async fn arrive(next: &str, signed_in: &SignedIn) -> Result<()> {
    come_in(signed_in).await?;
    go(&onward(next, signed_in));
    Ok(())
}

/// On to `next`, or first to the page of what is still missing.
#[cfg(feature = "ssr")]
fn onward(next: &str, signed_in: &SignedIn) -> String {
    let wanted = safe_next(next);
    match signed_in.awaits {
        Awaits::Nothing => wanted.unwrap_or("/admin").to_owned(),
        Awaits::SecondFactor => with_next("/signin/second-factor", wanted),
        Awaits::Password => with_next("/change-password", wanted),
    }
}

#[cfg(feature = "ssr")]
guarded! {
    SetUp: Public;
    SignIn: Public;
    AnswerSecondFactor: Public;
    SendAnotherCode: Public;
    ProveAgain: SignedIn;
    ChangePassword: Public;
    AskForReset: Public;
    ResetPassword: Public;
    Activate: Public;
    VerifyEmail: Public;
}
