//! What happens to every request before and after its handler.

use std::{net::IpAddr, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use leptos_axum::LeptosRoutes;
use tower::{Layer, util::MapRequestLayer};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};
use tracing::Instrument;

use super::{
    assets, bare,
    connections::{BodyLimits, read_body},
    cookies, dev, functions, origin, page, place,
    request::{self, RequestId, WorksIn, with_next},
    sessions as browser_sessions,
    state::AppState,
    visit::{EVERYWHERE, Reads, Visit},
};
use crate::{
    db::{Conn, Reader},
    domain::{
        calling::{Caller, CallingUser, Proof},
        ctx::Ctx,
        sessions,
        tenants::{self, queries},
        usage::memory::UsedBy,
    },
    model::{id::TenantId, scope::Scope, timestamp::Timestamp},
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
    let inner = wrap(pages(&state), (state.surfaces.api)(&state), state);
    Router::new().fallback_service(MapRequestLayer::new(place::take_off).layer(inner))
}

/// Pages by the app's own table, each also where its forms are sent; functions; and files that are made when asked for.
fn pages(state: &AppState) -> Router<AppState> {
    let listed = leptos_axum::generate_route_list(state.surfaces.routes);
    let forms = listed.iter().fold(Router::new(), |router, page| router.route(page.path(), post(functions::call)));
    forms
        .leptos_routes_with_handler(listed, get(page::page))
        .route("/fn/{*name}", post(functions::call))
        .merge((state.surfaces.exports)())
        // A reader learns nothing from the empty 405 that axum would answer.
        .fallback(page::page)
        .method_not_allowed_fallback(page::page)
}

/// Puts the layers around the pages; files are served beside them, without a caller.
fn wrap(pages: Router<AppState>, api: Router<AppState>, state: AppState) -> Router {
    let files = Router::new()
        .route("/pkg/{name}", get(assets::package))
        .route("/fonts/{name}", get(assets::font))
        .route("/favicon.svg", get(assets::public))
        .route("/icons.svg", get(assets::public))
        .route("/copy.js", get(assets::public))
        .route("/passkey.js", get(assets::public))
        .route("/robots.txt", get(assets::public));
    pages
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(state.clone(), only_signed_in))
        .layer(from_fn_with_state(state.clone(), find_caller))
        .layer(browser_sessions::layer(&state))
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
    // Only the pages that show the operations of programs, and letters, say another themselves.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    // Only a letter may be in a frame, which is ours.
    headers.entry(header::X_FRAME_OPTIONS).or_insert_with(|| HeaderValue::from_static("DENY"));
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
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
    let origin = request::origin(&state.site, &parts);
    let found = match find(&state, &reader, &parts, origin.address).await {
        Ok(found) => found,
        Err(error) => return bare::no_caller(&parts, error),
    };
    let caller = found.user.map_or(Caller::Anonymous, |user| Caller::User(Box::new(user)));
    let (scope, works_in, is_there) = match found.place {
        Place::Everywhere => (Scope::Everywhere, None, true),
        Place::Tenant(tenant, works_in) => (Scope::Tenant(tenant), Some(works_in), true),
        Place::Nowhere => (Scope::Everywhere, None, false),
        Place::InTenant(slug) => return Redirect::to(&moved(&slug, place::asked(&parts))).into_response(),
    };
    if let Some(works_in) = works_in {
        parts.extensions.insert(works_in);
    }
    let ctx = Ctx::new(state.services.clone(), caller, origin).reading(reader).working_in(scope);
    parts.extensions.insert(ctx.clone());
    let visit = Visit::of(&parts, (ctx, &found.reads), (state.site.clone(), state.surfaces)).await;
    parts.extensions.insert(visit);
    if is_there {
        return next.run(Request::from_parts(parts, body)).await;
    }
    // No page has this path, so it is said that there is nothing; whatever was sent there is not looked at.
    (parts.uri, parts.method) = (Uri::from_static("/t"), Method::GET);
    page::page(Request::from_parts(parts, body)).await
}

/// The same page in the tenant of this short name.
fn moved(slug: &str, asked: &str) -> String {
    format!("/t/{slug}{}", asked.strip_prefix(EVERYWHERE).unwrap_or_default())
}

/// Who is calling, and where they work.
struct Found {
    user: Option<CallingUser>,
    place: Place,
    reads: Reads,
}

/// Where a request is about.
enum Place {
    /// The whole installation.
    Everywhere,
    /// One tenant, in which the caller may work.
    Tenant(TenantId, WorksIn),
    /// A tenant that isn't there, or not for them.
    Nowhere,
    /// Everywhere, where they hold nothing; in the tenant of this short name they do.
    InTenant(String),
}

/// Of several session cookies the one that is valid counts.
async fn find(
    state: &AppState,
    reader: &Reader,
    parts: &Parts,
    address: Option<IpAddr>,
) -> crate::domain::error::Result<Found> {
    let (slug, now) = (place::slug(parts), state.services.clock.now());
    for token in cookies::all(&state.site, &parts.headers, cookies::Name::Session) {
        let conn = &mut *reader.read().await?;
        let Some(found) = sessions::caller::resolve(conn, token, now, (slug, address)).await? else { continue };
        note_use(state, &found, (now, address));
        let place = match (slug, found.wanted) {
            (None, _) => without_tenant(conn, &found.user, parts).await?,
            (Some(slug), Some((tenant, name))) if queries::may_work(&found.user, Scope::Tenant(tenant)) => {
                Place::Tenant(tenant, WorksIn { slug: slug.to_owned(), name })
            }
            (Some(_), _) => Place::Nowhere,
        };
        let reads = Reads { locale: found.locale, time_zone: found.time_zone };
        return Ok(Found { user: Some(found.user), place, reads });
    }
    Ok(Found { user: None, place: Place::Everywhere, reads: Reads::default() })
}

/// Seconds between two moments at which a session is written down to be in use.
const SEEN_EVERY: i64 = 5 * 60;

/// Notes that a session is in use; it is written with what else was used, not by this request.
fn note_use(state: &AppState, found: &sessions::caller::Found, (now, address): (Timestamp, Option<IpAddr>)) {
    if let Proof::Session(session) = found.user.by
        && now.seconds_since(found.last_seen_at) >= SEEN_EVERY
    {
        state.services.uses.note(UsedBy::Session(session), now, address, None);
    }
}

/// An address of the console that names no tenant: whoever may nothing everywhere is meant to see their first one.
async fn without_tenant(conn: &mut Conn, user: &CallingUser, parts: &Parts) -> crate::domain::error::Result<Place> {
    let asks = parts.method == Method::GET && parts.uri.path().starts_with(EVERYWHERE);
    let Some(first) = queries::first_workplace(user).filter(|_| asks) else {
        return Ok(Place::Everywhere);
    };
    let slug = tenants::store::slug(conn, first).await?;
    Ok(slug.map_or(Place::Everywhere, Place::InTenant))
}

/// Sends a stranger who asks for a page that is not for strangers to the sign-in page. What is sent is refused where the
/// function's rule is known, and kept.
async fn only_signed_in(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<Ctx>().is_some_and(|ctx| ctx.user().is_ok());
    if signed_in || request.method() == Method::POST || state.surfaces.is_public(request.uri().path()) {
        return next.run(request).await;
    }
    let (parts, _) = request.into_parts();
    Redirect::to(&with_next("/signin", Some(place::asked(&parts)))).into_response()
}
