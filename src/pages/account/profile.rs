//! `/account`: who one is, and where one is reached.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::users::{own::own, store::User, time_zone},
    functions::account::{ConfirmOwnAddress, UpdateOwnProfile},
    http::visit::visit,
    mail::texts::Texts,
    model::{fields::Fields, merge::Part},
    pages::{
        Page,
        form::{Act, Choice, Field, Form, FormState},
        language::Language,
        layout::Own,
        overtaken::as_typed,
        parts::Opened,
    },
};

const PARTS: &[Part] = &[
    Part::new("first name", &["first_name"]),
    Part::new("last name", &["last_name"]),
    Part::new("display name", &["display_name"]),
    Part::new("contact", &["contact"]),
    Part::new("phone", &["phone"]),
    Part::new("locale", &["locale"]),
    Part::new("time zone", &["time_zone"]),
];

/// `/account`
pub async fn page() -> Page {
    let ctx = visit().ctx.clone();
    let user = own(&ctx).await?;
    let zone = time_zone::of(&mut *ctx.read().await?, user.id).await?;
    let language = Language::here();
    let state = language.translated(FormState::editing(
        UpdateOwnProfile::PATH,
        (PARTS, saved(&user).with("time_zone", zone)),
        as_typed,
    ));
    let languages = languages(&user.locale);
    Ok(view! {
        <Own title=language.say("account-profile")>
            <div class="head"><div><h1><bdi>{user.display_name.clone()}</bdi></h1><p><bdi>{user.login.clone()}</bdi></p></div></div>
            <div class="cols">
                <section class="card"><header><h2>{language.say("account-profile")}</h2></header><div class="in">
                    <Form function=UpdateOwnProfile::PATH state still=true>
                        <Opened parts=PARTS/>
                        <Profile language languages/>
                        <div class="actions"><button class="btn main">{language.say("account-save")}</button></div>
                    </Form>
                </div></section>
                <Address user language/>
            </div>
        </Own>
    }
    .into_any())
}

#[component]
fn Profile(language: Language, languages: Vec<(String, String)>) -> impl IntoView {
    view! {
        <div class="two">
            <Field name="first_name" label=language.say("account-first-name") required=true autocomplete="given-name"/>
            <Field name="last_name" label=language.say("account-last-name") autocomplete="family-name"/>
        </div>
        <Field name="display_name" label=language.say("account-display-name") hint=language.say("account-display-name-hint")/>
        <Field name="contact" label=language.say("account-contact") kind="email" hint=language.say("account-contact-hint")/>
        <Field name="phone" label=language.say("account-phone") kind="tel" autocomplete="tel" hint=language.say("account-phone-hint")/>
        <Choice name="locale" label=language.say("account-language") none="" options=languages/>
        <Choice name="time_zone" label=language.say("account-zone") none="" options=zones(language)/>
    }
}

/// The address that one signs in with, and whether it is confirmed.
#[component]
fn Address(user: User, language: Language) -> impl IntoView {
    let confirmed = user.email_verified_at.is_some();
    let state = if confirmed { "account-address-confirmed" } else { "account-address-open" };
    view! {
        <section class="card"><header><h2>{language.say("account-address")}</h2></header><div class="in">
            <p><bdi>{user.login}</bdi></p>
            <p class="hint">{language.say("account-address-hint")}" "{language.say(state)}</p>
            <p class="actions"><a class="btn" href="/account/address">{language.say("account-address-change")}"…"</a></p>
            {(!confirmed).then(|| view! {
                <Act function=ConfirmOwnAddress::PATH><button class="btn">{language.say("account-address-confirm")}</button></Act>
            })}
        </div></section>
    }
}

/// The time zones to choose from.
fn zones(language: Language) -> Vec<(String, String)> {
    let browsers = (String::new(), language.say("account-zone-browser"));
    let named = time_zone::all().into_iter().map(|zone| (zone.clone(), zone.replace('_', " ")));
    [browsers].into_iter().chain(named).collect()
}

/// The languages to choose from, each with its own name. One's region is kept with one's language.
fn languages(locale: &str) -> Vec<(String, String)> {
    let spoken = locale.split('_').next().unwrap_or_default();
    let mut all: Vec<(String, String)> = Texts::all()
        .map(|texts| {
            let value = if texts.code == spoken { locale.to_owned() } else { texts.code.clone() };
            (value, texts.say("language", &[]))
        })
        .collect();
    // Somebody may have one that nothing is written in.
    if !all.iter().any(|(value, _)| value == locale) {
        all.push((locale.to_owned(), locale.to_owned()));
    }
    all
}

fn saved(user: &User) -> Fields {
    Fields::default()
        .with("first_name", &user.first_name)
        .with("last_name", &user.last_name)
        .with("display_name", &user.display_name)
        .with("contact", user.contact().unwrap_or_default())
        .with("phone", user.phone.clone().unwrap_or_default())
        .with("locale", &user.locale)
        .with("version", user.version.to_string())
}
