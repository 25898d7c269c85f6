//! `/admin/tokens`: account and personal tokens.

use leptos::prelude::*;

use super::line;
use crate::{
    domain::{
        tokens::queries::{OF_PEOPLE, list},
        usage::used_lately,
    },
    http::visit::{to, visit},
    islands::Ended,
    model::{fields::Fields, permission::Permission},
    pages::{
        Page,
        credentials::table::{Line, Table},
        layout::{Console, Icon},
        pager::{Onward, at},
    },
};

/// `/admin/tokens?after=…`
pub async fn page() -> Page {
    let visit = visit();
    let after: i64 = visit.query.text("after").parse().unwrap_or(0);
    let (tokens, next) = list(&visit.ctx, OF_PEOPLE, after).await?;
    let used = used_lately(&visit.ctx, tokens.iter().map(|token| token.id.0)).await?;
    let (lines, may_add) =
        (tokens.into_iter().map(|token| line(token, &used)).collect(), visit.ctx.may(Permission::TokensAdd));
    Ok(view! {
        <Console title="Tokens">
            <div class="head">
                <div><h1>"Tokens"</h1><p>"Programs that act for somebody carry one. Keys of tenants stand on the tenant's page."</p></div>
                {may_add.then(|| view! {
                    <div class="do"><a class="btn main" href=to("/tokens/new")><Icon name="plus"/>"New token"</a></div>
                })}
            </div>
            <div class="card list"><List lines begun={after > 0} next may_add/></div>
        </Console>
    }
    .into_any())
}

#[component]
fn List(lines: Vec<Line>, begun: bool, next: Option<i64>, may_add: bool) -> impl IntoView {
    let path = to("/tokens");
    match lines.is_empty() {
        true if begun => view! { <Ended first=at(&path, &Fields::default())/> }.into_any(),
        true => view! { <Nothing may_add/> }.into_any(),
        false => view! {
            <Table lines now=visit().ctx.now()/>
            <Onward path after=next.map(|number| number.to_string()) begun/>
        }
        .into_any(),
    }
}

#[component]
fn Nothing(may_add: bool) -> impl IntoView {
    let text = match may_add {
        true => "Make a personal one for your own scripts, or an account one that acts for a member of a tenant.",
        false => "Whoever may make tokens can make the first.",
    };
    let way = may_add.then(|| view! { <div class="do"><a class="btn" href=to("/tokens/new")>"New token"</a></div> });
    view! { <div class="empty"><h2>"No token yet"</h2><p>{text}</p>{way}</div> }
}
