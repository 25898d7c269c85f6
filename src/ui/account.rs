//! What everybody who is signed in can do, and the colours for everybody.

use axum::{
    http::header,
    response::{Redirect, Response},
};

use super::visit::{Theme, Visit};
use crate::{
    domain::{error::Result, sessions},
    model::fields::Fields,
    server::{cookies, request::safe_next},
};

/// `POST /signout`
pub async fn sign_out(visit: Visit) -> Result<Response> {
    sessions::sign_out(&visit.ctx).await?;
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

/// `GET /admin`
pub async fn home() -> Redirect {
    Redirect::to("/admin/users")
}
