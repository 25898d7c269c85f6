//! Codes of an authenticator app: TOTP (RFC 6238) as all apps know it, with SHA-1, six digits and steps of 30 seconds.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::{Choice, ConstantTimeEq};

use crate::{
    domain::clock::random_bytes,
    model::timestamp::{SKEW, Timestamp},
};

/// Seconds of a step.
const STEP: i64 = 30;
/// Steps by which a phone's clock may be wrong, either way.
const DRIFT: i64 = 1;
const DIGITS: usize = 6;
/// As long as the hash (RFC 4226, 4).
const SECRET: usize = 20;
/// RFC 4648: what apps take, whether it is typed or scanned.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret.
#[must_use]
pub fn new_secret() -> Vec<u8> {
    random_bytes::<SECRET>().to_vec()
}

/// The step that a moment is in.
#[must_use]
pub const fn step_at(now: Timestamp) -> i64 {
    now.0.div_euclid(1000 * STEP)
}

/// Steps from this one on were written by a clock that was ahead, and aren't believed: nobody could sign in until then.
#[must_use]
pub const fn unbelieved(now: Timestamp) -> i64 {
    step_at(now.plus_seconds(SKEW)) + DRIFT + 1
}

/// The step whose code this is, if it is one of those around `now`. Each is compared whole, so that the time tells nothing.
#[must_use]
pub fn step_of(secret: &[u8], typed: &str, now: Timestamp) -> Option<i64> {
    let (typed, now) = (digits(typed), step_at(now));
    let mut found = None;
    for step in now - DRIFT..=now + DRIFT {
        let same: Choice = code(secret, step).as_bytes().ct_eq(typed.as_bytes());
        found = if bool::from(same) { Some(step) } else { found };
    }
    found
}

/// What was typed, without the blanks that apps show between the digits.
#[must_use]
pub fn digits(typed: &str) -> String {
    typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').take(2 * DIGITS).collect()
}

/// The code of a step.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    format!("{:0DIGITS$}", truncated(secret, step) % 10_u32.pow(DIGITS as u32))
}

/// RFC 4226, 5.3.
fn truncated(secret: &[u8], step: i64) -> u32 {
    // A key of any length is accepted, so this can't fail.
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let from = usize::from(hash[hash.len() - 1] & 0xf);
    let four = [hash[from] & 0x7f, hash[from + 1], hash[from + 2], hash[from + 3]];
    u32::from_be_bytes(four)
}

/// The secret as it is typed into an app.
#[must_use]
pub fn base32(secret: &[u8]) -> String {
    let bits: Vec<u8> = secret.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let letter = |five: &[u8]| {
        let value = (0..5).fold(0, |sum, bit| sum << 1 | usize::from(five.get(bit).copied().unwrap_or_default()));
        char::from(BASE32[value])
    };
    bits.chunks(5).map(letter).collect()
}

/// The secret with what an app shows beside it, as a QR code or a link holds it. `site` tells installations apart.
#[must_use]
pub fn uri(secret: &[u8], (site, login): (&str, &str)) -> String {
    let (site, login) = (escaped(site), escaped(login));
    let secret = base32(secret);
    format!("otpauth://totp/{site}:{login}?secret={secret}&issuer={site}&algorithm=SHA1&digits={DIGITS}&period={STEP}")
}

/// RFC 3986: apps don't read `+` as a blank.
fn escaped(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (at, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SECRET, step_at(Timestamp(at * 1000))), expected, "{at}");
        }
    }

    #[test]
    fn a_clock_may_be_wrong_by_one_step_and_no_more() {
        let now = Timestamp(1_111_111_111_000);
        for (drift, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let step = step_at(now) + drift;
            assert_eq!(step_of(SECRET, &code(SECRET, step), now), taken.then_some(step), "{drift}");
        }
        assert_eq!(step_of(SECRET, " 050-471 ", now), Some(step_at(now)), "as apps show it");
        for wrong in ["", "05047", "0504711", "abcdef", "050471050471050471", "٠٥٠٤٧١"] {
            assert_eq!(step_of(SECRET, wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_are_written_as_apps_read_them() {
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(base32(b"f"), "MY");
        assert_eq!(new_secret().len(), 20);
        let uri = uri(b"fooba", ("id.example.com", "ada+x@example.com"));
        assert!(
            uri.starts_with(
                "otpauth://totp/id.example.com:ada%2Bx%40example.com?secret=MZXW6YTB&issuer=id.example.com&"
            )
        );
    }
}
