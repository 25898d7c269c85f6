//! Reading a request: who is calling, from where, with what form.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, request::Parts},
};
use uuid::Uuid;

use super::{AppState, Site};
use crate::{
    domain::ctx::{Ctx, Origin},
    model::fields::Fields,
};

/// The id that the log and error pages share; put there by the outermost layer.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(pub Uuid);

/// The name of the tenant that the caller works in; put there by the caller layer.
#[derive(Clone, Debug)]
pub struct WorksIn(pub String);

/// Handlers take the context that the caller layer made.
impl FromRequestParts<AppState> for Ctx {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// A form's or a query's fields.
impl FromRequest<AppState> for Fields {
    type Rejection = StatusCode;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, StatusCode> {
        let body = String::from_request(request, state).await.map_err(|refused| refused.status())?;
        Ok(Self::decode(&body))
    }
}

/// The query string's fields.
#[derive(Clone, Debug)]
pub struct Query(pub Fields);

impl FromRequestParts<AppState> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self(Fields::decode(parts.uri.query().unwrap_or_default())))
    }
}

/// Where a request came from: the peer, or what a trusted proxy says of it.
pub fn origin(site: &Site, parts: &Parts) -> Origin {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0);
    Origin { address: peer.map(|peer| client(site, peer, &parts.headers)), request_id }
}

/// Walks `X-Forwarded-For` from the right past trusted proxies: what stands left of the first stranger
/// was written by the stranger.
fn client(site: &Site, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let trusted = |address: &IpAddr| site.trusted_proxies.iter().any(|net| net.contains(address));
    let listed = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        listed.flat_map(|line| line.split(',')).map_while(|hop| hop.trim().parse::<IpAddr>().ok()).collect();
    let mut address = peer;
    for hop in hops.into_iter().rev() {
        if !trusted(&address) {
            break;
        }
        address = hop.to_canonical();
    }
    address
}

/// A place on this server to go on to after sign-in: one leading slash, nothing that leaves the site.
#[must_use]
pub fn safe_next(next: &str) -> Option<&str> {
    let safe = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 2000
        && next.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    safe.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(proxies: &[&str]) -> Site {
        let trusted_proxies = proxies.iter().map(|net| net.parse().unwrap()).collect();
        Site { public_url: "http://localhost".into(), trusted_proxies }
    }

    fn forwarded(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(axum::http::HeaderName::from_static("x-forwarded-for"), value.parse().unwrap())])
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let headers = forwarded("6.6.6.6, 203.0.113.9, 10.0.0.2");
        assert_eq!(client(&site(&[]), peer, &headers), peer);
        assert_eq!(client(&site(&["10.0.0.0/8"]), peer, &headers).to_string(), "203.0.113.9");
    }

    #[test]
    fn next_stays_on_this_server() {
        assert_eq!(safe_next("/admin/users?q=a"), Some("/admin/users?q=a"));
        for bad in ["", "//evil.example", "https://evil.example", "/\\evil", "/a\nb", "/a b", "javascript:alert(1)"] {
            assert_eq!(safe_next(bad), None, "{bad:?}");
        }
    }
}
