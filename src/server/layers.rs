//! What happens to every request before and after its handler.

use std::{net::IpAddr, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use super::{
    assets, bare,
    connections::{BodyLimits, read_body},
    cookies, dev, origin,
    request::{self, RequestId, WorksIn},
    state::AppState,
};
use crate::{
    db::{Conn, Reader},
    domain::{
        calling::{Caller, CallingUser},
        ctx::Ctx,
        sessions, tenants,
    },
    model::{fields::Fields, id::TenantId, scope::Scope},
};

/// No form here is larger.
const BODIES: BodyLimits = BodyLimits { bytes: 64 * 1024, time: Duration::from_secs(30), refuse: body_refused };
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a change waits for one of the slots.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything ours is of this origin; nothing is inline, so no nonce is needed.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The whole application as one router.
pub fn router(state: AppState) -> Router {
    wrap((state.surfaces.pages)(&state), (state.surfaces.api)(&state), state)
}

/// Puts the layers around the pages; files are served beside them, without a caller.
fn wrap(pages: Router<AppState>, api: Router<AppState>, state: AppState) -> Router {
    let files = Router::new()
        .route("/pkg/{name}", get(assets::package))
        .route("/fonts/{name}", get(assets::font))
        .route("/favicon.svg", get(assets::public))
        .route("/icons.svg", get(assets::public))
        .route("/robots.txt", get(assets::public));
    pages
        .layer(from_fn_with_state(state.clone(), only_signed_in))
        .layer(from_fn_with_state(state.clone(), find_caller))
        .layer(from_fn_with_state(state.clone(), run_to_the_end))
        // Before the caller is looked up: who holds the body back has no more rights than when it has come.
        .layer(from_fn_with_state(BODIES, read_body))
        .layer(origin::csrf(&state.site))
        .layer(from_fn_with_state(state.clone(), origin::check))
        .merge(api)
        .merge(files)
        .merge(dev::routes())
        .layer(CatchPanicLayer::custom(|_| bare::broken()))
        .layer(from_fn_with_state(state.clone(), harden))
        .layer(from_fn(log))
        .with_state(state)
}

/// Puts around a family what every request of a program goes through. No cookie is looked at there, so no page of another
/// site can act by one.
pub fn for_programs(api: Router<AppState>, state: &AppState) -> Router<AppState> {
    // What panics there is shown by the family, too.
    api.layer(CatchPanicLayer::custom(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response()))
        .layer(from_fn_with_state(state.clone(), find_nobody))
        .layer(from_fn_with_state(state.clone(), run_to_the_end))
        .layer(from_fn_with_state(BODIES, read_body))
}

/// Makes the context of a caller who has yet to prove who they are.
async fn find_nobody(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reader = Reader::new(state.services.db.clone());
    let (mut parts, body) = request.into_parts();
    let origin = request::origin(&state.site, &parts);
    let ctx = Ctx::new(state.services.clone(), Caller::Anonymous, origin).reading(reader.clone());
    parts.extensions.insert(ctx.clone());
    let mut response = read_by(&reader, next.run(Request::from_parts(parts, body))).await;
    // For whoever shows what went wrong, and counts it.
    response.extensions_mut().insert(ctx);
    response
}

/// Waits for the answer to a request, ends its reading, and notes what was read.
async fn read_by(reader: &Reader, answer: impl Future<Output = Response>) -> Response {
    let mut response = answer.await;
    let work = reader.end().await;
    tracing::debug!(snapshots = work.snapshots, statements = work.statements, "read");
    response.extensions_mut().insert(work);
    response
}

/// Gives the request an id, and the log a line when it is answered.
async fn log(mut request: Request, next: Next) -> Response {
    let id = crate::domain::clock::Clock::System.id();
    request.extensions_mut().insert(RequestId(id));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", id = %id);
    let mut response = next.run(request).instrument(span).await;
    let status = response.status().as_u16();
    tracing::debug!(request = %id, %method, path, status, "answered");
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

/// Headers that tell browsers what this site never does.
async fn harden(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // Only the pages that show the operations of programs say another themselves.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    if state.site.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Lets a change run to its end, also when its client hangs up or it takes too long: torn in the middle, nobody could say
/// what happened.
async fn run_to_the_end(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        let answer = tokio::time::timeout(TIMEOUT, next.run(request)).await;
        return answer.unwrap_or_else(|_| bare::page(StatusCode::SERVICE_UNAVAILABLE, "Please wait", SLOW));
    }
    // In the order in which they came: strangers who flood the sign-in take the same slots as everybody.
    let Ok(Ok(slot)) = tokio::time::timeout(PATIENCE, state.changes.clone().acquire_owned()).await else {
        return bare::wait(5);
    };
    let change = async move {
        let _slot = slot;
        next.run(request).await
    };
    match tokio::time::timeout(TIMEOUT, tokio::spawn(change.in_current_span())).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => bare::broken(),
        Err(_) => bare::page(StatusCode::SERVICE_UNAVAILABLE, "This may still be saved", UNFINISHED),
    }
}

const SLOW: &str = "This took longer than it should. Try again in a moment; if it stays, tell whoever runs the server.";
const UNFINISHED: &str = "It takes longer than it should, and goes on. Look in a minute whether it was saved before you \
    repeat it.";

/// What the reader of a form that never came whole is told.
fn body_refused(status: StatusCode) -> Response {
    let text = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "What was sent is larger than any form here. Shorten it and send it again.",
        StatusCode::REQUEST_TIMEOUT => "What was sent came too slowly. Try again, or from a better connection.",
        _ => "What was sent didn't arrive whole. Try again.",
    };
    bare::page(status, "Nothing was saved", text)
}

/// Finds out who is calling and makes the context that the handler's action will take.
async fn find_caller(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reader = Reader::new(state.services.db.clone());
    read_by(&reader, with_caller(state, reader.clone(), (request, next))).await
}

async fn with_caller(state: AppState, reader: Reader, (request, next): (Request, Next)) -> Response {
    let (mut parts, body) = request.into_parts();
    let wanted = cookies::read(&state.site, &parts.headers, cookies::Name::Tenant, |id| id.parse().ok());
    let origin = request::origin(&state.site, &parts);
    let found = match resolve(&state, &reader, &parts.headers, (wanted, origin.address)).await {
        Ok(found) => found,
        Err(error) => return bare::no_caller(&parts, error),
    };
    let ctx = Ctx::new(state.services.clone(), found.caller, origin).reading(reader);
    parts.extensions.insert(ctx.working_in(found.scope));
    if let Some(name) = found.works_in {
        parts.extensions.insert(WorksIn(name));
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Who is calling, and where they work.
struct Found {
    caller: Caller,
    scope: Scope,
    works_in: Option<String>,
}

/// Of several session cookies the one that is valid counts.
async fn resolve(
    state: &AppState,
    reader: &Reader,
    headers: &HeaderMap,
    (wanted, address): (Option<TenantId>, Option<IpAddr>),
) -> crate::domain::error::Result<Found> {
    for token in cookies::all(&state.site, headers, cookies::Name::Session) {
        let now = state.services.clock.now();
        let conn = &mut *reader.read().await?;
        let (caller, name) = sessions::caller::resolve(conn, token, now, (wanted, address)).await?;
        if let Caller::User(user) = &caller {
            let (scope, works_in) = workplace(conn, user, wanted.zip(name)).await?;
            return Ok(Found { caller, scope, works_in });
        }
    }
    Ok(Found { caller: Caller::Anonymous, scope: Scope::Everywhere, works_in: None })
}

/// Where the caller works: where they chose to, as far as they may: see [`tenants::queries::workplace`].
async fn workplace(
    conn: &mut Conn,
    user: &CallingUser,
    wanted: Option<(TenantId, String)>,
) -> crate::domain::error::Result<(Scope, Option<String>)> {
    let scope = tenants::queries::workplace(user, wanted.as_ref().map(|(tenant, _)| Scope::Tenant(*tenant)));
    let name = match (scope.tenant(), wanted) {
        (None, _) => None,
        (Some(tenant), Some((wanted, name))) if tenant == wanted => Some(name),
        (Some(tenant), _) => tenants::store::name(conn, tenant).await?,
    };
    Ok(match name {
        Some(name) => (scope, Some(name)),
        None => (Scope::Everywhere, None),
    })
}

/// Denies by default: whoever isn't signed in reaches public pages only. Actions still ask for permissions;
/// this is what sends a stranger to the sign-in page.
async fn only_signed_in(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<Ctx>().is_some_and(|ctx| ctx.user().is_ok());
    if signed_in || (state.surfaces.is_public)(request.uri().path()) {
        return next.run(request).await;
    }
    if request.headers().get(header::ACCEPT).is_some_and(|accept| accept == "application/json") {
        return (StatusCode::UNAUTHORIZED, "sign in first").into_response();
    }
    let here = match *request.method() {
        Method::GET => request.uri().path_and_query().map_or("/admin", |path| path.as_str()).to_owned(),
        // What was sent can't be kept for a stranger; the page that it was sent from can be opened again.
        _ => sent_from(&request).unwrap_or_else(|| "/admin".into()),
    };
    Redirect::to(&format!("/signin?{}", Fields::default().with("next", here).encode())).into_response()
}

/// The path of the page that a form was on. Only a path, so it can't lead off this site.
fn sent_from(request: &Request) -> Option<String> {
    let referer: Uri = request.headers().get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    Some(referer.path().to_owned())
}
