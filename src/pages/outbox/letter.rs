//! `/admin/outbox/{id}/letter`: a message as it looks, for the frame on its page. Whatever stands in it can do nothing.

use axum::{
    Router,
    extract::{Path, Request},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use crate::{
    domain::{
        error::{Error, Result},
        outbox::queries,
    },
    http::{letters, page::failed, state::AppState, visit::Visit},
    model::id::MessageId,
};

/// The document.
pub fn routes() -> Router<AppState> {
    Router::new().route("/admin/outbox/{id}/letter", get(letter))
}

/// Nothing is fetched, run or sent, and our own pages alone have it in a frame.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

async fn letter(Path(id): Path<String>, request: Request) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match html(&visit, &id).await {
        Ok(html) => ([(header::CONTENT_SECURITY_POLICY, POLICY), (header::X_FRAME_OPTIONS, "SAMEORIGIN")], Html(html))
            .into_response(),
        Err(error) => failed(request, error).await,
    }
}

async fn html(visit: &Visit, id: &str) -> Result<String> {
    let id: MessageId = id.parse().map_err(|_| Error::NotFound("message"))?;
    let (message, content) = queries::preview(&visit.ctx, id).await?;
    let rendered = content.and_then(|content| letters::rendered(&visit.site, &message, &content));
    rendered.map(|rendered| rendered.html).ok_or(Error::NotFound("message"))
}
