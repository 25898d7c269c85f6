//! `/admin/tokens/new`

use leptos::{prelude::*, server_fn::ServerFn};

use super::{LABELS, LIST};
use crate::{
    domain::{action::Action, ctx::Ctx, error::Result, tenants::naming},
    functions::tokens::CreateToken,
    http::visit::{to, visit},
    model::{fields::Fields, token::TokenKind},
    pages::{
        Page,
        choices::{Choices, home},
        credentials::{
            call::{ByApi, Call, of_token},
            forms::{Bounds, Place, tenant_of},
            once::{Made, told},
        },
        form::{Choice, Field, Form, FormState},
        layout::Console,
        parts::Trail,
    },
};

/// `/admin/tokens/new`
pub async fn page() -> Page {
    let visit = visit();
    visit.ctx.require(Action::AddToken)?;
    let state = FormState::of(CreateToken::PATH, Fields::default());
    let call = call(&visit.ctx, &visit.site.public_url, &state.typed).await?;
    let body = match told(CreateToken::PATH) {
        Some(told) => view! { <Made told labels=LABELS pages=LIST.0/> }.into_any(),
        None => form(state.clone(), home(&visit.ctx, state.typed.text("tenant")).await?),
    };
    Ok(view! {
        <Console title="New token">
            <Trail list=LIST here="New"/>
            <div class="head"><div><h1>"New token"</h1><p>"It never may more than whom it acts for, and you see it on the page that follows."</p></div></div>
            <div class="stack">{body}<ByApi call/></div>
        </Console>
    }
    .into_any())
}

/// The call that makes an account token of the chosen tenant, which programs know by its name as a domain.
async fn call(ctx: &Ctx, base: &str, typed: &Fields) -> Result<Call> {
    let domain = match tenant_of(ctx, typed).await? {
        Some(tenant) => naming::of(&mut *ctx.read().await?, tenant.id).await?,
        None => None,
    };
    Ok(of_token(base, domain.as_ref().map(|domain| domain.name.as_str()), typed))
}

fn form(state: FormState, tenants: Option<Choices>) -> AnyView {
    view! {
        <Form function=CreateToken::PATH state still=true>
            <Field name="name" label="Name" required=true hint="So that you know later what uses it."/>
            <Choice name="kind" label="Kind" none="Choose what it is…" options=kinds()/>
            <Place choices=tenants none="No tenant: wherever its owner may do something"/>
            <Field name="email" label="Acts for" kind="email"
                hint="For an account token: the e-mail address of an active member of the tenant. Leave it empty for a personal one."/>
            <div class="two">
                <Field name="audience" label="Audience" hint="For an account token: what takes it, like apiv2 alerts."/>
                <Field name="scopes" label="Scopes" hint="For an account token: what it says that it may, in the words of whoever takes it."/>
            </div>
            <Bounds permissions="The most that it may here, like users.read groups.*, with blanks between them. Empty allows all that its owner may."/>
            <div class="actions">
                <button class="btn main">"Make token"</button>
                <a class="btn quiet" href=to(LIST.0)>"Cancel"</a>
            </div>
        </Form>
    }
    .into_any()
}

fn kinds() -> Vec<(String, String)> {
    let kinds = [
        (TokenKind::Personal, "Personal: yours alone, ends with your password"),
        (TokenKind::Account, "Account: acts for a member of a tenant, can be read again"),
    ];
    kinds.map(|(kind, label)| (kind.word().to_owned(), label.to_owned())).into()
}
