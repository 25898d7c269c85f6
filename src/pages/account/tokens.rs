//! `/account/tokens`: what one's own programs carry.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::tokens::{queries, store::Token},
    functions::account::{AddOwnToken, DeleteOwnToken, LetOwnTokenWork, RotateOwnToken},
    http::visit::visit,
    model::{fields::Fields, timestamp::Timestamp},
    pages::{
        Page,
        form::{Act, Choice, Field, Form, FormState},
        language::Language,
        layout::Own,
        parts::{Copy, Sure},
        times::{Time, moment_in},
    },
};

/// `/account/tokens`
pub async fn page() -> Page {
    let (ctx, language) = (visit().ctx.clone(), Language::here());
    let tokens = queries::own(&ctx).await?;
    let made = [AddOwnToken::PATH, RotateOwnToken::PATH]
        .into_iter()
        .find_map(|function| FormState::answer_to(function)?.value::<String>());
    let title = language.say("account-tokens");
    Ok(view! {
        <Own title=title.clone()>
            <div class="head"><div><h1>{title}</h1><p>{language.say("account-tokens-hint")}</p></div></div>
            <div class="stack">
                {made.map(|value| view! { <Made value language/> })}
                <List tokens language now=ctx.now()/>
                <New language/>
            </div>
        </Own>
    }
    .into_any())
}

/// The value that was just made, shown once.
#[component]
fn Made(value: String, language: Language) -> impl IntoView {
    view! {
        <section class="card"><div class="in"><div class="control">
            <p class="note warn" id="made-hint">{language.say("account-token-made")}</p>
            <div class="secret mono" id="made" dir="ltr" role="group" tabindex="0" aria-labelledby="made-hint">{value}</div>
            <div class="do"><Copy of="made"/></div>
        </div></div></section>
    }
}

#[component]
fn List(tokens: Vec<Token>, language: Language, now: Timestamp) -> impl IntoView {
    if tokens.is_empty() {
        return view! { <section class="card"><div class="in"><p class="hint">{language.say("account-tokens-none")}</p></div></section> }.into_any();
    }
    view! {
        <section class="card"><ul class="rows">
            {tokens.into_iter().map(|token| view! { <Row token language now/> }).collect_view()}
        </ul></section>
    }
    .into_any()
}

#[component]
fn Row(token: Token, language: Language, now: Timestamp) -> impl IntoView {
    let moment = move |at: Option<Timestamp>| match at {
        Some(at) => view! { <Time at=moment_in(language, at, now)/> }.into_any(),
        None => language.say("account-token-never").into_any(),
    };
    let id = || vec![("id", token.id.to_string())];
    let (works, label) = match token.disabled_at {
        None => ("off", "account-token-disable"),
        Some(_) => ("on", "account-token-enable"),
    };
    let switched = vec![("id", token.id.to_string()), ("works", works.to_owned())];
    let off =
        token.disabled_at.map(|_| view! { " "<span class="tag plain">{language.say("account-token-off")}</span> });
    view! {
        <li>
            <div>
                <bdi>{token.name.clone()}</bdi>{off}
                " "<span class="sub">{language.say("account-token-used")}": "{moment(token.last_used_at)}" · "{language.say("account-token-ends")}": "{moment(token.expires_at)}</span>
            </div>
            <div class="do">
                <Act function=LetOwnTokenWork::PATH fields=switched><button class="btn quiet">{language.say(label)}</button></Act>
                <Sure opens=language.say("account-token-rotate") function=RotateOwnToken::PATH fields=id()
                    question=language.say("account-token-rotate-sure") does=language.say("account-token-rotate") class="btn"/>
                <Sure opens=language.say("account-token-delete") function=DeleteOwnToken::PATH fields=id()
                    question=language.say("account-token-sure") does=language.say("account-token-delete") class="btn bad"/>
            </div>
        </li>
    }
}

#[component]
fn New(language: Language) -> impl IntoView {
    let mut state = language.translated(FormState::of(AddOwnToken::PATH, Fields::default()));
    if state.refusal.is_none() {
        state.typed = Fields::default();
    }
    let may = [("", "account-token-all"), ("reading", "account-token-reads")];
    let may = may.map(|(value, label)| (value.to_owned(), language.say(label)));
    view! {
        <section class="card"><header><h2>{language.say("account-token-new")}</h2></header><div class="in">
            <Form function=AddOwnToken::PATH state still=true>
                <Field name="name" label=language.say("account-token-name") required=true hint=language.say("account-token-name-hint")/>
                <Choice name="may" label=language.say("account-token-may") none="" options=may.into()/>
                <Field name="expires" kind="date" label=language.say("account-token-ends") hint=language.say("account-token-ends-hint")/>
                <Field name="allowed_from" label=language.say("account-token-from") hint=language.say("account-token-from-hint")/>
                <div class="actions"><button class="btn main">{language.say("account-token-make")}</button></div>
            </Form>
        </div></section>
    }
}
