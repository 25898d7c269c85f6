//! What an authenticator app is given: as a picture, as a link for the phone that shows the page, and to be typed.

use leptos::prelude::*;

use super::qr::Qr;
use crate::{
    domain::{second_factor::totp, secrets::in_fours},
    http::visit::visit,
    pages::language::Language,
};

/// The secret of an app that isn't bound yet, of whoever signs in as `login`.
#[component]
pub fn Offered(secret: Vec<u8>, login: String, language: Language) -> impl IntoView {
    let typed = in_fours(totp::base32(&secret).chars(), " ");
    let visit = visit();
    let url = visit.site.public_url.as_str();
    let site = url.split_once("://").map_or(url, |(_, site)| site);
    let uri = totp::uri(&secret, (site, &login));
    view! {
        <Qr text=uri.clone() label=language.say("page-code-picture")/>
        <p>{language.say("page-code-typed")}" "<code class="secret" dir="ltr">{typed}</code></p>
        <p><a class="link" href=uri>{language.say("page-code-open")}</a></p>
    }
}
