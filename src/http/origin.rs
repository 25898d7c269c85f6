//! Where a form comes from. Pages act by cookies, which browsers send along whoever made the request, so only our own
//! pages may send something; tower-http's layer decides that, and what it lets pass too easily is refused here.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, uri::Authority},
    middleware::Next,
    response::Response,
};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::{
    address, bare, request,
    state::{AppState, Site},
};
use crate::domain::{
    calling::Caller,
    ctx::Ctx,
    refusals::{self, kind::RefusalKind},
};

/// Marks an answer of the layer, for [`check`] to make a page of.
#[derive(Clone, Copy)]
struct Foreign;

/// A layer that refuses what another site's page makes a browser send.
pub type Csrf = CsrfLayer<fn(ProtectionError) -> Response>;

/// The layer for `site`: its public URL is one of ours, also where a proxy puts another name into `Host`.
pub fn csrf(site: &Site) -> Csrf {
    let layer = CsrfLayer::new().with_rejection_response(refused as fn(ProtectionError) -> Response);
    // A URL that was checked when it was set is an origin; without it the layer is only stricter.
    layer.clone().add_trusted_origin(&site.public_url).unwrap_or(layer)
}

fn refused(_: ProtectionError) -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(Foreign);
    response
}

/// Refuses requests to names that aren't this server's, and forms that no page of ours sent; each refusal is a page that
/// says what to do.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let site = state.site.clone();
    let (parts, body) = request.into_parts();
    if is_rebound(&site, &parts.headers) {
        return tell(&state, &parts, &ELSEWHERE);
    }
    if !parts.method.is_safe() {
        if site.is_https() && origin(&parts.headers).is_some_and(|origin| origin.starts_with("http:")) {
            let text = format!("It must be opened at {}. By http, browsers keep no sign-in.", site.public_url);
            return tell(&state, &parts, &(StatusCode::FORBIDDEN, "This page came by http", &text));
        }
        if ["origin", "sec-fetch-site"]
            .into_iter()
            .all(|name| parts.headers.get(name).is_none_or(HeaderValue::is_empty))
        {
            return tell(&state, &parts, &NAMELESS);
        }
    }
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.extensions().get::<Foreign>().is_none() {
        return response;
    }
    let text = format!(
        "This form was not sent by a page of this server, which knows itself as {}. If you opened it by another address, \
         whoever runs the server sets CASTELLAN_PUBLIC_URL to that one.",
        site.public_url
    );
    tell(&state, &asked, &(StatusCode::FORBIDDEN, "Nothing was saved", &text))
}

type Told<'a> = (StatusCode, &'static str, &'a str);

const ELSEWHERE: Told<'static> = (
    StatusCode::FORBIDDEN,
    "This is another server's name",
    "This server answers this machine only. To reach it by a name, whoever runs it sets CASTELLAN_PUBLIC_URL.",
);

const NAMELESS: Told<'static> = (
    StatusCode::FORBIDDEN,
    "Nothing was saved",
    "The request didn't say which page it came from (Origin or Sec-Fetch-Site), as every browser does.",
);

fn tell(state: &AppState, parts: &axum::http::request::Parts, (status, heading, text): &Told<'_>) -> Response {
    let origin = request::origin(&state.site, parts);
    refusals::note(&Ctx::new(state.services.clone(), Caller::Anonymous, origin), RefusalKind::ForeignForm, None);
    bare::page(*status, heading, text)
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN)?.to_str().ok()
}

/// Whether a name that leads to this machine was made up elsewhere (DNS rebinding): where the server listens on loopback
/// and no public URL is set, only names of this machine and plain addresses are its own.
fn is_rebound(site: &Site, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    match host {
        Some(host) if site.is_local_only => !is_local(host),
        _ => false,
    }
}

fn is_local(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || address::is_address(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_local() {
        for host in
            ["localhost", "LOCALHOST:3000", "castellan.localhost:80", "127.0.0.1:3000", "[::1]:3000", "192.0.2.1"]
        {
            assert!(is_local(host), "{host}");
        }
        for host in ["evil.example", "evil.example:3000", "localhost.evil.example", "", "a b", "127.0.0.1.nip.io"] {
            assert!(!is_local(host), "{host}");
        }
    }
}
