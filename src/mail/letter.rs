//! A message as it is read: subject, text and HTML.

use askama::Template;

use super::{
    links,
    parts::{
        Action, access_ends, activation, address_changed, into_tenant, moment, new_device, password_changed,
        sign_in_code, told, warned, with_link,
    },
    texts::Texts,
};
use crate::domain::{
    outbox::letter::{Content, Letter},
    secrets::in_fours,
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

/// What a message holds that opens an account, to be passed on by hand: its link, or the code that is typed.
#[must_use]
pub fn secret(content: &Content, locale: &str, base: &str) -> Option<String> {
    if !content.letter.has_code() {
        return None;
    }
    let said = said(Texts::of(locale)?, content, ("", base));
    said.code.or(said.action.map(|action| action.url))
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
        Letter::AddressChanged { user, code } => address_changed(texts, base, user.zip(code.as_deref())),
        Letter::AddressConfirm { user, code } => {
            let url = code.as_deref().map(|code| links::confirm_address(base, *user, code));
            with_link(texts, "address-confirm", url)
        }
        Letter::AddressAsked { user, code } => {
            let url = code.as_deref().map(|code| links::stop_address_change(base, *user, code));
            with_link(texts, "address-asked", url)
        }
        Letter::AddressNew => told(texts, "address-new", None),
        Letter::AddressTaken => told(texts, "address-taken", None),
        Letter::AddressRestored => told(texts, "address-restored", Some(links::forgot_password(base))),
        Letter::NewDevice { device, address, at } => new_device(texts, base, (device, address.as_deref(), at)),
        Letter::SignInLocked { until } => {
            warned(texts, base, ("sign-in-locked", "sign-in-locked"), &[("until", &moment(until))])
        }
        Letter::CredentialChanged { change, called } => {
            warned(texts, base, (change.word(), "credential"), &[("name", called)])
        }
        Letter::SignInCode { code } => sign_in_code(texts, code.is_some()),
        Letter::PasswordChanged => password_changed(texts, base),
        Letter::Test => told(texts, "test", None),
    };
    let footer = match &content.letter {
        // There is no account for it yet.
        Letter::AddressConfirm { .. } => "mail-footer-named",
        _ => "mail-footer",
    };
    let code = match &content.letter {
        Letter::SignInCode { code } => code.as_deref().map(|code| in_fours(code.chars(), " ")),
        _ => None,
    };
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
        footer: texts.say(footer, &[("address", address), ("site", host(base))]),
    }
}

/// The name of the site: no link, because marks of direction stand around it.
fn host(base: &str) -> &str {
    base.split_once("://").map_or(base, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::outbox::letter::CredentialChange, model::id::UserId};

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
    fn what_opens_an_account_is_there_for_whoever_passes_it_on_and_blanked_for_others() {
        let (whole, gone) = (reset("Ada", Some("abc")), reset("Ada", None));
        assert!(secret(&whole, "de", BASE).is_some_and(|link| link.contains("code=abc") && link.ends_with("&lang=de")));
        assert_eq!(secret(&gone, "en", BASE), None);
        let typed = Content { name: String::new(), letter: Letter::SignInCode { code: Some("12345678".into()) } };
        assert_eq!(secret(&typed, "en", BASE).as_deref(), Some("1234 5678"));
        let blanked = rendered(&whole.blanked(), "en");
        assert!(blanked.text.contains("code=********") && !blanked.html.contains("code=abc"), "{}", blanked.text);
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

    #[test]
    fn what_warns_names_what_happened_in_every_language_and_leads_on() {
        let device =
            Letter::NewDevice { device: "Firefox, Linux".into(), address: None, at: "2026-11-22T00:00:00Z".into() };
        let token = Letter::CredentialChanged { change: CredentialChange::TokenMade, called: "nightly".into() };
        let lock = Letter::SignInLocked { until: "2026-11-22T00:01:00Z".into() };
        for locale in ["en", "de", "fr", "es", "ar"] {
            for (letter, named) in [(&device, "Firefox, Linux"), (&token, "nightly"), (&lock, "2026-11-22 00:01 UTC")] {
                let mail = rendered(&Content { name: "Ada".into(), letter: letter.clone() }, locale);
                assert!(mail.text.contains(named) && mail.text.contains("/forgot-password?lang="), "{}", mail.text);
            }
        }
    }

    #[test]
    fn every_change_of_a_credential_has_its_words() {
        for change in CredentialChange::ALL {
            let letter = Letter::CredentialChanged { change: *change, called: "key".into() };
            let mail = rendered(&Content { name: "Ada".into(), letter }, "en");
            assert!(!mail.text.contains(change.word()) && !mail.subject.contains(change.word()), "{}", mail.text);
        }
    }

    #[test]
    fn a_change_of_address_leads_back_while_it_can() {
        let user = Some(UserId(uuid::Uuid::from_u128(7)));
        let mail = |code: Option<&str>| {
            let letter = Letter::AddressChanged { user, code: code.map(str::to_owned) };
            rendered(&Content { name: "Ada".into(), letter }, "en").text
        };
        assert!(
            mail(Some("abc"))
                .contains("/stop-address-change?user=00000000-0000-0000-0000-000000000007&code=abc&lang=en")
        );
        assert!(!mail(None).contains("/stop-address-change"));
        let before: Content = serde_json::from_str(r#"{"name":"Ada","letter":"address-changed"}"#).unwrap();
        assert!(!rendered(&before, "en").text.contains("://id.example.com/stop"), "as it was kept before");
    }
}
