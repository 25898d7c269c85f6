//! What a list says on a page whose rows are gone.

use leptos::prelude::*;

/// Says that the list ends before this page, which an older link leads to, and shows the way to the `first` one.
#[component]
pub fn Ended(first: String) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"This page is empty by now"</h2>
            <p>"What was on it is gone, or stands on another page."</p>
            <div class="do"><a class="btn" href=first>"First page"</a></div>
        </div>
    }
}
