//! What everybody who is signed in can do, and the colours for everybody.

use axum::{
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

use super::{
    layout::{console, menu},
    visit::{Theme, Visit},
};
use crate::{
    domain::{commands, error::Result, sessions::commands::SignOut},
    model::fields::Fields,
    server::{cookies, request::safe_next},
};

/// `POST /signout`
pub async fn sign_out(visit: Visit) -> Result<Response> {
    commands::run(&visit.ctx, SignOut).await?;
    let mut response = visit.go("/signin");
    response.headers_mut().append(header::SET_COOKIE, cookies::no_session(&visit.site));
    Ok(response)
}

/// `POST /theme`: remembers the colours in a cookie, so that the first byte of every page has them.
pub async fn choose_theme(visit: Visit, form: Fields) -> Response {
    let theme = Theme::parse(form.text("theme")).map_or("", Theme::word);
    let mut response = visit.go(safe_next(form.text("back")).unwrap_or("/"));
    response.headers_mut().append(header::SET_COOKIE, cookies::theme(&visit.site, theme));
    response
}

/// `GET /admin`: the first page that the reader may see.
pub async fn home(visit: Visit) -> Response {
    match menu(&visit).next() {
        Some(first) => Redirect::to(first.path).into_response(),
        None => console(&visit, "Welcome", || {
            view! {
                <div class="empty">
                    <h1>"You have no role yet"</h1>
                    <p>"You are signed in, but may not see anything here. An administrator can give you a role."</p>
                </div>
            }
        }),
    }
}
