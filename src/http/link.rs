//! What a mailed link carried. The page that it opens takes it out of the address at once, so that no history, no proxy and
//! no `Referer` keeps a code that still works: it goes to the browser in a cookie, sealed.

use super::{
    cookies::{self, Name},
    mailed::Mailed,
    visit::{go, set_cookie, visit},
};
use crate::domain::codes::{Link, Purpose};

/// Where the address carries a link: keeps it, and goes on to the same page without it. Says whether it does.
pub fn arrives(page: &str) -> bool {
    let visit = visit();
    let [user, code] = ["user", "code"].map(|name| visit.query.text(name).to_owned());
    if code.is_empty() {
        return false;
    }
    let mailed = Mailed { page: page.to_owned(), user, code };
    if let Some(cookie) = mailed.cookie(&visit.site, &visit.ctx.services.key) {
        set_cookie(cookie);
    }
    let rest = visit.query.clone().without(&["user", "code"]).encode();
    go(&if rest.is_empty() { page.to_owned() } else { format!("{page}?{rest}") });
    true
}

/// The link that this page is about. Without one, it is a link that doesn't work.
#[must_use]
pub fn read(page: &str, purpose: Purpose) -> Link {
    let visit = visit();
    let mailed = visit.link.as_ref().filter(|mailed| mailed.page == page);
    mailed.map_or_else(|| Link::read(purpose, "", ""), |mailed| Link::read(purpose, &mailed.user, &mailed.code))
}

/// Forgets it, once it was used.
pub fn forget() {
    set_cookie(cookies::none(&visit().site, Name::Link));
}
