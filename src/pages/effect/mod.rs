//! What a change would do, for the reader to see before it is made.

mod line;
mod summary;

use leptos::prelude::*;

use self::{
    line::shown,
    summary::{concerns, is_plain, later_too, summary},
};
use crate::{
    domain::access::preview::{
        effect::Effect,
        groups::{Group, Groups, groups},
        nothing::Nothing,
    },
    http::fields::{FUNCTION, PREVIEW},
    islands::WouldDo,
    model::{timestamp::Timestamp, user::grouped},
};

/// An effect, as a piece of a page.
#[must_use]
pub fn fragment(effect: Effect) -> String {
    view! { <Changes effect/> }.to_html()
}

/// The buttons of a form that can be asked what it would do.
#[component]
pub fn Steps(
    /// The path of the form's function.
    function: &'static str,
    save: &'static str,
    /// Where giving up goes, on a page that is the form alone.
    #[prop(into, default = None)]
    cancel: Option<String>,
    /// Whether it is what the page is there for.
    #[prop(default = true)]
    main: bool,
) -> impl IntoView {
    let (save_class, ask_class) = if main { ("btn main", "btn") } else { ("btn", "btn quiet") };
    view! {
        <div class="actions">
            <button class=save_class>{save}</button>
            <button class=ask_class name=FUNCTION value=format!("{function}{PREVIEW}")>"What would this do?"</button>
            {cancel.map(|href| view! { <a class="btn quiet" href=href>"Cancel"</a> })}
        </div>
    }
}

/// What is about to be done would do this.
#[component]
pub fn EffectCard(effect: Effect) -> impl IntoView {
    view! {
        <section class="card effect">
            <header><h2>"What it would do"</h2></header>
            <div class="in would"><Changes effect/></div>
        </section>
    }
}

const UNASKED: &str = "<p class=\"hint\">Change something, then see here whom it touches before you save.</p>";

/// The place of the effect beside a form, in the same [`Scope`](super::form::Scope). Empty until something was asked.
#[component]
pub fn WouldCard(
    /// What the reader is about to do: `What saving would do`.
    heading: &'static str,
) -> impl IntoView {
    view! {
        <section class="card effect">
            <header><h2>{heading}</h2></header>
            <WouldDo class="in would".to_owned() hint=UNASKED.to_owned()/>
        </section>
    }
}

/// The changes: what matters most in one line, unless that is all there is, then the lines themselves.
#[component]
pub fn Changes(effect: Effect) -> impl IntoView {
    if let Some(refused) = effect.refused {
        return view! { <p class="note bad">"It would be refused: "{refused.to_string()}"."</p> }.into_any();
    }
    if let Some(concerned) = effect.uncounted {
        return view! { <p class="note">{concerns(concerned)}</p> }.into_any();
    }
    if let Some(nothing) = effect.nothing {
        return view! { <p class="hint">{why(nothing)}</p> }.into_any();
    }
    let (said, plain, later_said) = (summary(&effect), is_plain(&effect), later_too(&effect));
    let Effect { now, changes, omitted, tokens, sessions, .. } = effect;
    let Groups { shown: lines, folded, later } = groups(changes);
    let several = lines.len() + later.len() + usize::from(tokens > 0) + usize::from(sessions > 0) > 1;
    let summed = several && !(plain && folded.is_empty());
    let more = format!("and {} more", grouped(folded.len() as i64));
    view! {
        {summed.then(|| view! { <p>{said}</p> })}
        <ul>
            {lines.into_iter().map(|line| shown(line, now)).collect_view()}
            <Folded groups=folded said=more least=1 now/>
            <Folded groups=later said=later_said least=2 now/>
            {(omitted > 0).then(|| view! { <li>{format!("and {} more in single tenants, about fewer people", grouped(omitted as i64))}</li> })}
            <Ended n=tokens one="token stops working" many="tokens stop working"/>
            <Ended n=sessions one="open session ends" many="open sessions end"/>
        </ul>
    }
    .into_any()
}

/// The lines that are not worth reading before all else: one click away, also without a script. Fewer than `least` are
/// shown as they are.
#[component]
fn Folded(groups: Vec<Group>, said: String, least: usize, now: Timestamp) -> impl IntoView {
    let count = groups.len();
    let lines = groups.into_iter().map(|group| shown(group, now)).collect_view();
    match count {
        0 => ().into_any(),
        _ if count < least => lines.into_any(),
        _ => view! { <li><details class="rest"><summary>{said}</summary><ul>{lines}</ul></details></li> }.into_any(),
    }
}

/// What ends with the change, counted.
#[component]
fn Ended(n: i64, one: &'static str, many: &'static str) -> impl IntoView {
    (n > 0).then(|| view! { <li><b>{grouped(n)}</b><span>{if n == 1 { one } else { many }}</span></li> })
}

/// Why nothing would happen.
const fn why(nothing: Nothing) -> &'static str {
    match nothing {
        Nothing::EmptyGroup => "Nobody is in the group yet, so nobody gains or loses anything by it.",
        Nothing::UnheldRole => "Nobody holds the role, so nobody gains or loses anything by it.",
        Nothing::Disabled => "Everybody whom it is about is disabled, and may do nothing while that lasts.",
        Nothing::Waiting => {
            "As things stand nobody gains or loses anything by it: access in a tenant counts for its active members, \
            and not everybody here is one."
        }
        Nothing::Same => "Nobody gains or loses anything by it, now or later.",
    }
}
