//! What is shown beside the form of a role: what others did to it.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Diff;
use crate::{
    domain::roles::{diff::RoleDiff, input::RoleContent, merge::Merged, versions::Version},
    functions::roles::RequireFactor,
    http::visit::to,
    model::{id::RoleId, user::grouped},
    pages::form::Act,
};

/// What the other edit did, beside what was typed.
#[component]
pub fn Conflict(merged: Merged, theirs: Version) -> impl IntoView {
    view! {
        <div class="two">
            <section class="card">
                <header><h2>"Saved meanwhile as version "{theirs.version}</h2><span class="hint">"by "<bdi>{theirs.author_name}</bdi></span></header>
                <div class="in"><Diff diff=merged.theirs/><Reason reason=theirs.reason/></div>
            </section>
            <section class="card">
                <header><h2>"What you changed"</h2></header>
                <div class="in"><Diff diff=merged.yours/><p class="hint">"The form below holds both. Save to keep both."</p></div>
            </section>
        </div>
    }
}

/// The newest version beside the one before it.
#[component]
pub fn LastChange(role: RoleId, last: Version, before: Option<Version>) -> impl IntoView {
    let (heading, change) = match before {
        Some(before) => {
            let diff = RoleDiff::between(&RoleContent::from(&before), &RoleContent::from(&last));
            (format!("Version {} → {}", before.version, last.version), view! { <Diff diff/> }.into_any())
        }
        None => (format!("Version {}", last.version), view! { <p class="hint">"The first."</p> }.into_any()),
    };
    view! {
        <section class="card">
            <header><h2>{heading}</h2><span class="do"><a class="link" href=to(format_args!("/roles/{role}/versions"))>"All versions"</a></span></header>
            <div class="in">{change}<Reason reason=last.reason/></div>
        </section>
    }
}

/// Whether everybody who has the role needs a second factor, and the way to change that.
#[component]
pub fn FactorCard(
    role: RoleId,
    required: bool,
    may_change: bool,
    /// How many would have to set one up, and whether there are more.
    enrol: (i64, bool),
) -> impl IntoView {
    let (sentence, word, label) = match required {
        true => ("Whoever has this role needs a second factor.", "no", "Ask for none"),
        false => ("Whoever has this role may sign in by a password alone.", "yes", "Ask for a second factor"),
    };
    let hint = match enrol {
        (0, _) => "Nobody who has this role is without a second factor.".to_owned(),
        (1, _) => {
            "1 person who has this role has none yet. Asked for one, they set it up at the next sign-in.".to_owned()
        }
        (people, more) => {
            let more = if more { "More than " } else { "" };
            format!(
                "{more}{} people who have this role have none yet. Asked for one, they set it up at their next sign-in.",
                grouped(people)
            )
        }
    };
    let fields = vec![("id", role.to_string()), ("required", word.to_owned())];
    view! {
        <section class="card">
            <header><h2>"Second factor"</h2></header>
            <div class="in">
                <p>{sentence}</p>
                {may_change.then(|| view! {
                    {(!required).then(|| view! { <p class="hint">{hint}</p> })}
                    <div class="do"><Act function=RequireFactor::PATH fields><button class="btn">{label}</button></Act></div>
                })}
            </div>
        </section>
    }
}

#[component]
fn Reason(reason: String) -> impl IntoView {
    (!reason.is_empty()).then(|| view! { <p class="hint">"“"<bdi>{reason}</bdi>"”"</p> })
}
