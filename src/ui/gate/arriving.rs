//! Where a browser goes on to once a step of sign-in is done.

use axum::{http::header, response::Response};

use crate::{
    domain::sessions::{start::SignedIn, store::Awaits},
    model::fields::Fields,
    server::{cookies, request::safe_next},
    ui::visit::Visit,
};

/// On to `next`, or first to the page of what is still missing, with the cookie of the session that waits for it. A browser
/// is known from a whole sign-in on.
pub fn arrive(visit: &Visit, next: &str, signed_in: &SignedIn) -> Response {
    let wanted = safe_next(next);
    let mut response = match signed_in.awaits {
        Awaits::Nothing => visit.go(wanted.unwrap_or("/admin")),
        Awaits::SecondFactor => visit.go(&with_next("/signin/second-factor", wanted)),
        Awaits::Password => visit.go(&with_next("/change-password", wanted)),
    };
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, cookies::session(&visit.site, &signed_in.token));
    if signed_in.awaits == Awaits::Nothing {
        headers.append(header::SET_COOKIE, cookies::known(&visit.site, &signed_in.known));
    }
    response
}

/// A page of sign-in that remembers where its reader wanted to.
pub fn with_next(page: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("{page}?{}", Fields::default().with("next", next).encode()),
        None => page.to_owned(),
    }
}
