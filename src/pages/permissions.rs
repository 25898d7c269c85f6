//! `/admin/permissions`: the catalogue, and who holds a permission and through what.

use leptos::prelude::*;

use super::{
    choices::{Choices, LongChoice},
    form::{Filled, FormState},
    layout::Console,
    pager::{NotAll, Pager, at},
    why::{Why, ways},
};
use crate::{
    domain::{
        access::{explain::Person, holders::Holder, in_tenants::InTenant},
        error::{Error, Result},
        permissions::{self, WhoCan},
        roles::store::Role,
        tenants,
    },
    http::visit::{Visit, named, to, visit},
    islands::Ended,
    model::{
        fields::Fields,
        id::TenantId,
        page::{Limited, Page},
        permission::{Permission, PermissionSet},
        scope::Scope,
        timestamp::Timestamp,
        user::{grouped, initials},
    },
    pages,
};

/// `/admin/permissions`
pub async fn list() -> pages::Page {
    let mine = visit().ctx.permissions();
    Ok(view! {
        <Console title="Permissions">
            <div class="head"><div><h1>"Permissions"</h1><p>"All there is to allow. Choose one to see who may, and why."</p></div></div>
            <div class="card matrix">
                {Permission::nouns().into_iter().map(|noun| view! {
                    <h2 class="group">{noun}</h2>
                    <ul class="perms">
                        {PermissionSet::all().of_noun(noun).iter().map(|permission| view! {
                            <Listed permission held=mine.contains(permission)/>
                        }).collect_view()}
                    </ul>
                }).collect_view()}
            </div>
        </Console>
    }
    .into_any())
}

/// A permission of the catalogue. Only what the reader lacks is marked: most readers of this page hold most of it.
#[component]
fn Listed(permission: Permission, held: bool) -> impl IntoView {
    let name = permission.name();
    let sign = (!held).then(|| view! { <span class="tag plain" aria-hidden="true">"–"</span> });
    let lacking = (!held).then(|| view! { <span class="sub">"you may not"</span> });
    view! {
        <li class="perm">
            <span>{sign}</span><a class="link" href=to(format_args!("/permissions/{name}"))><code>{name}</code></a><span>{permission.sentence()}</span>{lacking}
        </li>
    }
}

/// `/admin/permissions/{name}?tenant=…&after=…`: where the reader works, or, from everywhere, in the chosen tenant.
pub async fn page() -> pages::Page {
    let visit = visit();
    let permission = Permission::parse(&named::<String>("name", "permission")?).ok_or(Error::NotFound("permission"))?;
    let query = visit.query.clone();
    let at = place(&visit).await?;
    let scope = Scope::from(at.as_ref().map(|(tenant, _)| *tenant));
    let WhoCan { page, outside } = permissions::who_can(&visit.ctx, permission, scope, query.text("after")).await?;
    let beside = Beside::load(&visit, permission, scope).await?;
    let asked = Asked { permission, scope, now: visit.ctx.now() };
    let name = at.map(|(_, name)| name);
    let place = name.map_or(view! { "everywhere" }.into_any(), |name| view! { "in "<bdi>{name}</bdi> }.into_any());
    Ok(view! {
        <Console title=permission.name()>
            <nav class="crumb" aria-label="Breadcrumb"><a href=to("/permissions")>"Permissions"</a>" / "<span aria-current="page">{permission.name()}</span></nav>
            <div class="head"><div><h1>"Who may "<code>{permission.name()}</code>"?"</h1><p>{permission.sentence()}", "{place}"."</p></div></div>
            <div class="cols">
                <Holders asked page outside query=query.clone()/>
                <div class="stack">
                    <Where query choices=beside.choices/>
                    <Besides permission places=beside.places/>
                    <Giving roles=beside.giving/>
                </div>
            </div>
        </Console>
    }
    .into_any())
}

/// The tenant that is asked about, if one is.
async fn place(visit: &Visit) -> Result<Option<(TenantId, String)>> {
    let asked = match (visit.ctx.scope, visit.query.text("tenant")) {
        (Scope::Tenant(here), _) => return Ok(Some((here, visit.tenant.clone().unwrap_or_default()))),
        (Scope::Everywhere, "") => return Ok(None),
        (Scope::Everywhere, asked) => asked.parse().map_err(|_| Error::NotFound("tenant"))?,
    };
    let found = tenants::queries::require(&visit.ctx, &mut *visit.ctx.read().await?, asked).await?;
    Ok(Some((found.id, found.name)))
}

/// What stands beside the people.
struct Beside {
    /// Other places to ask about.
    choices: Choices,
    /// Where else it is held.
    places: Limited<InTenant>,
    /// The roles that give it.
    giving: Limited<Role>,
}

impl Beside {
    async fn load(visit: &Visit, permission: Permission, scope: Scope) -> Result<Self> {
        let choices = match visit.ctx.tenant() {
            None => Choices::tenants(&visit.ctx, &[visit.query.text("tenant")]).await?,
            Some(_) => Choices::default(),
        };
        let places = permissions::in_tenants(&visit.ctx, permission, scope).await?;
        let giving = match visit.ctx.may(Permission::RolesList) {
            true => permissions::giving(&visit.ctx, permission).await?,
            false => Limited { rows: Vec::new(), more: false },
        };
        Ok(Self { choices, places, giving })
    }
}

/// Chooses the place that is asked about: a plain GET form.
#[component]
fn Where(query: Fields, choices: Choices) -> impl IntoView {
    (!choices.options.is_empty()).then(|| {
        view! {
            <section class="card">
                <header><h2>"Where"</h2></header>
                <div class="in">
                    <form class="form" method="get">
                        <div class="control">
                            <Filled state=FormState::filled(query)>
                                <LongChoice name="tenant" label="In" none="everywhere" choices
                                    unlisted="Switch to another tenant to ask about it."/>
                            </Filled>
                        </div>
                        <div class="actions"><button class="btn">"Show"</button></div>
                    </form>
                </div>
            </section>
        }
    })
}

/// What the page answers.
#[derive(Clone, Copy)]
struct Asked {
    permission: Permission,
    scope: Scope,
    now: Timestamp,
}

#[component]
fn HolderRow(asked: Asked, holder: Holder, person: Person) -> impl IntoView {
    let ways = ways(&person, asked.permission, asked.scope, asked.now);
    view! {
        <tr>
            <td class="lead"><div class="who">
                <span class="ava" aria-hidden="true">{initials(&holder.display_name)}</span>
                <div class="who-text"><a href=to(format_args!("/users/{}", holder.id))><bdi>{holder.display_name}</bdi></a><span class="sub"><bdi>{holder.login}</bdi></span></div>
            </div></td>
            <td><Why ways/></td>
        </tr>
    }
}

#[component]
fn Holders(asked: Asked, page: Page<(Holder, Person)>, outside: i64, query: Fields) -> impl IntoView {
    let begun = !query.text("after").is_empty();
    let row = |(holder, person): (Holder, Person)| view! { <HolderRow asked holder person/> };
    let (path, state) = (to(format_args!("/permissions/{}", asked.permission.name())), query.without(&["after"]));
    let ended = page.has_ended().then(|| view! { <Ended first=at(&path, &state)/> });
    let nobody = (page.total == 0 && outside == 0).then(|| {
        view! { <div class="empty"><h2>"Nobody may"</h2><p>"Give one of the roles on this page to somebody who should."</p></div> }
    });
    let others = (outside > 0).then(|| {
        let who = match outside {
            1 => "1 person who doesn’t belong to this tenant may".to_owned(),
            n => format!("{} people who don’t belong to this tenant may", grouped(n)),
        };
        view! { <div class="in"><p class="hint">{format!("{who}, too: they hold it everywhere.")}</p></div> }
    });
    view! {
        <section class="card list">
            <table class="cards">
                <thead><tr><th class="lead">"Person"</th><th>"Through"</th></tr></thead>
                <tbody>{page.rows.into_iter().map(row).collect_view()}</tbody>
            </table>
            {ended}{nobody}
            {others}
            <Pager total=page.total noun=("person", "people") path query=state after=page.after begun/>
        </section>
    }
}

/// Where it is held by what is given in single tenants: who asks about everywhere sees nobody of those.
#[component]
fn Besides(permission: Permission, places: Limited<InTenant>) -> impl IntoView {
    let Limited { rows, more } = places;
    let row = |at: InTenant| {
        let people = if at.people == 1 { "person" } else { "people" };
        view! {
            <li>
                <div><a href=to(format_args!("/permissions/{permission}?tenant={}", at.id))><bdi>{at.name}</bdi></a></div>
                <span class="sub">{grouped(at.people)}" "{people}</span>
            </li>
        }
    };
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card">
                <header><h2>"Given in single tenants"</h2></header>
                <ul class="rows">{rows.into_iter().map(row).collect_view()}</ul>
                <NotAll more/>
            </section>
        }
    })
}

#[component]
fn Giving(roles: Limited<Role>) -> impl IntoView {
    let Limited { rows: roles, more } = roles;
    let none = roles.is_empty().then(|| view! { <div class="in"><p class="hint">"No role gives it."</p></div> });
    view! {
        <section class="card">
            <header><h2>"Roles that give it"</h2></header>
            {none}
            <ul class="rows">{roles.into_iter().map(|role| view! {
                <li><div><a href=to(format_args!("/roles/{}", role.id))><b><bdi>{role.name}</bdi></b></a>" "<span class="sub">{role.description}</span></div></li>
            }).collect_view()}</ul>
            <NotAll more/>
        </section>
    }
}
