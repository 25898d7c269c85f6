//! Reading a request's body before anything else happens.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::registry::{Connection, Phase};

/// What bodies are held to.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimits {
    /// No body is larger.
    pub bytes: usize,
    /// No body takes longer, all of it.
    pub time: Duration,
    /// Makes the answer to a body that is too large (413), too slow (408) or broken (400), and to a request on a
    /// connection that is just being closed (503), which nobody will read.
    pub refuse: fn(StatusCode) -> Response,
}

/// A layer that reads the whole body, and hands the request on with the body in memory: so that nobody holds back a
/// body while the server holds a caller, a transaction or a place in a queue for them. For
/// `axum::middleware::from_fn_with_state`.
///
/// It also tells the accept loop when the handler is at work, so it belongs around all that may take time.
pub async fn read_body(State(limits): State<BodyLimits>, request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<Arc<Connection>>().cloned();
    let request = match whole(request, limits, connection.as_ref()).await {
        Ok(request) => request,
        Err(status) => return refuse(limits, status, connection.as_ref()),
    };
    // A router that is called without a socket, as tests do, has no connection to be thrown out of.
    let Some(connection) = connection else { return next.run(request).await };
    let Some(_working) = connection.begin(Phase::Working) else {
        return refuse(limits, StatusCode::SERVICE_UNAVAILABLE, Some(&connection));
    };
    next.run(request).await
}

/// The same request with its body in memory.
async fn whole(
    request: Request,
    limits: BodyLimits,
    connection: Option<&Arc<Connection>>,
) -> Result<Request, StatusCode> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    // What the client says of the length is believed when it is too large. Nothing was read then, so a client that
    // asked whether to go on (`Expect: 100-continue`) is spared the sending.
    if request.body().size_hint().lower() > limits.bytes as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let _reading = connection.map(|connection| connection.begin(Phase::Reading));
    let (parts, body) = request.into_parts();
    let body = timeout(limits.time, collect(body, limits.bytes)).await;
    Ok(Request::from_parts(parts, Body::from(body.map_err(|_| StatusCode::REQUEST_TIMEOUT)??)))
}

/// Copies the body out of its pieces. `axum::body::to_bytes` keeps the pieces until the end, and each may be one byte
/// that holds a whole read buffer of 8 KiB: half a gigabyte for 64 KiB that are sent byte by byte.
async fn collect(mut body: Body, most: usize) -> Result<Bytes, StatusCode> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        // Trailers aren't data, and nobody here asks for them.
        let Ok(data) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else { continue };
        if bytes.len() + data.len() > most {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.into())
}

/// Answers, and closes the connection: what is left of the body can't be told from the next request otherwise.
fn refuse(limits: BodyLimits, status: StatusCode, connection: Option<&Arc<Connection>>) -> Response {
    connection.inspect(|connection| connection.refuse());
    let mut response = (limits.refuse)(status);
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
