//! `Idempotency-Key`: a request that makes something is safe to repeat. One layer around each operation that makes something;
//! all that the operation writes waits until its answer is kept with it.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    known::{Beginner, Known},
    problem::{Problem, Result},
};
use crate::{
    db::Joint,
    domain::{
        ctx::Ctx,
        error::Error,
        kept_answers::{Answer, Kept, Repeatable},
    },
    http::state::AppState,
};

/// The header that names a request.
pub const HEADER: &str = "idempotency-key";
/// Characters of it.
pub const KEY_MAX: usize = 255;
/// Nothing that is made here is answered with more.
const ANSWER_MAX: usize = 1024 * 1024;

/// Answers a request that names a key once, and says the same again when it is repeated.
pub async fn repeat(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    match repeatable(&state, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn repeatable(state: &AppState, request: Request, next: Next) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, ANSWER_MAX).await.map_err(|_| Problem::Status(StatusCode::BAD_REQUEST))?;
    let key = key(&parts)?;
    let known = match parts.extensions.get::<Known>() {
        Some(Known(ctx)) => Ok(ctx.clone()),
        None => Beginner::from_request_parts(&mut parts, state).await.map(|Beginner(ctx)| ctx),
    };
    let Ok(ctx) = known else {
        // The operation says in its own words why it takes nobody.
        return Ok(next.run(Request::from_parts(parts, Body::from(body))).await);
    };
    let request = Repeatable::new(&ctx, &key, &said(&ctx, &parts, &body))?;
    if let Some(kept) = request.find(&ctx).await? {
        return shown(kept);
    }
    let joint = Joint::default();
    let anonymous = parts.extensions.get::<Ctx>().cloned().ok_or_else(Problem::unauthenticated)?;
    parts.extensions.insert(anonymous.writing_into(joint.clone()));
    if let Some(Known(ctx)) = parts.extensions.remove::<Known>() {
        parts.extensions.insert(Known(ctx.writing_into(joint.clone())));
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if response.status().is_success() {
        return finish(&ctx, (&request, joint), response).await;
    }
    // What it wrote until then never happens. The same request may have been answered meanwhile.
    drop(joint.finish().await);
    match request.find(&ctx).await? {
        Some(kept) => shown(kept),
        None => Ok(response),
    }
}

/// Keeps the answer and commits it with all that was written; of two at once, one is kept, and both are answered with it.
async fn finish(ctx: &Ctx, (request, joint): (&Repeatable, Joint), response: Response) -> Result<Response> {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_MAX).await.map_err(|_| Problem::Status(StatusCode::INTERNAL_SERVER_ERROR))?;
    let answer = Answer { status: parts.status.as_u16(), body: body.to_vec() };
    let mut tx = match joint.finish().await {
        Some(tx) => tx,
        None => ctx.begin().await?,
    };
    if request.keep(ctx, &mut tx, &answer).await? {
        tx.commit().await.map_err(Error::from)?;
        return Ok(Response::from_parts(parts, Body::from(body)));
    }
    drop(tx);
    match request.find(ctx).await? {
        Some(kept) => shown(kept),
        None => Err(Problem::Status(StatusCode::SERVICE_UNAVAILABLE)),
    }
}

fn shown(kept: Kept) -> Result<Response> {
    match kept {
        Kept::Other => Err(Problem::KeyReused),
        Kept::Answer(answer) => {
            let mut response = answer.body.into_response();
            *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let again = HeaderName::from_static("idempotent-replayed");
            response.headers_mut().insert(again, HeaderValue::from_static("true"));
            Ok(response)
        }
    }
}

/// The key: once, and of visible characters.
fn key(parts: &Parts) -> Result<String> {
    let mut all = parts.headers.get_all(HEADER).iter();
    let (Some(value), None) = (all.next(), all.next()) else {
        return Err(Problem::parameter("Idempotency-Key", "is there twice"));
    };
    let text = value.to_str().unwrap_or_default();
    let fits = (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    match fits {
        true => Ok(text.to_owned()),
        false => {
            let message = format!("must have 1 to {KEY_MAX} visible characters");
            Err(Problem::parameter("Idempotency-Key", &message))
        }
    }
}

/// All that a request asks for, and where.
fn said(ctx: &Ctx, parts: &Parts, body: &Bytes) -> String {
    let tenant = ctx.tenant().map(|tenant| tenant.to_string()).unwrap_or_default();
    format!("{tenant} {} {} {}", parts.method, parts.uri, String::from_utf8_lossy(body))
}
