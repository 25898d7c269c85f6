//! How a request is signed by a key pair (contract 004, Auth A).

use subtle::ConstantTimeEq;

use crate::{domain::secrets::hmac, model::timestamp::Timestamp};

/// How far the clock of whoever signs may be off, in milliseconds: a signature that is found later is worth nothing.
pub const WINDOW: i64 = 5 * 60 * 1000;

/// What a signed request says.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The public half of the pair.
    pub key: &'a str,
    /// Whether it was said to be a reseller's.
    pub is_resellers: bool,
    /// When it was signed, in milliseconds since 1970, as it was sent.
    pub timestamp: &'a str,
    /// The signature, in hexadecimal digits.
    pub sign: &'a str,
    /// The raw body; empty without one.
    pub body: &'a [u8],
}

impl Signed<'_> {
    /// Whether it was signed with this secret, and about `now`. Says nothing by the time that it takes.
    #[must_use]
    pub fn fits(&self, secret: &[u8], now: Timestamp) -> bool {
        let signed_at = self.timestamp.parse::<i64>().ok();
        let is_fresh = signed_at.is_some_and(|at| now.0.abs_diff(at) <= WINDOW.unsigned_abs());
        let expected = hmac(secret, &[self.key.as_bytes(), self.body, self.timestamp.as_bytes()]);
        let fits = bytes(self.sign).is_some_and(|sign| sign.ct_eq(&expected).into());
        is_fresh && fits
    }
}

/// 32 bytes of 64 hexadecimal digits, large or small.
fn bytes(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let text: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (place, pair) in text.chunks_exact(2).enumerate() {
        bytes[place] = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contract 004, section 3.
    const SECRET: &[u8] = b"mt-secret-0001";
    const SIGNED_AT: i64 = 1_763_762_400_000;
    const EMPTY: &str = "bc268a0a3661b94ceea3d2a52ac5f0b3ca6ed3c8e8dbd7061654131452d15014";
    const BODY: &[u8] = br#"{"userName":"Ana Ruiz","email":"ana@acme.example","role":"OWNER","phone":"+34 600 123 456","domain":"acme@resell"}"#;
    const OF_BODY: &str = "5952783411f7513e2020e6d426c897f3ba5a37e751712d9fd7cba2af34347949";

    fn signed<'a>(sign: &'a str, body: &'a [u8]) -> Signed<'a> {
        Signed { key: "mt-key-0001", is_resellers: true, timestamp: "1763762400000", sign, body }
    }

    #[test]
    fn the_contracts_vectors_fit_and_nothing_else_does() {
        let now = Timestamp(SIGNED_AT);
        assert!(signed(EMPTY, b"").fits(SECRET, now) && signed(OF_BODY, BODY).fits(SECRET, now));
        assert!(signed(&OF_BODY.to_uppercase(), BODY).fits(SECRET, now), "digits may be large");
        assert!(!signed(OF_BODY, b"").fits(SECRET, now) && !signed(EMPTY, BODY).fits(SECRET, now));
        assert!(!signed(OF_BODY, BODY).fits(b"mt-secret-0002", now));
        assert!(!Signed { key: "mt-key-0002", ..signed(OF_BODY, BODY) }.fits(SECRET, now));
        assert!(!Signed { timestamp: "1763762400001", ..signed(OF_BODY, BODY) }.fits(SECRET, now));
        for place in 0..BODY.len() {
            let mut body = BODY.to_vec();
            body[place] ^= 1;
            assert!(!signed(OF_BODY, &body).fits(SECRET, now), "byte {place} of the body");
        }
        for place in 0..OF_BODY.len() {
            let mut sign = OF_BODY.to_owned();
            sign.replace_range(place..=place, if &sign[place..=place] == "0" { "1" } else { "0" });
            assert!(!signed(&sign, BODY).fits(SECRET, now), "digit {place} of the signature");
        }
        for wrong in ["", "zz", &OF_BODY[1..], &format!("{OF_BODY}0"), &"é".repeat(32)] {
            assert!(!signed(wrong, BODY).fits(SECRET, now), "{wrong}");
        }
    }

    #[test]
    fn a_signature_is_worth_nothing_outside_of_its_window() {
        for (off, fits) in [(0, true), (WINDOW, true), (-WINDOW, true), (WINDOW + 1, false), (-WINDOW - 1, false)] {
            assert_eq!(signed(EMPTY, b"").fits(SECRET, Timestamp(SIGNED_AT + off)), fits, "{off}");
        }
        for timestamp in ["", "soon", "9223372036854775808", "-9223372036854775808"] {
            let sign = crate::domain::secrets::hex(&hmac(SECRET, &[b"mt-key-0001", timestamp.as_bytes()]));
            assert!(!Signed { timestamp, ..signed(&sign, b"") }.fits(SECRET, Timestamp(SIGNED_AT)), "{timestamp}");
        }
    }
}
