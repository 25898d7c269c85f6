//! What everybody who is signed in can do, and the colours for everybody.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
#[cfg(feature = "ssr")]
use crate::{
    domain::{commands::run, sessions::commands},
    http::{
        access::{Access::*, guarded},
        cookies::{self, Name},
        visit::{Theme, go, set_cookie, visit},
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

#[cfg(feature = "ssr")]
guarded! {
    SignOut: SignedIn;
    ChooseTheme: Public;
}
