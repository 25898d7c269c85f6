//! The site's files: carried inside the binary, compressed beforehand, cached for a year where their
//! names hold a hash.

use std::sync::LazyLock;

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/target/site"]
#[allow_missing = true]
struct Files;

/// Where the built files are; names hold the hash of their content.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    /// The style sheet.
    pub css: String,
    /// The browser half's start.
    pub js: String,
    /// The browser half.
    pub wasm: String,
}

/// The build's manifest. Without a built site (in tests) pages link to names that answer 404.
pub static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    let built = Files::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok());
    built.unwrap_or_else(|| Manifest {
        css: "/pkg/castellan.css".into(),
        js: "/pkg/castellan.js".into(),
        wasm: "/pkg/castellan.wasm".into(),
    })
});

/// A file of `/pkg`.
pub async fn package(Path(name): Path<String>, headers: HeaderMap) -> Response {
    serve(&format!("pkg/{name}"), &headers, "public, max-age=31536000, immutable")
}

/// A file of `/fonts`.
pub async fn font(Path(name): Path<String>, headers: HeaderMap) -> Response {
    serve(&format!("fonts/{name}"), &headers, "public, max-age=31536000, immutable")
}

/// A file whose name holds no hash.
pub async fn public(uri: axum::http::Uri, headers: HeaderMap) -> Response {
    serve(uri.path().trim_start_matches('/'), &headers, "public, max-age=3600")
}

fn serve(path: &str, headers: &HeaderMap, cache: &'static str) -> Response {
    let Some((file, encoding)) = find(path, headers) else {
        return (StatusCode::NOT_FOUND, "there is no such file").into_response();
    };
    let mut response = Response::new(match file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    });
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type(path)));
    answer.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(cache));
    answer.insert(header::VARY, header::HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(encoding));
    }
    response
}

/// The smallest form of a file that the client takes.
fn find(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |encoding| accepts.split(',').any(|one| one.split(';').next().is_some_and(|e| e.trim() == encoding));
    let compressed = [("br", "br"), ("gzip", "gz")].into_iter().filter(|(encoding, _)| takes(*encoding));
    compressed
        .filter_map(|(encoding, suffix)| Some((Files::get(&format!("{path}.{suffix}"))?, Some(encoding))))
        .next()
        .or_else(|| Some((Files::get(path)?, None)))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}
