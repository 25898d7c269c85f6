//! `/admin/clients`: the list.

use leptos::prelude::*;

use crate::{
    domain::clients::{self, store::Listed},
    http::visit::{to, visit},
    islands::Ended,
    model::{fields::Fields, page::Page as Paged, permission::Permission},
    pages::{
        Page,
        credentials::table::{Line, Table},
        layout::{Console, Icon},
        pager::{Pager, at},
    },
};

/// `/admin/clients?after=…`
pub async fn page() -> Page {
    let visit = visit();
    let after = visit.query.text("after");
    let page = clients::queries::list(&visit.ctx, after).await?;
    let (may_add, begun) = (visit.ctx.may(Permission::CredentialsAdd), !after.is_empty());
    let everywhere = visit.ctx.tenant().is_none();
    Ok(view! {
        <Console title="Clients">
            <div class="head">
                <div><h1>"Clients"</h1><p>"Programs that get access tokens by an id and a secret."</p></div>
                {may_add.then(|| view! {
                    <div class="do"><a class="btn main" href=to("/clients/new")><Icon name="plus"/>"New client"</a></div>
                })}
            </div>
            <div class="card list"><List page begun may_add everywhere/></div>
        </Console>
    }
    .into_any())
}

#[component]
fn List(page: Paged<Listed>, begun: bool, may_add: bool, everywhere: bool) -> impl IntoView {
    let (path, ended, now) = (to("/clients"), page.has_ended(), visit().ctx.now());
    let Paged { rows, total, after, .. } = page;
    match rows.is_empty() {
        true if ended => view! { <Ended first=at(&path, &Fields::default())/> }.into_any(),
        true => view! { <Nothing may_add/> }.into_any(),
        false => view! {
            <Table lines=rows.into_iter().map(|client| line(client, everywhere)).collect() now/>
            <Pager total noun=("client", "clients") path after begun/>
        }
        .into_any(),
    }
}

fn line(client: Listed, everywhere: bool) -> Line {
    let open = everywhere && visit().ctx.may(Permission::TenantsRead);
    let tenant = open.then(|| to(format_args!("/tenants/{}", client.tenant_id)));
    Line {
        href: to(format_args!("/clients/{}", client.id)),
        kind: client.role.word().to_owned(),
        whom: vec![("", tenant, client.tenant_name.clone())],
        life: client.life(),
        from: client.last_used_from,
        name: client.name,
    }
}

#[component]
fn Nothing(may_add: bool) -> impl IntoView {
    let text = match may_add {
        true => "Make one for each program that calls the API for itself.",
        false => "Whoever may make client credentials can make the first.",
    };
    let way = may_add.then(|| view! { <div class="do"><a class="btn" href=to("/clients/new")>"New client"</a></div> });
    view! { <div class="empty"><h2>"No client yet"</h2><p>{text}</p>{way}</div> }
}
