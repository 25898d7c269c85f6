//! The tenant that one works in stands in the address: `/t/{slug}/users` is the page `/admin/users` in that tenant. It is
//! taken off before the router looks, so that the table of pages stands once.

use axum::{
    extract::Request,
    http::{Uri, request::Parts, uri::PathAndQuery},
};

/// What the browser asked for, and the tenant that the address names.
#[derive(Clone, Debug)]
struct Address {
    asked: String,
    slug: Option<String>,
}

/// Takes the tenant off the path. `/t/{slug}/fn/…` is the function of that path.
pub fn take_off(mut request: Request) -> Request {
    let asked = request.uri().path_and_query().map_or("/", PathAndQuery::as_str).to_owned();
    let (slug, rest) = match parted(&asked) {
        Some((slug, rest)) => (Some(slug.to_owned()), Some(inner(rest))),
        None => (None, None),
    };
    if let Some(uri) = rest.and_then(|rest| Uri::try_from(rest).ok()) {
        *request.uri_mut() = uri;
    }
    request.extensions_mut().insert(Address { asked, slug });
    request
}

fn parted(asked: &str) -> Option<(&str, &str)> {
    let rest = asked.strip_prefix("/t/")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (slug, rest) = rest.split_at(end);
    (!slug.is_empty()).then_some((slug, rest))
}

fn inner(rest: &str) -> String {
    if rest.starts_with("/fn/") { rest.to_owned() } else { format!("/admin{rest}") }
}

/// The path and query that the browser asked for.
#[must_use]
pub fn asked(parts: &Parts) -> &str {
    let address = parts.extensions.get::<Address>();
    address.map_or_else(|| parts.uri.path_and_query().map_or("/", PathAndQuery::as_str), |address| &address.asked)
}

/// The short name of the tenant that the address names.
#[must_use]
pub fn slug(parts: &Parts) -> Option<&str> {
    parts.extensions.get::<Address>()?.slug.as_deref()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn taken(path: &str) -> (String, Option<String>) {
        let request = take_off(Request::builder().uri(path).body(Body::empty()).unwrap());
        let (parts, _) = request.into_parts();
        assert_eq!(asked(&parts), path);
        (parts.uri.to_string(), slug(&parts).map(str::to_owned))
    }

    #[test]
    fn an_address_in_a_tenant_is_the_same_page_without_it() {
        for (path, page) in [
            ("/t/north", "/admin"),
            ("/t/north?a=b", "/admin?a=b"),
            ("/t/north/users?q=a", "/admin/users?q=a"),
            ("/t/north/fn/users/list", "/fn/users/list"),
        ] {
            assert_eq!(taken(path), (page.to_owned(), Some("north".to_owned())));
        }
        for path in ["/admin/users", "/t", "/t/", "/t//users", "/theme", "/"] {
            assert_eq!(taken(path), (path.to_owned(), None));
        }
    }
}
