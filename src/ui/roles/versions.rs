//! `/admin/roles/{id}/versions`: what a role was, who made it so, and going back.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, Diff, of};
use crate::{
    domain::{
        error::{Error, Result},
        roles::{self, Draft, PatternDiff, Role, RoleUpdate, Version},
        verb::Verb,
    },
    islands::LiveForm,
    model::{fields::Fields, id::RoleId, permission::Permission, timestamp::Timestamp},
    server::request::Query,
    ui::{
        done::Done,
        effect::EffectCard,
        form::{FormNote, FormState},
        layout::console,
        path::RolePath,
        times::moment,
        users::detail::Time,
        visit::Visit,
    },
};

/// `GET /admin/roles/{id}/versions?before=…&a=…&b=…`: the list, and two of them side by side.
pub async fn page(visit: Visit, RolePath(id): RolePath, Query(query): Query) -> Result<Response> {
    let (role, versions, more) = roles::versions(&visit.ctx, &id, query.text("before").parse().ok()).await?;
    let compared = match (query.text("a").parse(), query.text("b").parse()) {
        (Ok(a), Ok(b)) => Some((roles::version(&visit.ctx, &id, a).await?, roles::version(&visit.ctx, &id, b).await?)),
        _ => None,
    };
    let may_go_back = visit.ctx.may(Permission::RolesUpdate) && !role.builtin;
    let older = versions.last().filter(|_| more).map(|version| version.version);
    let now = visit.ctx.now();
    Ok(console(&visit, "Versions", move || {
        let href = format!("/admin/roles/{id}/versions");
        let newest = role.version;
        let before =
            versions.iter().skip(1).map(Some).chain([None]).map(Option::<&Version>::cloned).collect::<Vec<_>>();
        view! {
            <Crumb role=of(&role) here="Versions"/>
            <div class="head"><div><h1>"Versions of "<bdi>{role.name.clone()}</bdi></h1><p>"Every save is one. Going back makes a new one."</p></div></div>
            {compared.map(|(a, b)| view! { <Compared a b/> })}
            <form class="card list" method="get" action=href.clone()>
                <div class="foot selection"><span>"Choose two to compare"</span><span class="do"><button class="btn">"Compare"</button></span></div>
                <table class="cards">
                    <thead><tr><th>"From"</th><th>"To"</th><th class="lead">"Version"</th><th>"Change"</th><th class="act"><span class="sr">"What can be done"</span></th></tr></thead>
                    <tbody>
                        {versions.into_iter().zip(before).map(|(version, before)| {
                            let back = (may_go_back && version.version != newest).then(|| format!("/admin/roles/{id}/rollback?to={}", version.version));
                            view! { <Row version before back newest now/> }
                        }).collect_view()}
                    </tbody>
                </table>
                {older.map(|older| view! {
                    <nav class="foot" aria-label="Pages"><span class="do"><a class="btn" href=format!("{href}?before={older}")>"Older"</a></span></nav>
                })}
            </form>
        }
    }))
}

#[component]
fn Row(version: Version, before: Option<Version>, back: Option<String>, newest: i64, now: Timestamp) -> impl IntoView {
    let n = version.version;
    let diff = before.map(|before| PatternDiff::between(&before.patterns(), &version.patterns()));
    let reason =
        (!version.reason.is_empty()).then(|| view! { <div class="sub">"“"<bdi>{version.reason}</bdi>"”"</div> });
    let by = (!version.author_name.is_empty()).then(|| view! { " by "<bdi>{version.author_name}</bdi> });
    view! {
        <tr>
            <td class="pick" data-label="From"><input type="radio" name="a" value=n checked=n + 1 == newest aria-label=format!("Compare from version {n}")/></td>
            <td class="pick" data-label="To"><input type="radio" name="b" value=n checked=n == newest aria-label=format!("Compare to version {n}")/></td>
            <td class="lead"><b>"Version "{n}</b><div class="sub"><Time at=moment(version.at, now)/>{by}</div>{reason}</td>
            <td>{diff.filter(|diff| !diff.is_empty()).map(|diff| view! { <Diff diff/> })}</td>
            <td class="act">{back.map(|href| view! { <a class="btn quiet" href=href aria-label=format!("Go back to version {n}")>"Go back…"</a> })}</td>
        </tr>
    }
}

#[component]
fn Compared(a: Version, b: Version) -> impl IntoView {
    let diff = PatternDiff::between(&a.patterns(), &b.patterns());
    let text = |label: &'static str, a: String, b: String| {
        (a != b).then(|| view! { <p class="diff"><span class="diff-field">{label}</span>" "<del><bdi>{a}</bdi></del>" → "<ins><bdi>{b}</bdi></ins></p> })
    };
    view! {
        <section class="card">
            <header><h2>{format!("Version {} → {}", a.version, b.version)}</h2></header>
            <div class="in">{text("name", a.name, b.name)}{text("description", a.description, b.description)}<Diff diff/></div>
        </section>
    }
}

/// `GET /admin/roles/{id}/rollback?to=…`: what going back would do.
pub async fn confirm(visit: Visit, RolePath(id): RolePath, Query(query): Query) -> Result<Response> {
    visit.ctx.require(Verb::UpdateRole)?;
    let to = query.text("to").parse().map_err(|_| Error::NotFound("version"))?;
    let role = roles::read(&visit.ctx, &id).await?;
    confirm_view(&visit, role, to, FormState::default()).await
}

async fn confirm_view(visit: &Visit, role: Role, to: i64, form: FormState) -> Result<Response> {
    let old = roles::version(&visit.ctx, &role.id, to).await?;
    let diff = PatternDiff::between(&role.patterns(), &old.patterns());
    let draft = Draft { patterns: old.patterns(), name: old.name, description: old.description, reason: String::new() };
    let update = RoleUpdate { draft, version: role.version };
    let effect = roles::what_if_updated(&visit.ctx, &role.id, update).await?;
    let visit = visit.clone().at(&format!("/admin/roles/{}", role.id));
    Ok(console(&visit, "Go back", move || {
        let href = format!("/admin/roles/{}", role.id);
        view! {
            <Crumb role=of(&role) here="Go back"/>
            <div class="head"><div><h1>"Go back to version "{to}" of "<bdi>{role.name.clone()}</bdi>"?"</h1>
                <p>"It is saved as version "{role.version + 1}". Nothing is lost."</p></div></div>
            <div class="cols">
                <section class="card"><div class="in">
                    <Diff diff/>
                    <LiveForm action=format!("{href}/rollback")>
                        <FormNote form/>
                        <input type="hidden" name="to" value=to.to_string()/>
                        <input type="hidden" name="version" value=role.version.to_string()/>
                        <div class="actions">
                            <button class="btn main">"Go back"</button>
                            <a class="btn quiet" href=format!("{href}/versions")>"Cancel"</a>
                        </div>
                    </LiveForm>
                </div></section>
                <EffectCard effect=Some(effect) heading="What it would do"/>
            </div>
        }
    }))
}

/// `POST /admin/roles/{id}/rollback`
pub async fn roll_back(visit: Visit, RolePath(id): RolePath, form: Fields) -> Result<Response> {
    visit.ctx.require(Verb::UpdateRole)?;
    let (to, seen) = versions_of(&form)?;
    match roles::roll_back(&visit.ctx, &id, to, seen).await {
        Ok(role) => Ok(visit.done(&page_of(&id), Done::RoleSaved, role.version.unsigned_abs())),
        Err(error @ (Error::Refused(_) | Error::Stale)) => {
            let role = roles::read(&visit.ctx, &id).await?;
            let again = confirm_view(&visit, role, to, FormState::default()).await?;
            visit.refused(error, form, |_| again)
        }
        Err(other) => Err(other),
    }
}

fn page_of(id: &RoleId) -> String {
    format!("/admin/roles/{id}")
}

fn versions_of(form: &Fields) -> Result<(i64, i64)> {
    let number = |name: &str| form.text(name).parse().map_err(|_| Error::NotFound("version"));
    Ok((number("to")?, number("version")?))
}
