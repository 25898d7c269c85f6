//! Whether a credential works, when it was used and when it ends, in lists and on its own page.

use leptos::prelude::*;

use crate::{
    domain::attention::Life,
    model::timestamp::Timestamp,
    pages::times::{Time, moment, until, until_tone},
};

/// Why it needs attention, in words; empty where it needs none.
pub fn reasons(life: &Life, now: Timestamp) -> String {
    life.reasons(now).into_iter().map(|reason| reason.words()).collect::<Vec<_>>().join("; ")
}

/// Whether it works.
#[component]
pub fn State(life: Life, now: Timestamp) -> impl IntoView {
    let (tone, word) = match (life.is_disabled, life.has_ended(now)) {
        (true, _) => ("tag bad", "Disabled"),
        (false, true) => ("tag bad", "Ended"),
        (false, false) => ("tag good", "Enabled"),
    };
    view! { <span class=tone>{word}</span> }
}

/// When it was last used, and from where.
#[component]
pub fn LastUsed(life: Life, from: Option<String>, now: Timestamp) -> impl IntoView {
    match life.last_used_at {
        Some(at) => view! {
            <Time at=moment(at, now)/>
            {from.map(|from| view! { <div class="sub">"from "{from}</div> })}
        }
        .into_any(),
        None => "never".into_any(),
    }
}

/// When it ends.
#[component]
pub fn Ends(life: Life, now: Timestamp) -> impl IntoView {
    match life.expires_at {
        Some(at) => {
            view! { <span class=until_tone(at, now) title=moment(at, now).exact>{until(at, now)}</span> }.into_any()
        }
        None => view! { <span class="sub">"never"</span> }.into_any(),
    }
}
