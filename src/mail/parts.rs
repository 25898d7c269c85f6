//! The parts of a message, in words.

use jiff::Timestamp;

use super::{links, texts::Texts};
use crate::model::id::UserId;

/// Where a message leads.
pub struct Action {
    /// What its button says.
    pub label: String,
    /// The address.
    pub url: String,
}

impl Action {
    /// A button that leads to a page, in the language of the message.
    fn new(texts: &Texts, label: String, url: &str) -> Self {
        Self { label, url: links::in_language(url, &texts.code) }
    }
}

/// Its subject, what stands in it, and where it leads.
pub type Parts = (String, Vec<String>, Option<Action>);

/// Somebody's access ends soon.
pub fn access_ends(
    texts: &Texts,
    (access, until): (&str, &str),
    (tenant, group): (Option<&str>, Option<&str>),
) -> Parts {
    let until = moment(until);
    let values = &[("access", access), ("until", until.as_str())];
    let mut paragraphs = vec![texts.say("access-ends-body", values)];
    paragraphs.extend(tenant.map(|tenant| texts.say("access-ends-tenant", &[("tenant", tenant)])));
    paragraphs.extend(group.map(|group| texts.say("access-ends-group", &[("group", group)])));
    paragraphs.push(texts.say("access-ends-next", &[]));
    (texts.say("access-ends-subject", values), paragraphs, None)
}

/// A message that is there for its link; the names of its texts begin alike.
pub fn with_link(texts: &Texts, name: &str, url: Option<String>) -> Parts {
    let say = |part: &str| texts.say(&format!("{name}-{part}"), &[]);
    let action = url.map(|url| Action::new(texts, say("action"), &url));
    let mut paragraphs = vec![say("body")];
    if action.is_none() {
        paragraphs.push(texts.say("mail-link-gone", &[]));
    }
    paragraphs.push(say("ignore"));
    (say("subject"), paragraphs, action)
}

/// Where a first password is set, and a membership opened.
pub fn activation(base: &str, user: UserId, code: Option<&str>) -> Option<String> {
    code.map(|code| links::activate(base, user, code))
}

/// A message about coming into a tenant; without a link nothing is left to do.
pub fn into_tenant(texts: &Texts, (name, tenant): (&str, &str), url: Option<String>) -> Parts {
    let say = |part: &str| texts.say(&format!("{name}-{part}"), &[("tenant", tenant)]);
    let rest = if url.is_some() { "open" } else { "done" };
    let action = url.map(|url| Action::new(texts, say("action"), &url));
    (say("subject"), vec![say("body"), say(rest), say("ignore")], action)
}

/// A message that tells something, and leads somewhere where it has a link.
pub fn told(texts: &Texts, name: &str, url: Option<String>) -> Parts {
    let say = |part: &str| texts.say(&format!("{name}-{part}"), &[]);
    let action = url.map(|url| Action::new(texts, say("action"), &url));
    (say("subject"), vec![say("body"), say("next")], action)
}

/// A code to type; `is_there` until it was sent.
pub fn sign_in_code(texts: &Texts, is_there: bool) -> Parts {
    let body = if is_there { "sign-in-code-body" } else { "sign-in-code-gone" };
    let paragraphs = [body, "sign-in-code-ignore"].map(|id| texts.say(id, &[])).into();
    (texts.say("sign-in-code-subject", &[]), paragraphs, None)
}

/// That there is another password.
pub fn password_changed(texts: &Texts, base: &str) -> Parts {
    warned(texts, base, ("password-changed", "password-changed"), &[])
}

/// That one signs in with another address, and how that is taken back, while it can be.
pub fn address_changed(texts: &Texts, base: &str, link: Option<(UserId, &str)>) -> Parts {
    let say = |part: &str| texts.say(&format!("address-changed-{part}"), &[]);
    let url = link.map(|(user, code)| links::stop_address_change(base, user, code));
    let action = url.map(|url| Action::new(texts, say("action"), &url));
    let rest = if action.is_some() { "back" } else { "next" };
    (say("subject"), vec![say("body"), say(rest)], action)
}

/// A sign-in from a browser that isn't known.
pub fn new_device(texts: &Texts, base: &str, (device, address, at): (&str, Option<&str>, &str)) -> Parts {
    let (unknown, nowhere) = (texts.say("new-device-unknown", &[]), texts.say("new-device-nowhere", &[]));
    let device = if device.is_empty() { &unknown } else { device };
    let values = [("device", device), ("address", address.unwrap_or(&nowhere)), ("time", &moment(at))];
    warned(texts, base, ("new-device", "new-device"), &values)
}

/// A moment as readers of every language know it, to the minute; where they are isn't known here.
pub fn moment(exact: &str) -> String {
    exact.parse::<Timestamp>().map_or_else(|_| exact.to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// A message that tells of what its reader may not have done, and leads to where a new password is asked for. What happened
/// and what to do have names of their own, because much that happens asks for the same.
pub fn warned(texts: &Texts, base: &str, (what, next): (&str, &str), values: &[(&'static str, &str)]) -> Parts {
    let say = |name: &str, part: &str| texts.say(&format!("{name}-{part}"), values);
    let action = Action::new(texts, say(next, "action"), &links::forgot_password(base));
    (say(what, "subject"), vec![say(what, "body"), say(next, "next")], Some(action))
}
