//! `/account/passkeys/{id}`: one of one's own passkeys, to rename or to remove.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::passkeys::{queries, store::PasskeyRow},
    functions::passkeys::{DeletePasskey, RenamePasskey},
    http::visit::{keeping_language, named, visit},
    model::{fields::Fields, id::PasskeyId},
    pages::{
        Page,
        form::{Field, Form, FormState, Hidden},
        language::Language,
        layout::Own,
    },
};

/// `/account/passkeys/{id}`
pub async fn page() -> Page {
    let visit = visit();
    let (language, id) = (Language::here(), named::<PasskeyId>("id", "passkey")?);
    let passkey = queries::own(&visit.ctx, &mut *visit.ctx.read().await?, id).await?;
    let list = keeping_language("/account/passkeys");
    Ok(view! {
        <Own title=passkey.name.clone()>
            <nav class="crumb" aria-label="Breadcrumb">
                <a href=list>{language.say("passkey-list")}</a>" / "<span aria-current="page"><bdi>{passkey.name.clone()}</bdi></span>
            </nav>
            <div class="head"><div><h1><bdi>{passkey.name.clone()}</bdi></h1></div></div>
            <div class="stack"><Rename passkey=passkey.clone() language/><Remove passkey language/></div>
        </Own>
    }
    .into_any())
}

#[component]
fn Rename(passkey: PasskeyRow, language: Language) -> impl IntoView {
    let saved = Fields::default().with("id", passkey.id.to_string()).with("name", passkey.name);
    let state = language.translated(FormState::of(RenamePasskey::PATH, saved));
    view! {
        <section class="card"><header><h2>{language.say("passkey-rename")}</h2></header><div class="in">
            <Form function=RenamePasskey::PATH state still=true>
                <Hidden name="id"/>
                <Field name="name" label=language.say("passkey-name") hint=language.say("passkey-name-hint") required=true/>
                <div class="actions"><button class="btn main">{language.say("passkey-save")}</button></div>
            </Form>
        </div></section>
    }
}

#[component]
fn Remove(passkey: PasskeyRow, language: Language) -> impl IntoView {
    let state = FormState::of(DeletePasskey::PATH, Fields::default().with("id", passkey.id.to_string()));
    view! {
        <section class="card"><header><h2>{language.say("passkey-remove")}</h2></header><div class="in">
            <Form function=DeletePasskey::PATH state=language.translated(state) still=true>
                <Hidden name="id"/>
                <p>{language.say("passkey-remove-hint")}</p>
                <div class="actions"><button class="btn bad">{language.say("passkey-remove")}</button></div>
            </Form>
        </div></section>
    }
}
