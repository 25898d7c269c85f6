//! The service keys and key pairs of a tenant, on its page.

use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    domain::{
        ctx::Ctx,
        error::Result,
        key_pairs,
        tokens::queries::{SERVICE_KEYS, list},
        usage::used_lately,
    },
    http::visit::{to, visit},
    model::{
        fields::Fields,
        id::{KeyPairId, TenantId},
        permission::Permission,
        scope::Scope,
    },
    pages::{
        credentials::table::{Line, Table},
        key_pairs as pairs,
        pager::Onward,
        tokens,
    },
};

/// One page of either list.
pub struct Listed {
    lines: Vec<Line>,
    /// Cursor of the page after.
    next: Option<String>,
}

/// What the page shows of keys; nothing of what the reader may not list.
pub struct Keys {
    service_keys: Option<Listed>,
    pairs: Option<Listed>,
}

impl Keys {
    /// Loads both lists from where the address has them.
    pub async fn load(ctx: &Ctx, tenant: TenantId, query: &Fields) -> Result<Self> {
        let there = &ctx.clone().working_in(Scope::Tenant(tenant));
        let service_keys = match there.may(Permission::TokensList) {
            true => Some(service_keys(there, query.text("keys")).await?),
            false => None,
        };
        let pairs = match there.may(Permission::CredentialsList) {
            true => Some(key_pairs(there, query.text("pairs")).await?),
            false => None,
        };
        Ok(Self { service_keys, pairs })
    }
}

async fn service_keys(there: &Ctx, after: &str) -> Result<Listed> {
    let (keys, next) = list(there, SERVICE_KEYS, after.parse().unwrap_or(0)).await?;
    let used = used_lately(there, keys.iter().map(|key| key.id.0)).await?;
    let lines = keys.into_iter().map(|key| tokens::line(key, &used)).collect();
    Ok(Listed { lines, next: next.map(|number| number.to_string()) })
}

async fn key_pairs(there: &Ctx, after: &str) -> Result<Listed> {
    let after = KeyPairId(after.parse().unwrap_or(Uuid::nil()));
    let (found, next) = key_pairs::queries::list(there, after).await?;
    let used = used_lately(there, found.iter().map(|pair| pair.id.0)).await?;
    let lines = found.into_iter().map(|pair| pairs::line(pair, &used)).collect();
    Ok(Listed { lines, next: next.map(|id| id.to_string()) })
}

/// What tells the two cards apart.
#[derive(Clone, Copy)]
struct Kind {
    heading: &'static str,
    /// The name of the cursor in the URL.
    cursor: &'static str,
    /// Where one is made.
    new: &'static str,
    button: &'static str,
    nothing: &'static str,
}

const SERVICE: Kind = Kind {
    heading: "Service keys",
    cursor: "keys",
    new: "/keys/new",
    button: "New service key…",
    nothing: "None. A program that is nobody's carries one, with roles of its own.",
};
const PAIRS: Kind = Kind {
    heading: "Key pairs",
    cursor: "pairs",
    new: "/key-pairs/new",
    button: "New key pair…",
    nothing: "None. A program that signs its requests has one.",
};

/// Both cards.
#[component]
pub fn KeyCards(keys: Keys, tenant: TenantId) -> impl IntoView {
    let ctx = visit().ctx.clone().working_in(Scope::Tenant(tenant));
    let may = |needed: &[Permission]| needed.iter().all(|permission| ctx.may(*permission));
    let may_key = may(&[Permission::TokensAdd, Permission::UsersAdd, Permission::UsersUpdateRoles]);
    let may_pair = may(&[Permission::CredentialsAdd]);
    view! {
        {keys.service_keys.map(|listed| view! { <KeyCard kind=SERVICE listed tenant may=may_key/> })}
        {keys.pairs.map(|listed| view! { <KeyCard kind=PAIRS listed tenant may=may_pair/> })}
    }
}

#[component]
fn KeyCard(kind: Kind, listed: Listed, tenant: TenantId, may: bool) -> impl IntoView {
    let visit = visit();
    let (path, begun) = (to(format_args!("/tenants/{tenant}")), !visit.query.text(kind.cursor).is_empty());
    let new = may.then(|| {
        let href = to(format_args!("{}?tenant={tenant}", kind.new));
        view! { <div class="do"><a class="btn" href=href>{kind.button}</a></div> }
    });
    let nothing = if begun { "The list ended with the page before." } else { kind.nothing };
    let body = match listed.lines.is_empty() {
        true => view! { <div class="in"><p class="hint">{nothing}</p></div> }.into_any(),
        false => view! { <Table lines=listed.lines now=visit.ctx.now()/> }.into_any(),
    };
    view! {
        <section class="card">
            <header><h2>{kind.heading}</h2>{new}</header>
            {body}
            <Onward path after=listed.next begun cursor=kind.cursor label=kind.heading/>
        </section>
    }
}
