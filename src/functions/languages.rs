//! The language of pages for strangers, and of one's own, for everybody.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
#[cfg(feature = "ssr")]
use crate::http::{
    access::{Access::*, guarded},
    cookies, languages,
    visit::{go, set_cookie, visit},
};

/// Remembers the language in a cookie, and stays on the page, which the address says no other language of any more.
#[server(prefix = "/fn", endpoint = "sign-in/language", input = Post<Form>)]
pub async fn choose_language(lang: String) -> Answer {
    let visit = visit();
    set_cookie(cookies::language(&visit.site, languages::code(&lang).unwrap_or_default()));
    go(&languages::without(&visit.here));
    Ok(())
}

#[cfg(feature = "ssr")]
guarded! {
    ChooseLanguage: Public;
}
