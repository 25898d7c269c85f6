//! Letters with the addresses by which people reach this server.

use super::state::Site;
use crate::{
    domain::outbox::{letter::Content, store::Message},
    mail::letter::{self, Rendered},
};

/// A message as its recipient reads it.
#[must_use]
pub fn rendered(site: &Site, message: &Message, content: &Content) -> Option<Rendered> {
    letter::render(content, (&message.locale, &message.recipient), site.base_of_links())
}

/// What a message holds that opens an account, to be passed on by hand.
#[must_use]
pub fn secret(site: &Site, message: &Message, content: &Content) -> Option<String> {
    letter::secret(content, &message.locale, site.base_of_links())
}
