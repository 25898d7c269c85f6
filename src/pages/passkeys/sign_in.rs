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
    functions::passkeys::{ProveWithPasskey, SignInWithPasskey},
    http::{
        passkey,
        request::{safe_next, with_next},
        visit::{Visit, go, keeping_language, visit},
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

/// Why somebody is asked for a passkey.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// They sign in.
    SignIn,
    /// They gave their password already.
    Second,
    /// They are signed in, and prove once more who they are.
    Again,
}

impl Why {
    /// The function that takes the answer, the title, and the sentence under it.
    const fn says(self) -> [&'static str; 3] {
        match self {
            Self::SignIn => [SignInWithPasskey::PATH, "passkey-sign-in", "passkey-sign-in-hint"],
            Self::Second => [SignInWithPasskey::PATH, "passkey-second", "passkey-second-hint"],
            Self::Again => [ProveWithPasskey::PATH, "page-again", "passkey-sign-in-hint"],
        }
    }
}

/// `/signin/passkey`, with `step=second` for whoever gave their password already, and `step=again` for whoever is signed in.
pub async fn page() -> Page {
    let visit = visit();
    let (language, next) = (Language::here(), visit.query.text("next"));
    let why = match (visit.query.text("step"), visit.ctx.user().is_ok()) {
        ("again", true) => Why::Again,
        (_, true) => {
            go(safe_next(next).unwrap_or("/admin"));
            return Ok(().into_any());
        }
        ("second", false) => Why::Second,
        _ => Why::SignIn,
    };
    let Some(site) = RelyingParty::of(&visit.site.public_url) else { return Ok(nowhere(language)) };
    let question = match why {
        Why::SignIn => Some(site.ask(visit.ctx.now())?),
        Why::Second => own(&visit, &site).await?,
        Why::Again => queries::ask_again(&visit.ctx, &site).await?,
    };
    let Some(question) = question else { return nobody(why.says()[0], next) };
    let saved = Fields::default().with("next", next);
    let state = language.translated(FormState::of(why.says()[0], saved));
    Ok(view! { <Ask options=passkey::ask(question) why state language/> }.into_any())
}

/// What is asked of whoever gave their password; `None` where nobody did, or has no passkey.
async fn own(visit: &Visit, site: &RelyingParty) -> Result<Option<Question>> {
    match pending::find(&visit.ctx, &visit.tokens, Awaits::SecondFactor).await? {
        Some(pending) => queries::ask_for_own(&visit.ctx, site, &pending).await,
        None => Ok(None),
    }
}

#[component]
fn Ask(options: String, why: Why, state: FormState, language: Language) -> impl IntoView {
    let [function, title, hint] = why.says();
    let title = language.say(title);
    let (back, label) = match why {
        Why::Again => ("/signin/again", "page-your-password"),
        _ => ("/signin", "page-sign-in"),
    };
    let back = with_next(&keeping_language(back), safe_next(state.typed.text("next")));
    view! {
        <Gate title=title.clone()>
            <Form function state still=true>
                <h1>{title}</h1>
                <p class="hint">{language.say(hint)}</p>
                <Hidden name="next"/>
                <Device asks=Asks::Get options language button=language.say("passkey-use")>
                    <a class="btn quiet" href=back>{language.say(label)}</a>
                </Device>
                {(why == Why::Second).then(|| view! { <p class="hint">{language.say("passkey-lost")}</p> })}
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
                <div class="do"><a class="btn main" href=keeping_language("/signin")>{language.say("page-sign-in")}</a></div>
            </div>
        </Gate>
    }
    .into_any()
}
