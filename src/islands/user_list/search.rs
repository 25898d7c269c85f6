//! Search as you type, and the filter.

use std::time::Duration;

use leptos::{
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
};

use super::shared::path;
use crate::model::user::{UserQuery, UserStatus};

/// Long enough not to ask for every letter of a fast typist, short enough to feel immediate.
const PAUSE: Duration = Duration::from_millis(160);

/// What is searched and filtered by; `refresh` asks for the rows.
#[component]
pub fn SearchBar(query: RwSignal<UserQuery>, refresh: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let later = move || {
        timer.update_value(|waiting| {
            if let Some(waiting) = waiting.take() {
                waiting.clear();
            }
            *waiting = set_timeout_with_handle(refresh, PAUSE).ok();
        });
    };
    let typed = move |event| {
        let search = event_target_value(&event);
        query.update(|q| *q = UserQuery { search: search.trim().to_owned(), ..q.from_the_start() });
        later();
    };
    let picked = move |event| {
        let status = UserStatus::parse(&event_target_value(&event));
        query.update(|q| *q = UserQuery { status, ..q.from_the_start() });
        refresh();
    };
    let start = query.get_untracked();
    view! {
        <form class="bar" role="search" method="get" action=path().get_value()>
            <input type="search" class="field find" name="q" value=start.search placeholder="Find by name or e-mail"
                aria-label="Find by name or e-mail" maxlength=UserQuery::SEARCH_MAX.to_string() autocomplete="off"
                on:input=typed/>
            <label class="pick-one">
                "Status "
                <select class="field" name="status" on:change=picked>
                    <option value="">"any"</option>
                    {UserStatus::ALL.iter().map(|status| view! {
                        <option value=status.word() selected=start.status == Some(*status)>{status.label()}</option>
                    }).collect_view()}
                </select>
            </label>
            <input type="hidden" name="role" value=start.role/>
            <input type="hidden" name="group" value=start.group/>
            <input type="hidden" name="sort" value=start.sort.word()/>
            <input type="hidden" name="order" value=if start.descending { "desc" } else { "asc" }/>
            <button class="btn noscript-only">"Search"</button>
            <span class="hint script-only">"Press "<kbd>"/"</kbd>" to search"</span>
        </form>
    }
}
