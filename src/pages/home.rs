//! Where whoever signed in begins.

use leptos::prelude::*;

use super::{
    Page,
    layout::{Console, menu},
};
use crate::http::visit::{go, to, visit};

/// `/admin`: the first page that the reader may see.
pub async fn page() -> Page {
    if let Some(first) = menu(&visit()).next() {
        go(&to(first.path));
        return Ok(().into_any());
    }
    Ok(view! {
        <Console title="Welcome">
            <div class="empty">
                <h1>"You have no role yet"</h1>
                <p>"You are signed in, but may not see anything here. An administrator can give you a role."</p>
                <div class="do"><a class="btn main" href="/account">"Your account"</a></div>
            </div>
        </Console>
    }
    .into_any())
}
