//! What everybody who is signed in can do, and the colours for everybody.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
use crate::model::{
    forms::{OwnTokenForm, UserForm},
    id::{SessionId, TokenId},
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        action::Action,
        commands::{own, run, run_as},
        confirmation::SendVerification,
        second_factor::{commands as factors, offer},
        sessions::commands,
        users::address::RequestAddressChange,
    },
    http::{
        access::{Access::*, guarded},
        cookies::{self, Name},
        flash::Done,
        times::typed_moment,
        visit::{Theme, ctx, done, go, set_cookie, visit},
    },
};

/// Ends the caller's session.
#[server(prefix = "/fn", endpoint = "account/sign-out", input = Post<Form>)]
pub async fn sign_out() -> Answer {
    let visit = visit();
    run(&visit.ctx, commands::SignOut).await?;
    // tower-sessions' own has no `Secure`, and browsers ignore that for a name that begins with `__Host-`.
    set_cookie(cookies::none(&visit.site, Name::Session));
    go("/signin");
    Ok(())
}

/// Remembers the colours in a cookie, so that the first byte of every page has them.
#[server(prefix = "/fn", endpoint = "account/theme", input = Post<Form>)]
pub async fn choose_theme(theme: String) -> Answer {
    let visit = visit();
    set_cookie(cookies::theme(&visit.site, Theme::parse(&theme).map_or("", Theme::word)));
    go(if visit.here.starts_with("/fn/") { "/" } else { &visit.here });
    Ok(())
}

/// Changes what one is called, how one is reached, and which language one reads.
#[server(prefix = "/fn", endpoint = "account/update", input = Post<Form>)]
pub async fn update_own_profile(form: UserForm, was_time_zone: String, time_zone: String) -> Answer {
    let visit = visit();
    own::update_profile(&visit.ctx, &form, (&was_time_zone, &time_zone)).await?;
    // What was chosen on the sign-in page would go on to count.
    set_cookie(cookies::none(&visit.site, Name::Language));
    done("/account", Done::Saved, 1);
    Ok(())
}

/// Mails a link that confirms one's own address.
#[server(prefix = "/fn", endpoint = "account/confirm-address", input = Post<Form>)]
pub async fn confirm_own_address() -> Answer {
    let ctx = ctx();
    let user = ctx.user().map(|user| user.id)?;
    run_as(&ctx, Action::SendOwnVerification, &[&SendVerification { user }]).await?;
    done("/account", Done::LinkSent, 1);
    Ok(())
}

/// Ends one of one's own sessions.
#[server(prefix = "/fn", endpoint = "account/end-session", input = Post<Form>)]
pub async fn end_own_session(session: SessionId) -> Answer {
    let ctx = ctx();
    let user = ctx.user().map(|user| user.id)?;
    run(&ctx, commands::EndSession { user, session }).await?;
    done("/account/security", Done::SessionsEnded, 1);
    Ok(())
}

/// Ends all of one's own sessions, this one too.
#[server(prefix = "/fn", endpoint = "account/end-sessions", input = Post<Form>)]
pub async fn end_own_sessions() -> Answer {
    let ctx = ctx();
    let user = ctx.user().map(|user| user.id)?;
    run(&ctx, commands::EndSessions { user }).await?;
    go("/signin");
    Ok(())
}

/// Asks for another address: it counts once it was confirmed by the link that is mailed to it.
#[server(prefix = "/fn", endpoint = "account/change-address", input = Post<Form>)]
pub async fn change_own_address(email: String) -> Answer {
    let ctx = ctx();
    run(&ctx, RequestAddressChange::prepare(&ctx, &email).await?).await?;
    done("/account", Done::AddressAsked, 1);
    Ok(())
}

/// Binds an authenticator app; answers the recovery codes.
#[server(prefix = "/fn", endpoint = "account/bind-app", input = Post<Form>)]
pub async fn bind_app(offer: String, code: String) -> Answer<Vec<String>> {
    let ctx = ctx();
    let secret = offer::open(&ctx, &offer)?.secret;
    Ok(run(&ctx, factors::BindSecondFactor { secret, code, replaces: true }).await?)
}

/// Makes other recovery codes; answers them.
#[server(prefix = "/fn", endpoint = "account/make-recovery-codes", input = Post<Form>)]
pub async fn make_recovery_codes() -> Answer<Vec<String>> {
    Ok(run(&ctx(), factors::MakeRecoveryCodes).await?)
}

/// Removes one's own second factor.
#[server(prefix = "/fn", endpoint = "account/remove-second-factor", input = Post<Form>)]
pub async fn remove_second_factor() -> Answer {
    run(&ctx(), factors::RemoveSecondFactor).await?;
    done("/account/security", Done::OwnFactorRemoved, 1);
    Ok(())
}

/// Makes a personal token; answers its value.
#[server(prefix = "/fn", endpoint = "account/add-token", input = Post<Form>)]
pub async fn add_own_token(form: OwnTokenForm) -> Answer<String> {
    // By the reader's clock.
    let form = OwnTokenForm { expires: typed_moment(&form.expires), ..form };
    Ok(own::add_token(&ctx(), &form).await?)
}

/// Gives a personal token another value; answers it.
#[server(prefix = "/fn", endpoint = "account/rotate-token", input = Post<Form>)]
pub async fn rotate_own_token(id: TokenId) -> Answer<String> {
    Ok(own::rotate_token(&ctx(), id).await?)
}

/// Lets a personal token work, or not.
#[server(prefix = "/fn", endpoint = "account/let-token-work", input = Post<Form>)]
pub async fn let_own_token_work(id: TokenId, works: String) -> Answer {
    own::let_token_work(&ctx(), id, works == "on").await?;
    done("/account/tokens", Done::Saved, 1);
    Ok(())
}

/// Deletes a personal token.
#[server(prefix = "/fn", endpoint = "account/delete-token", input = Post<Form>)]
pub async fn delete_own_token(id: TokenId) -> Answer {
    own::delete_token(&ctx(), id).await?;
    done("/account/tokens", Done::TokenDeleted, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
guarded! {
    SignOut: SignedIn;
    ChooseTheme: Public;
    UpdateOwnProfile: SignedIn;
    ConfirmOwnAddress: SignedIn;
    EndOwnSession: SignedIn;
    EndOwnSessions: SignedIn;
    ChangeOwnAddress: SignedIn;
    BindApp: SignedIn;
    MakeRecoveryCodes: SignedIn;
    RemoveSecondFactor: SignedIn;
    AddOwnToken: SignedIn;
    RotateOwnToken: SignedIn;
    LetOwnTokenWork: SignedIn;
    DeleteOwnToken: SignedIn;
}
