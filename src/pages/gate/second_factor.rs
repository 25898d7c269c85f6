//! `/signin/second-factor`: the code of an app or of mail; or the setting up of an app, for whoever must have one.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{change_password::nobody, offered::Offered};
use crate::{
    domain::{
        error::Result,
        passkeys::{ceremony::RelyingParty, queries},
        second_factor::need::Need,
        sessions::{
            pending::{self, Pending},
            store::Awaits,
        },
    },
    functions::sign_in::{AnswerSecondFactor, SendAnotherCode},
    http::{
        fields::FUNCTION,
        request::{safe_next, with_next},
        visit::{Visit, visit},
    },
    model::fields::Fields,
    pages::{
        Page,
        account::codes::Codes,
        form::{Field, Form, FormState, Hidden},
        language::Language,
        layout::Gate,
    },
};

/// `/signin/second-factor`
pub async fn page() -> Page {
    let visit = visit();
    let next = visit.query.text("next");
    let answered = FormState::answer_to(AnswerSecondFactor::PATH);
    if let Some((codes, on)) = answered.and_then(|answered| answered.value::<(Vec<String>, String)>()) {
        return Ok(set_up(codes, on));
    }
    let Some(pending) = pending::find(&visit.ctx, &visit.tokens, Awaits::SecondFactor).await? else {
        return nobody(AnswerSecondFactor::PATH, next);
    };
    let passkey = match RelyingParty::of(&visit.site.public_url) {
        Some(_) if queries::can_answer(&visit.ctx, &pending).await? => {
            Some(with_next("/signin/passkey?step=second", safe_next(next)))
        }
        _ => None,
    };
    let is_typed = pending.need != Need::Passkey || pending.has_recovery_codes(&visit.ctx).await?;
    let asked = Asked { passkey, is_typed, ..Asked::of(&visit, &pending)? };
    let saved = Fields::default().with("next", next);
    let state = match FormState::answer_to(SendAnotherCode::PATH) {
        Some(_) => FormState::of(SendAnotherCode::PATH, saved),
        None => FormState::of(AnswerSecondFactor::PATH, saved),
    };
    Ok(view(asked, state))
}

/// Whoever just set an app up is in; their recovery codes are shown once, before they go on.
fn set_up(codes: Vec<String>, next: String) -> AnyView {
    let language = Language::here();
    view! { <Gate title=language.say("account-codes")><Codes codes language next/></Gate> }.into_any()
}

/// What the page asks for: which code, and with which secret where an app isn't bound yet.
struct Asked {
    need: Need,
    offer: Option<Vec<u8>>,
    login: String,
    /// The way to the page of passkeys, for whoever has one.
    passkey: Option<String>,
    /// Whether anything can be typed: a code, or a recovery code.
    is_typed: bool,
}

impl Asked {
    fn of(visit: &Visit, pending: &Pending) -> Result<Self> {
        let offer = match pending.need {
            Need::Enrolment => Some(pending.secret(&visit.ctx)?),
            _ => None,
        };
        Ok(Self { need: pending.need, offer, passkey: None, is_typed: true, login: pending.login().to_owned() })
    }
}

fn view(asked: Asked, state: FormState) -> AnyView {
    let (title, sentence) = match asked.need {
        Need::Enrolment => ("page-code-set-up", "page-code-set-up-hint"),
        Need::Mail => ("page-code", "page-code-mailed-hint"),
        Need::Passkey => ("passkey-second", "passkey-second-hint"),
        Need::App | Need::Nothing => ("page-code", "page-code-app-hint"),
    };
    let (is_mailed, is_typed) = (asked.need == Need::Mail, asked.is_typed);
    let class = if asked.need == Need::Passkey { "btn main" } else { "btn quiet" };
    let send = if asked.need == Need::Passkey { "btn" } else { "btn main" };
    let back = with_next("/signin", safe_next(state.typed.text("next")));
    let language = Language::here();
    let (title, state) = (language.say(title), language.translated(state));
    let passkey = asked.passkey.map(|href| view! { <a class=class href=href>{language.say("passkey-use")}</a> });
    view! {
        <Gate title=title.clone()>
            <Form function=AnswerSecondFactor::PATH state still=true>
                <h1>{title}</h1>
                <p class="hint">{language.say(sentence)}</p>
                <Hidden name="next"/>
                {asked.offer.map(|secret| view! { <Offered secret login=asked.login language/> })}
                {is_typed.then(|| view! {
                    <Field name="code" label=language.say("page-code-label") autocomplete="one-time-code" required=true
                        autofocus=true digits=true/>
                })}
                <div class="actions">
                    {is_typed.then(|| view! { <button class=send>{language.say("page-code-action")}</button> })}
                    {passkey}
                    {is_mailed.then(|| view! {
                        <button class="btn quiet" name=FUNCTION value=SendAnotherCode::PATH formnovalidate>
                            {language.say("page-code-another")}
                        </button>
                    })}
                    <a class="btn quiet" href=back>{language.say("page-sign-in")}</a>
                </div>
                <p class="hint">{language.say("page-code-lost")}</p>
            </Form>
        </Gate>
    }
    .into_any()
}
