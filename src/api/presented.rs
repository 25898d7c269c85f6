//! What a request's headers say about who sends it, whichever family it is for.

use axum::http::{HeaderMap, header};

use crate::domain::{caller::Presented, key_pairs::signature::Signed};

const TIMESTAMP: &str = "x-logtrust-timestamp";
const SIGN: &str = "x-logtrust-sign";
const RESELLERS_KEY: &str = "x-logtrust-reseller-apikey";
const DOMAINS_KEY: &str = "x-logtrust-domain-apikey";
const STAND_ALONE: &str = "standalonetoken";

/// Headers that say nothing that could be believed: twice the same, half a signature, or what is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unusable;

/// What the headers say, with the raw body that a signature is about. Names of headers are the same in any case.
pub fn presented<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Result<Presented<'a>, Unusable> {
    Ok(Presented { bearer: bearer(headers)?, stand_alone: one(headers, STAND_ALONE)?, signed: signed(headers, body)? })
}

/// The token of `Authorization: Bearer …`; the scheme is the same in any case (RFC 9110, 11.1).
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Unusable> {
    let Some(text) = one(headers, header::AUTHORIZATION.as_str())? else {
        return Ok(None);
    };
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Unusable),
    }
}

fn signed<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Result<Option<Signed<'a>>, Unusable> {
    let [timestamp, sign] = [one(headers, TIMESTAMP)?, one(headers, SIGN)?];
    let [resellers, domains] = [one(headers, RESELLERS_KEY)?, one(headers, DOMAINS_KEY)?];
    let (key, is_resellers) = match (resellers, domains) {
        (None, None) if timestamp.is_none() && sign.is_none() => return Ok(None),
        (Some(key), None) => (key, true),
        (None, Some(key)) => (key, false),
        _ => return Err(Unusable),
    };
    let (timestamp, sign) = timestamp.zip(sign).ok_or(Unusable)?;
    Ok(Some(Signed { key, is_resellers, timestamp, sign, body }))
}

fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Unusable> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Unusable),
        _ => Err(Unusable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_caller_is_said_in_one_whole_way() {
        let bearer = of(&[("authorization", "bEARER  abc")]);
        assert_eq!(presented(&bearer, b"").unwrap().bearer, Some("abc"));
        let whole = [(TIMESTAMP, "1"), (SIGN, "ab"), (DOMAINS_KEY, "k")];
        let signed = of(&whole);
        let signed = presented(&signed, b"body").unwrap().signed.unwrap();
        assert_eq!((signed.key, signed.is_resellers, signed.body), ("k", false, b"body".as_slice()));
        assert!(presented(&of(&[]), b"").unwrap().signed.is_none());
        for place in 0..whole.len() {
            let mut half = whole.to_vec();
            half.remove(place);
            assert_eq!(presented(&of(&half), b"").unwrap_err(), Unusable, "{half:?}");
        }
        let two_keys = [whole.as_slice(), &[(RESELLERS_KEY, "k")]].concat();
        let twice = [("authorization", "Bearer a"), ("authorization", "Bearer b")];
        for unusable in [two_keys.as_slice(), &twice, &[("authorization", "Basic a")], &[("authorization", "Bearer")]] {
            assert_eq!(presented(&of(unusable), b"").unwrap_err(), Unusable, "{unusable:?}");
        }
    }
}
