//! `/signin/again`: the password once more, before what opens accounts is changed.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::{
        passkeys::{self, ceremony::RelyingParty},
        sessions::proof,
    },
    functions::sign_in::ProveAgain,
    http::{
        request::{safe_next, with_next},
        visit::{go, visit},
    },
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState, Hidden},
        language::Language,
        layout::Gate,
    },
};

/// `/signin/again`, with `next=` for where to go on to.
pub async fn page() -> Page {
    let visit = visit();
    let next = visit.query.text("next").to_owned();
    let Some(address) = visit.ctx.user().ok().map(|user| user.email.clone()) else {
        go(&with_next("/signin", safe_next(&next)));
        return Ok(().into_any());
    };
    let needs_code = proof::needs_code(&visit.ctx).await?;
    let has_passkey =
        RelyingParty::of(&visit.site.public_url).is_some() && passkeys::queries::has_any(&visit.ctx).await?;
    let by_passkey = has_passkey.then(|| with_next("/signin/passkey?step=again", safe_next(&next)));
    let language = Language::here();
    let state = language.translated(FormState::of(ProveAgain::PATH, Fields::default().with("next", &next)));
    let title = language.say("page-again");
    let back = safe_next(&next).unwrap_or("/account").to_owned();
    Ok(view! {
        <Gate title=title.clone()>
            <Form function=ProveAgain::PATH state still=true>
                <h1>{title}</h1>
                <p class="hint">{language.say_of("page-again-hint", &[("address", &address)])}</p>
                <Hidden name="next"/>
                <Field name="password" label=language.say("page-your-password") kind="password"
                    autocomplete="current-password" required=true autofocus=true/>
                {needs_code.then(|| view! {
                    <Field name="code" label=language.say("page-code-label") autocomplete="one-time-code" required=true digits=true
                        hint=language.say("page-again-code-hint")/>
                })}
                <div class="actions">
                    <button class="btn main">{language.say("page-again-action")}</button>
                    {by_passkey.map(|href| view! { <a class="btn quiet" href=href>{language.say("passkey-instead")}</a> })}
                    <a class="btn quiet" href=back>{language.say("page-cancel")}</a>
                </div>

            </Form>
        </Gate>
    }
    .into_any())
}
