//! What a browser is asked for a passkey. It keeps the question, sealed, until its device has answered: nothing is written
//! for strangers who only look.

use super::{
    cookies::{self, Name},
    visit::{Visit, set_cookie, visit},
};
use crate::domain::passkeys::ceremony::{Attempt, LIFETIME, Question};

/// Gives the browser a question to keep, in place of the one before; what its script is told.
#[must_use]
pub fn ask(question: Question) -> String {
    let visit = visit();
    let kept = cookies::sealed(&visit.site, Name::Passkey, (&visit.ctx.services.key, &question.asked), LIFETIME);
    if let Some(cookie) = kept {
        set_cookie(cookie);
    }
    question.options
}

/// What came back.
#[must_use]
pub fn attempt<'a>(visit: &'a Visit, answer: &'a str) -> Attempt<'a> {
    Attempt { public_url: &visit.site.public_url, asked: visit.passkey.as_ref(), answer }
}

/// Forgets the question, once it was answered.
pub fn forget() {
    set_cookie(cookies::none(&visit().site, Name::Passkey));
}
