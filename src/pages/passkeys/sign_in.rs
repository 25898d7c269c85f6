//! `/signin/passkey`: signs in with a passkey, in place of a password or after one.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Asks, Device};
use crate::{
    domain::{
        error::Result,
        passkeys::{
            ceremony::{Question, RelyingParty},
            queries,
        },
        sessions::{pending, store::Awaits},
    },
    functions::passkeys::SignInWithPasskey,
    http::{
        passkey,
        request::{safe_next, with_next},
        visit::{Visit, go, visit},
    },
    model::fields::Fields,
    pages::{
        Page,
        form::{Form, FormState, Hidden},
        gate::change_password::nobody,
        language::Language,
        layout::Gate,
    },
};

/// `/signin/passkey`, with `step=second` for whoever gave their password already.
pub async fn page() -> Page {
    let visit = visit();
    let (language, next) = (Language::here(), visit.query.text("next"));
    if visit.ctx.user().is_ok() {
        go(safe_next(next).unwrap_or("/admin"));
        return Ok(().into_any());
    }
    let Some(site) = RelyingParty::of(&visit.site.public_url) else { return Ok(nowhere(language)) };
    let is_second = visit.query.text("step") == "second";
    let question = match is_second {
        true => own(&visit, &site).await?,
        false => Some(site.ask(visit.ctx.now())?),
    };
    let Some(question) = question else { return nobody(SignInWithPasskey::PATH, next) };
    let saved = Fields::default().with("next", next);
    let state = language.translated(FormState::of(SignInWithPasskey::PATH, saved));
    Ok(view! { <Ask options=passkey::ask(question) is_second state language/> }.into_any())
}

/// What is asked of whoever gave their password; `None` where nobody did, or has no passkey.
async fn own(visit: &Visit, site: &RelyingParty) -> Result<Option<Question>> {
    match pending::find(&visit.ctx, &visit.tokens, Awaits::SecondFactor).await? {
        Some(pending) => queries::ask_for_own(&visit.ctx, site, &pending).await,
        None => Ok(None),
    }
}

#[component]
fn Ask(options: String, is_second: bool, state: FormState, language: Language) -> impl IntoView {
    let (title, hint) = match is_second {
        true => ("passkey-second", "passkey-second-hint"),
        false => ("passkey-sign-in", "passkey-sign-in-hint"),
    };
    let title = language.say(title);
    let back = with_next(&language.link("/signin"), safe_next(state.typed.text("next")));
    view! {
        <Gate title=title.clone()>
            <Form function=SignInWithPasskey::PATH state still=true>
                <h1>{title}</h1>
                <p class="hint">{language.say(hint)}</p>
                <Hidden name="next"/>
                <Device asks=Asks::Get options language button=language.say("passkey-use")>
                    <a class="btn quiet" href=back>{language.say("page-sign-in")}</a>
                </Device>
                {is_second.then(|| view! { <p class="hint">{language.say("passkey-lost")}</p> })}
            </Form>
        </Gate>
    }
}

/// This site has no passkeys.
fn nowhere(language: Language) -> AnyView {
    let title = language.say("passkey-sign-in");
    view! {
        <Gate title=title.clone()>
            <div class="empty">
                <h1>{title}</h1>
                <p>{language.say("passkey-nowhere")}</p>
                <div class="do"><a class="btn main" href=language.link("/signin")>{language.say("page-sign-in")}</a></div>
            </div>
        </Gate>
    }
    .into_any()
}
