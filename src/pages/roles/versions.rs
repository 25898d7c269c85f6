//! `/admin/roles/{id}/versions`: what a role was, and who made it so.

use leptos::prelude::*;

use super::{Crumb, Diff, can_change, of};
use crate::{
    domain::{
        ctx::Ctx,
        error::Result,
        roles::{self, diff::RoleDiff, input::RoleContent, versions::Version},
    },
    http::visit::{named, to, visit},
    model::{fields::Fields, id::RoleId, permission::Permission, timestamp::Timestamp},
    pages::{
        Page,
        layout::Console,
        times::{Time, moment},
    },
};

/// `/admin/roles/{id}/versions?before=…&a=…&b=…`: the list, and two of them side by side.
pub async fn page() -> Page {
    let visit = visit();
    let id: RoleId = named("id", "role")?;
    let before = visit.query.text("before").parse().ok();
    let (role, mut versions, more) = roles::queries::versions(&visit.ctx, &id, before).await?;
    let compared = compared(&visit.ctx, &id, &visit.query).await?;
    let older = versions.last().filter(|_| more).map(|version| version.version);
    // What the last row changed is seen beside the version before it, which is on the next page.
    if let Some(oldest) = older {
        versions.push(roles::queries::version(&visit.ctx, &id, oldest - 1).await?);
    }
    let chosen = compared.as_ref().map_or((role.version - 1, role.version), |[a, b]| (a.version, b.version));
    let now = visit.ctx.now();
    let may_go_back = visit.ctx.may(Permission::RolesUpdate) && can_change(&role);
    let rows = paired(versions, older.is_some()).into_iter().map(|(version, before)| {
        let back = (may_go_back && version.version != role.version)
            .then(|| to(format_args!("/roles/{id}/rollback?to={}", version.version)));
        view! { <Row version before back chosen now/> }
    });
    let rows = rows.collect_view().into_any();
    Ok(view! {
        <Console title=format!("Versions of {}", role.name)>
            <Crumb role=of(&role) here="Versions"/>
            <div class="head"><div><h1>"Versions of "<bdi>{role.name}</bdi></h1><p>"Every save is one. Restoring one makes a new one."</p></div></div>
            {compared.map(|[a, b]| view! { <Compared a b/> })}
            <Table href=to(format_args!("/roles/{id}/versions")) rows older/>
        </Console>
    }
    .into_any())
}

/// The two versions that the address names, if it does.
async fn compared(ctx: &Ctx, id: &RoleId, query: &Fields) -> Result<Option<[Version; 2]>> {
    let (Ok(a), Ok(b)) = (query.text("a").parse(), query.text("b").parse()) else {
        return Ok(None);
    };
    Ok(Some([roles::queries::version(ctx, id, a).await?, roles::queries::version(ctx, id, b).await?]))
}

/// The versions, of which two can be chosen; `older` is where the next page begins.
#[component]
fn Table(href: String, rows: AnyView, older: Option<i64>) -> impl IntoView {
    let older = older.map(|older| format!("{href}?before={older}"));
    view! {
        <form class="card list" method="get" action=href>
            <div class="foot selection"><span>"Choose two to compare"</span><span class="do"><button class="btn">"Compare"</button></span></div>
            <table class="cards">
                <thead><tr><th>"From"</th><th>"To"</th><th class="lead">"Version"</th><th>"Change"</th><th class="act"><span class="sr">"What can be done"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {older.map(|href| view! {
                <nav class="foot" aria-label="Pages"><span class="do"><a class="btn" href=href>"Older"</a></span></nav>
            })}
        </form>
    }
}

/// Each version with the one before it. The last has none, or is only there for the one after it.
fn paired(versions: Vec<Version>, last_is_extra: bool) -> Vec<(Version, Option<Version>)> {
    let shown = versions.len() - usize::from(last_is_extra);
    let before: Vec<Option<Version>> = versions.iter().skip(1).cloned().map(Some).chain([None]).collect();
    versions.into_iter().zip(before).take(shown).collect()
}

fn between(before: &Version, after: &Version) -> RoleDiff {
    RoleDiff::between(&RoleContent::from(before), &RoleContent::from(after))
}

/// `chosen` are the versions that would be compared.
#[component]
fn Row(
    version: Version,
    before: Option<Version>,
    back: Option<String>,
    chosen: (i64, i64),
    now: Timestamp,
) -> impl IntoView {
    let n = version.version;
    let change = match before.map(|before| between(&before, &version)) {
        Some(diff) => (!diff.is_empty()).then(|| view! { <Diff diff/> }.into_any()),
        None => Some(view! { <span class="hint">"The first."</span> }.into_any()),
    };
    let reason =
        (!version.reason.is_empty()).then(|| view! { <div class="sub">"“"<bdi>{version.reason}</bdi>"”"</div> });
    let by = (!version.author_name.is_empty()).then(|| view! { " by "<bdi>{version.author_name}</bdi> });
    view! {
        <tr>
            <td class="pick" data-label="From"><input type="radio" name="a" value=n checked=n == chosen.0 aria-label=format!("Compare from version {n}")/></td>
            <td class="pick" data-label="To"><input type="radio" name="b" value=n checked=n == chosen.1 aria-label=format!("Compare to version {n}")/></td>
            <td class="lead"><b>"Version "{n}</b><div class="sub"><Time at=moment(version.at, now)/>{by}</div>{reason}</td>
            <td>{change}</td>
            <td class="act">{back.map(|href| view! { <a class="btn quiet" href=href aria-label=format!("Restore version {n}")>"Restore version…"</a> })}</td>
        </tr>
    }
}

#[component]
fn Compared(a: Version, b: Version) -> impl IntoView {
    if a.version == b.version {
        return view! { <p class="note">"Choose two different versions."</p> }.into_any();
    }
    view! {
        <section class="card">
            <header><h2>{format!("Version {} → {}", a.version, b.version)}</h2></header>
            <div class="in"><Diff diff=between(&a, &b)/></div>
        </section>
    }
    .into_any()
}
