//! A message as it is read: subject, text and HTML.

use askama::Template;

use super::{links, texts::Texts};
use crate::{
    domain::outbox::letter::{Content, Letter},
    model::id::UserId,
};

/// A message in its recipient's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Its language, as mail names it.
    pub language: String,
    /// The subject.
    pub subject: String,
    /// For programs that show text alone.
    pub text: String,
    /// For the others. Nothing in it is fetched from anywhere.
    pub html: String,
}

/// Where a message leads.
struct Action {
    label: String,
    url: String,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    said: &'a Said,
}

#[derive(Template)]
#[template(path = "letter.txt", escape = "none")]
struct Text<'a> {
    said: &'a Said,
}

/// What a message says, in words.
struct Said {
    language: String,
    direction: String,
    subject: String,
    greeting: String,
    paragraphs: Vec<String>,
    code: Option<String>,
    action: Option<Action>,
    hint: String,
    footer: String,
}

/// Writes a message for whoever is at `address` and has this locale, with links that begin with `base`. Without a code there
/// is no link, and the message says so.
#[must_use]
pub fn render(content: &Content, (locale, address): (&str, &str), base: &str) -> Option<Rendered> {
    let texts = Texts::of(locale)?;
    let said = said(texts, content, (address, base));
    let (html, text) = (Html { said: &said }.render().ok()?, Text { said: &said }.render().ok()?);
    Some(Rendered { language: said.language, subject: said.subject, text, html })
}

fn said(texts: &Texts, content: &Content, (address, base): (&str, &str)) -> Said {
    let (subject, paragraphs, action) = match &content.letter {
        Letter::AccessEnds { access, tenant, group, until } => {
            access_ends(texts, (access, until), (tenant.as_deref(), group.as_deref()))
        }
        Letter::PasswordReset { user, code } => {
            let url = code.as_deref().map(|code| links::reset_password(base, *user, code));
            with_link(texts, "password-reset", url)
        }
        Letter::VerifyEmail { user, code } => {
            let url = code.as_deref().map(|code| links::verify_email(base, *user, code));
            with_link(texts, "verify-email", url)
        }
        Letter::Activation { user, code, into: None } => {
            with_link(texts, "activation", activation(base, *user, code.as_deref()))
        }
        Letter::Activation { user, code, into: Some(into) } => {
            into_tenant(texts, ("membership", &into.name), activation(base, *user, code.as_deref()))
        }
        Letter::Invitation { user, code, into } => {
            into_tenant(texts, ("invitation", &into.name), activation(base, *user, code.as_deref()))
        }
        Letter::ProfileMade { user, code } => {
            let url = activation(base, *user, code.as_deref());
            let name = if url.is_some() { "profile-made" } else { "profile-told" };
            told(texts, name, url)
        }
        Letter::ProfileChanged => told(texts, "profile-changed", None),
        Letter::AddressChanged => told(texts, "address-changed", None),
        Letter::SignInCode { code } => sign_in_code(texts, code.is_some()),
        Letter::PasswordChanged => password_changed(texts, base),
    };
    let code = if let Letter::SignInCode { code } = &content.letter { code.as_deref().map(in_fours) } else { None };
    let greeting = match content.name.as_str() {
        "" => texts.say("mail-greeting-nameless", &[]),
        name => texts.say("mail-greeting", &[("name", name)]),
    };
    Said {
        language: texts.code.clone(),
        direction: texts.direction(),
        subject,
        greeting,
        paragraphs,
        code,
        action,
        hint: texts.say("mail-link-hint", &[]),
        footer: texts.say("mail-footer", &[("address", address), ("site", host(base))]),
    }
}

/// The name of the site: no link, because marks of direction stand around it.
fn host(base: &str) -> &str {
    base.split_once("://").map_or(base, |(_, host)| host)
}

type Parts = (String, Vec<String>, Option<Action>);

fn access_ends(texts: &Texts, (access, until): (&str, &str), (tenant, group): (Option<&str>, Option<&str>)) -> Parts {
    let values = &[("access", access), ("until", until)];
    let mut paragraphs = vec![texts.say("access-ends-body", values)];
    paragraphs.extend(tenant.map(|tenant| texts.say("access-ends-tenant", &[("tenant", tenant)])));
    paragraphs.extend(group.map(|group| texts.say("access-ends-group", &[("group", group)])));
    paragraphs.push(texts.say("access-ends-next", &[]));
    (texts.say("access-ends-subject", values), paragraphs, None)
}

/// A message that is there for its link; the names of its texts begin alike.
fn with_link(texts: &Texts, name: &str, url: Option<String>) -> Parts {
    let say = |part: &str| texts.say(&format!("{name}-{part}"), &[]);
    let action = url.map(|url| Action { label: say("action"), url: links::in_language(&url, &texts.code) });
    let mut paragraphs = vec![say("body")];
    if action.is_none() {
        paragraphs.push(texts.say("mail-link-gone", &[]));
    }
    paragraphs.push(say("ignore"));
    (say("subject"), paragraphs, action)
}

/// Where a first password is set, and a membership opened.
fn activation(base: &str, user: UserId, code: Option<&str>) -> Option<String> {
    code.map(|code| links::activate(base, user, code))
}

/// A message about coming into a tenant; without a link nothing is left to do.
fn into_tenant(texts: &Texts, (name, tenant): (&str, &str), url: Option<String>) -> Parts {
    let say = |part: &str| texts.say(&format!("{name}-{part}"), &[("tenant", tenant)]);
    let rest = if url.is_some() { "open" } else { "done" };
    let action = url.map(|url| Action { label: say("action"), url: links::in_language(&url, &texts.code) });
    (say("subject"), vec![say("body"), say(rest), say("ignore")], action)
}

/// A message that tells something, and leads somewhere where it has a link.
fn told(texts: &Texts, name: &str, url: Option<String>) -> Parts {
    let say = |part: &str| texts.say(&format!("{name}-{part}"), &[]);
    let action = url.map(|url| Action { label: say("action"), url: links::in_language(&url, &texts.code) });
    (say("subject"), vec![say("body"), say("next")], action)
}

fn sign_in_code(texts: &Texts, is_there: bool) -> Parts {
    let body = if is_there { "sign-in-code-body" } else { "sign-in-code-gone" };
    let paragraphs = [body, "sign-in-code-ignore"].map(|id| texts.say(id, &[])).into();
    (texts.say("sign-in-code-subject", &[]), paragraphs, None)
}

/// Digits as they are read aloud.
fn in_fours(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    digits.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

fn password_changed(texts: &Texts, base: &str) -> Parts {
    let paragraphs = ["password-changed-body", "password-changed-next"].map(|id| texts.say(id, &[])).into();
    let action = Action {
        label: texts.say("password-changed-action", &[]),
        url: links::in_language(&links::forgot_password(base), &texts.code),
    };
    (texts.say("password-changed-subject", &[]), paragraphs, Some(action))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://id.example.com";

    fn reset(name: &str, code: Option<&str>) -> Content {
        let user = UserId(uuid::Uuid::from_u128(7));
        Content { name: name.into(), letter: Letter::PasswordReset { user, code: code.map(str::to_owned) } }
    }

    fn rendered(content: &Content, locale: &str) -> Rendered {
        render(content, (locale, "ada@example.com"), BASE).unwrap()
    }

    #[test]
    fn each_part_has_the_link_and_is_in_the_recipients_language() {
        let url = "https://id.example.com/reset-password?user=00000000-0000-0000-0000-000000000007&code=abc";
        for locale in ["en_US", "de_AT", "fr_FR", "es_MX", "ar_EG", "ja_JP"] {
            let mail = rendered(&reset("Ada", Some("abc")), locale);
            let url = format!("{url}&lang={}", mail.language);
            assert!(mail.text.contains(&url), "{locale}: {}", mail.text);
            assert!(mail.html.contains(&url.replace('&', "&#38;")), "{locale}: {}", mail.html);
            assert!(mail.html.contains(&format!("lang=\"{}\"", mail.language)), "{locale}");
            assert!(!mail.subject.is_empty() && !mail.subject.contains("password-reset"), "{locale}: {}", mail.subject);
        }
        let arabic = rendered(&reset("عمر", Some("abc")), "ar");
        assert!(arabic.html.contains("dir=\"rtl\"") && arabic.text.contains("عمر"));
    }

    #[test]
    fn a_code_to_type_stands_in_both_parts_and_not_in_the_subject() {
        let content = |code: Option<&str>| Content {
            name: "Ada".into(),
            letter: Letter::SignInCode { code: code.map(str::to_owned) },
        };
        for locale in ["en", "de", "fr", "es", "ar"] {
            let mail = rendered(&content(Some("12345678")), locale);
            assert!(mail.text.contains("1234 5678") && mail.html.contains("1234 5678"), "{locale}: {}", mail.text);
            assert!(!mail.subject.contains("1234"), "{locale}: it would be read on a locked screen");
            assert!(!rendered(&content(None), locale).text.contains("1234"));
        }
    }

    #[test]
    fn without_a_code_there_is_no_link() {
        let mail = rendered(&reset("Ada", None), "en");
        assert!(!mail.text.contains("reset-password?") && !mail.html.contains("reset-password?"));
    }

    #[test]
    fn a_name_is_text_and_nothing_else() {
        let mail = rendered(&reset("<img src=x onerror=alert(1)>", Some("abc")), "en");
        assert!(!mail.html.contains("<img") && mail.html.contains("&#60;img"));
    }

    #[test]
    fn nothing_is_fetched_from_anywhere() {
        let mail = rendered(&reset("Ada", Some("abc")), "en");
        for fetching in ["src=", "url(", "@import", "<link"] {
            assert!(!mail.html.contains(fetching), "{fetching}");
        }
    }
}
