//! Browsers that somebody signed in with before. Each carries, for a few logins, a mark under the installation's key; it
//! opens nothing, but its wrong passwords are counted apart from everybody else's.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::{
    domain::{clock::random_bytes, ctx::Ctx},
    model::timestamp::{SKEW, Timestamp},
};

/// How long a browser stays known, in seconds.
pub const KNOWN_FOR: i64 = 180 * 86_400;
/// Logins that one browser is known for.
const LOGINS: usize = 3;
/// Marks that are looked at: other cookies of the same name may stand beside ours.
const MARKS: usize = 4 * LOGINS;

/// The name of the browser, if it signed in to `login` before. `marks` is what [`remember`] gave it.
#[must_use]
pub fn device(ctx: &Ctx, marks: &str, login: &str) -> Option<String> {
    marks.split('~').take(MARKS).find_map(|mark| {
        let (rest, seal) = mark.rsplit_once('.')?;
        let (device, issued) = rest.split_once('.')?;
        let issued = Timestamp(issued.parse().ok()?);
        let now = ctx.now();
        let valid = issued <= now.plus_seconds(SKEW) && now < issued.plus_seconds(KNOWN_FOR);
        let ours = bool::from(seal.as_bytes().ct_eq(sealed(ctx, device, issued, login).as_bytes()));
        (valid && ours).then(|| device.to_owned())
    })
}

/// What a browser carries after it signed in to `login`, instead of the `marks` that it had.
#[must_use]
pub fn remember(ctx: &Ctx, marks: &str, login: &str) -> String {
    let (device, issued) = (URL_SAFE_NO_PAD.encode(random_bytes::<12>()), ctx.now());
    let mark = format!("{device}.{}.{}", issued.0, sealed(ctx, &device, issued, login));
    let others =
        marks.split('~').take(MARKS).filter(|other| !other.is_empty() && self::device(ctx, other, login).is_none());
    let mut kept: Vec<&str> = others.filter(|other| other.len() <= mark.len()).take(LOGINS - 1).collect();
    kept.insert(0, &mark);
    kept.join("~")
}

fn sealed(ctx: &Ctx, device: &str, issued: Timestamp, login: &str) -> String {
    let seal = ctx.services.key.mac("known browser", format!("{device}\0{}\0{login}", issued.0).as_bytes());
    URL_SAFE_NO_PAD.encode(&seal[..16])
}
