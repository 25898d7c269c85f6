//! `/admin/settings`: what is asked of everybody, and what always holds.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{AskedFields, PARTS, saved, summary};
use crate::{
    domain::tenants::{asked, settings::TenantSettings},
    functions::settings::{SendTestMail, SetSettings},
    http::visit::{to, visit},
    model::{id::TenantId, page::Limited, permission::Permission},
    pages::{
        Page,
        effect::{Steps, WouldCard},
        form::{Act, Form, FormState, Scope},
        layout::Console,
        outbox::NoMailServer,
        overtaken::as_typed,
        pager::NotAll,
        parts::Opened,
    },
};

/// `/admin/settings`
pub async fn page() -> Page {
    let visit = visit();
    let settings = asked::read(&visit.ctx).await?;
    let tenants = asked::tenants(&visit.ctx).await?;
    let may_write = visit.ctx.may(Permission::SettingsWrite);
    let state = FormState::editing(SetSettings::PATH, (PARTS, saved(&settings)), as_typed);
    Ok(view! {
        <Console title="Settings">
            <div class="head"><div><h1>"Settings"</h1><p>"What holds for everybody. A tenant may ask more of its people, never less."</p></div></div>
            <Scope state=state.clone()>
                <div class="cols">
                    <div class="stack">
                        <Everybody state settings may_write/>
                        <Tenants tenants/>
                    </div>
                    <div class="stack">
                        {may_write.then(|| view! { <WouldCard heading="What saving would do"/> })}
                        {may_write.then(|| view! { <Mail/> })}
                        <Always/>
                    </div>
                </div>
            </Scope>
        </Console>
    }
    .into_any())
}

/// What is asked of everybody, to change for those who may.
#[component]
fn Everybody(state: FormState, settings: TenantSettings, may_write: bool) -> impl IntoView {
    let body = match may_write {
        false => view! { <p>"Everybody: "{summary(&settings)}"."</p> }.into_any(),
        true => view! {
            <Form function=SetSettings::PATH state previews=true>
                <Opened parts=PARTS/>
                <AskedFields/>
                <Steps function=SetSettings::PATH save="Save"/>
            </Form>
        }
        .into_any(),
    };
    view! { <section class="card"><header><h2>"Asked of everybody"</h2></header><div class="in">{body}</div></section> }
}

/// The tenants that ask for something of their own.
#[component]
fn Tenants(tenants: Limited<(TenantId, String, TenantSettings)>) -> impl IntoView {
    let may_write = visit().ctx.may(Permission::TenantsWrite);
    let row = |(id, name, settings): (TenantId, String, TenantSettings)| {
        let name = match may_write {
            true => view! { <a href=to(format_args!("/tenants/{id}/settings"))><bdi>{name}</bdi></a> }.into_any(),
            false => view! { <bdi>{name}</bdi> }.into_any(),
        };
        view! { <li><div>{name}<div class="sub">{summary(&settings)}</div></div></li> }
    };
    let none = tenants.rows.is_empty().then(|| {
        view! { <div class="in"><p class="hint">"No tenant asks for more than this. A tenant's own settings are on its page."</p></div> }
    });
    view! {
        <section class="card">
            <header><h2>"Tenants with settings of their own"</h2></header>
            {none}
            <ul class="rows">{tenants.rows.into_iter().map(row).collect_view()}</ul>
            <NotAll more=tenants.more/>
        </section>
    }
}

/// Whether mail arrives.
#[component]
fn Mail() -> impl IntoView {
    let may_see = visit().ctx.may(Permission::OutboxRead);
    view! {
        <section class="card">
            <header><h2>"Mail"</h2></header>
            <div class="in">
                <NoMailServer/>
                <p class="hint">"Writes a mail to your own address. Whoever runs the server says by CASTELLAN_SMTP_URL which mail server takes it."</p>
                <div class="do">
                    <Act function=SendTestMail::PATH><button class="btn">"Send a test mail"</button></Act>
                    {may_see.then(|| view! { <a class="btn quiet" href=to("/outbox")>"Outbox"</a> })}
                </div>
            </div>
        </section>
    }
}

/// What no setting changes.
#[component]
fn Always() -> impl IntoView {
    view! {
        <section class="card">
            <header><h2>"What always holds"</h2></header>
            <div class="in">
                <dl class="facts">
                    <dt>"Passwords"</dt><dd>"At most 128 characters. Common ones, names and repetitions are refused."</dd>
                    <dt>"Temporary ones"</dt><dd>"72 hours, and changed at the first sign-in"</dd>
                    <dt>"Sessions"</dt><dd>"12 hours at most, 2 hours unused"</dd>
                    <dt>"Invitations"</dt><dd>"7 days"</dd>
                    <dt>"Reset links"</dt><dd>"1 hour"</dd>
                    <dt>"Confirmations"</dt><dd>"24 hours"</dd>
                </dl>
            </div>
        </section>
    }
}
