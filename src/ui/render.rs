//! Turning a view into an HTML response.

use std::sync::Arc;

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use hydration_context::SsrSharedContext;
use leptos::{prelude::*, reactive::owner::Owner};

use super::{language::Language, visit::Visit};
use crate::server::{assets::MANIFEST, cookies, dev};

/// A piece of a page, for an island to put in its place.
pub fn fragment<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| view().into_view().to_html());
    owner.unset();
    html
}

/// A document in a language: head, and the body that `view` makes. `islands` loads the browser half; public pages don't.
pub fn document<V: IntoView + 'static>(
    visit: &Visit,
    (title, language): (&str, Language),
    islands: bool,
    view: impl FnOnce() -> V,
) -> Response {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        view! {
            <html lang=language.code() dir=language.direction() data-theme=visit.theme.map(|theme| theme.word())>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <title>{format!("{title} · Castellan")}</title>
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                    <link rel="preload" href="/fonts/inter-latin-wght.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                    <link rel="stylesheet" href=MANIFEST.css.clone()/>
                    {islands.then(|| view! {
                        <link rel="preload" data-wasm="" href=MANIFEST.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                        <script type="module" src=MANIFEST.js.clone()></script>
                    })}
                    {dev::ACTIVE.then(|| view! { <script type="module" src="/dev/reload.js"></script> })}
                </head>
                {view()}
            </html>
        }
        .to_html()
    });
    owner.unset();
    let mut response = (StatusCode::OK, Html(format!("<!DOCTYPE html>{html}"))).into_response();
    if visit.done.is_some() {
        response.headers_mut().append(header::SET_COOKIE, cookies::nothing_done(&visit.site));
    }
    response
}
