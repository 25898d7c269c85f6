//! Pages of the app, whole: nothing is streamed, and no script is put behind them.

use std::{pin::Pin, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt, stream::once};
use leptos::prelude::*;
use leptos_axum::handle_response_inner;

use super::{
    cookies::{self, Name},
    error::{say_when, status},
    visit::{Answered, Visit},
};
use crate::{
    domain::{
        error::Error,
        refusals::{self, kind::RefusalKind},
    },
    model::fields::Fields,
};

type PinnedStream = Pin<Box<dyn Stream<Item = String> + Send>>;
type PinnedFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Leptos' own builders put two inline scripts behind every page, also where no script runs, which the policy forbids.
fn whole<V: IntoView + 'static>(
    app: V,
    _scripts: Box<dyn FnOnce() -> PinnedStream + Send>,
    _out_of_order: bool,
) -> PinnedFuture<PinnedStream> {
    Box::pin(async move {
        let html = app.to_html_stream_in_order().collect::<String>().await;
        let html = marked(&html);
        Box::pin(once(async move { html })) as PinnedStream
    })
}

/// Leptos marks places in a page for the half in the browser, by comments that HTML knows no such form of. Only islands
/// need them; there they are comments as HTML has them.
fn marked(html: &str) -> String {
    const MARK: &str = "<!>";
    let (mut out, mut rest, mut inside) = (String::with_capacity(html.len()), html, Vec::<bool>::new());
    while let Some(place) = rest.find('<') {
        let (before, tag) = rest.split_at(place);
        out.push_str(before);
        if let Some(after) = tag.strip_prefix(MARK) {
            out.push_str(if inside.last() == Some(&true) { "<!---->" } else { "" });
            rest = after;
            continue;
        }
        for (name, is_island) in [("leptos-island", true), ("leptos-children", false)] {
            if tag[1..].starts_with(name) {
                inside.push(is_island);
            } else if tag.strip_prefix("</").is_some_and(|tag| tag.starts_with(name)) {
                inside.pop();
            }
        }
        out.push('<');
        rest = &tag[1..];
    }
    out.push_str(rest);
    out
}

/// The page with its length: Leptos sends every page in chunks, though there is only one.
async fn in_one_piece(response: Response) -> Response {
    let (head, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(page) => Response::from_parts(head, Body::from(page)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Answers a request for a file with what stands in the way of it, as a page.
pub async fn failed(request: Request, error: Error) -> Response {
    if let (Error::Forbidden(_), Some(visit)) = (&error, request.extensions().get::<Visit>()) {
        refusals::note(&visit.ctx, RefusalKind::NotAllowed, None);
    }
    let function = request.uri().path().to_owned();
    answering(request, Answered { function, typed: Fields::default(), outcome: Err(error) }).await
}

/// Answers a form with the page that it is on, which says how it was answered, with the status of that.
pub async fn answering(mut request: Request, answered: Answered) -> Response {
    let answered = Arc::new(answered);
    request.extensions_mut().insert(answered.clone());
    let mut response = page(request).await;
    let Some(error) = answered.refused() else { return response };
    if response.status().is_success() {
        *response.status_mut() = status(error);
    }
    say_when(response.headers_mut(), error);
    response
}

/// Answers a request with a page.
pub async fn page(request: Request) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let answered: Option<Arc<Answered>> = request.extensions().get().cloned();
    let (site, app) = (visit.site.clone(), visit.surfaces.app);
    let said = [(visit.done.is_some(), Name::Done), (visit.kept.is_some(), Name::Typed)];
    let context = move || {
        provide_context(visit.clone());
        if let Some(answered) = &answered {
            provide_context(answered.clone());
        }
    };
    let mut response = in_one_piece(handle_response_inner(context, app, request, whole).await).await;
    for (_, name) in said.into_iter().filter(|(said, _)| *said) {
        response.headers_mut().append(header::SET_COOKIE, cookies::none(&site, name));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn marks_are_comments_in_islands_and_nowhere_else() {
        let page = "<p><!>a<leptos-island data-x=\"&lt;\"><!>b<leptos-children><!>c<leptos-island><!>d</leptos-island><!></leptos-children><!></leptos-island><!></p>";
        let clean = "<p>a<leptos-island data-x=\"&lt;\"><!---->b<leptos-children>c<leptos-island><!---->d</leptos-island></leptos-children><!----></leptos-island></p>";
        assert_eq!(marked(page), clean);
        assert_eq!(marked("no tags, 1 < 2"), "no tags, 1 < 2");
    }
}
