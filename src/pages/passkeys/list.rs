//! `/account/passkeys`: one's own passkeys, and adding one.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Asks, Device};
use crate::{
    domain::passkeys::{
        ceremony::RelyingParty,
        input::usual_name,
        queries,
        store::{MAX, PasskeyRow},
    },
    functions::passkeys::AddPasskey,
    http::{
        passkey,
        visit::{keeping_language, visit},
    },
    model::{fields::Fields, timestamp::Timestamp},
    pages::{
        Page,
        form::{Field, Form, FormState},
        language::Language,
        layout::Own,
        times::{Time, moment_in},
    },
};

/// `/account/passkeys`
pub async fn page() -> Page {
    let visit = visit();
    let (language, now) = (Language::here(), visit.ctx.now());
    let passkeys = queries::list(&visit.ctx).await?;
    let is_full = i64::try_from(passkeys.len()).unwrap_or(MAX) >= MAX;
    let adding = match RelyingParty::of(&visit.site.public_url) {
        None => view! { <p>{language.say("passkey-nowhere")}</p> }.into_any(),
        Some(_) if is_full => view! { <p>{language.say("passkey-full")}</p> }.into_any(),
        Some(site) => {
            let question = queries::ask_for_new(&visit.ctx, &site).await?;
            view! { <Add options=passkey::ask(question) language/> }.into_any()
        }
    };
    let title = language.say("passkey-list");
    Ok(view! {
        <Own title=title.clone()>
            <div class="head"><div><h1>{title}</h1><p>{language.say("passkey-list-hint")}</p></div></div>
            <div class="stack">
                <List passkeys language now/>
                <section class="card"><header><h2>{language.say("passkey-add")}</h2></header><div class="in">{adding}</div></section>
            </div>
        </Own>
    }
    .into_any())
}

#[component]
fn List(passkeys: Vec<PasskeyRow>, language: Language, now: Timestamp) -> impl IntoView {
    let none = passkeys.is_empty().then(|| {
        view! { <div class="in"><p class="hint">{language.say("passkey-none")}</p></div> }
    });
    let row = |passkey: PasskeyRow| {
        let href = keeping_language(&format!("/account/passkeys/{}", passkey.id));
        let used = match passkey.last_used_at {
            Some(at) => view! { {language.say("passkey-used")}" "<Time at=moment_in(language, at, now)/> }.into_any(),
            None => language.say("passkey-unused").into_any(),
        };
        view! {
            <li><div><a href=href><bdi>{passkey.name}</bdi></a>" "<span class="sub">
                {language.say("passkey-added")}" "<Time at=moment_in(language, passkey.created_at, now)/>" · "{used}</span></div></li>
        }
    };
    view! {
        <section class="card">
            <header><h2>{language.say("passkey-own")}</h2></header>
            {none}
            <ul class="rows">{passkeys.into_iter().map(row).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Add(options: String, language: Language) -> impl IntoView {
    let saved = Fields::default().with("name", usual_name(&visit().user_agent));
    let state = language.translated(FormState::of(AddPasskey::PATH, saved));
    view! {
        <Form function=AddPasskey::PATH state still=true>
            <Field name="name" label=language.say("passkey-name") hint=language.say("passkey-name-hint") required=true/>
            <Device asks=Asks::Create options language button=language.say("passkey-add")>""</Device>
        </Form>
    }
}
