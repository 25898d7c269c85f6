//! Accepting connections, and closing those that only sit there.
//!
//! `axum::serve` was rejected for this: it times no head, no body and no silence, and accepts until the files run
//! out, so that a thousand silent connections shut everybody out. Here connections are bounded by [`Limits`], and at
//! the bound the one that is silent longest makes room, so that a visitor is answered however many only sit there.
//! A client that holds back its body, lets it trickle in or doesn't read its answer is silent; one whose handler is at
//! work isn't. An answer that is made piece by piece (the export of the log) is like one that is being read.

mod body;
mod io;
mod limits;
mod registry;
#[cfg(test)]
mod tests;

use std::{io as std_io, net::SocketAddr, pin::pin, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use rustix::net::sockopt::set_socket_send_buffer_size;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::Duration,
};
use tower::util::MapRequest;

pub use body::{BodyLimits, read_body};
pub use limits::{Limits, raise_file_limit};

use registry::{Registry, Seat};

/// The largest head of a request, and what hyper gathers of an answer before it waits for the socket: see
/// [`Limits::for_files`] for what that comes to. Hyper's own 408 KiB would be 3 GiB for 4,096 connections.
const BUFFER: usize = 32 * 1024;
/// What the kernel holds of an answer that isn't read. Its own limit, usually 4 MiB, holds so much that a slow reader
/// can't be told from one that doesn't read.
const SEND_BUFFER: usize = 256 * 1024;
/// How long the loop rests when the kernel has no file for a connection and nobody can be told to leave.
const REST: Duration = Duration::from_secs(1);

/// Serves until `stopped`, then closes what is idle, lets requests under way finish, and returns when all are done.
///
/// That may take as long as a handler takes: put a deadline around it. Dropped, it closes everything at once.
pub async fn serve(listener: TcpListener, app: Router, limits: Limits, stopped: impl Future<Output = ()>) {
    let registry = Arc::new(Registry::new(limits.connections));
    let served = async {
        let mut stopped = pin!(stopped);
        let mut attended = JoinSet::new();
        let (stopping, told_to_stop) = watch::channel(());
        loop {
            let (stream, peer) = tokio::select! {
                () = &mut stopped => break,
                accepted = accept(&listener, &registry) => accepted,
            };
            // Those that ended since the last one came; there can't be more of them than connections.
            while attended.try_join_next().is_some() {}
            let visit = Visit { stream, peer, seat: registry.enter() };
            attended.spawn(visit.attend(app.clone(), limits, told_to_stop.clone()));
        }
        // Whoever starts next may have the address.
        drop(listener);
        drop(stopping);
        while attended.join_next().await.is_some() {}
    };
    tokio::select! {
        () = served => {}
        () = registry.reap(limits.idle) => {}
    }
}

/// The next connection, once there is room for it. An error ends nothing: it is the visitor's, or it passes.
async fn accept(listener: &TcpListener, registry: &Registry) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                registry.room().await;
                return accepted;
            }
            // The visitor left before the turn came.
            Err(error) if error.kind() == std_io::ErrorKind::ConnectionAborted => {}
            // Mostly there are no files left. It would come back at once, so somebody has to leave first.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                registry.evict(REST).await;
            }
        }
    }
}

/// A connection from its acceptance to its end.
struct Visit {
    // Before the seat, so that the file is free when the seat is.
    stream: TcpStream,
    peer: SocketAddr,
    seat: Seat,
}

impl Visit {
    async fn attend(self, app: Router, limits: Limits, mut told_to_stop: watch::Receiver<()>) {
        let Self { stream, peer, seat } = self;
        // Answers are written in one piece, so there is nothing to wait for. Neither setting is worth a visitor.
        let _ = stream.set_nodelay(true);
        let _ = set_socket_send_buffer_size(&stream, SEND_BUFFER);
        let connection = Arc::clone(&seat.connection);
        let requests = MapRequest::new(app, move |mut request: hyper::Request<Incoming>| -> Request {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(Arc::clone(&connection));
            request.map(Body::new)
        });
        let socket = TokioIo::new(io::Watched::new(stream, Arc::clone(&seat.connection), limits.body));
        let mut http = pin!(http(limits).serve_connection(socket, TowerToHyperService::new(requests)));
        // What ends a connection is the client's affair: hyper has answered what can be answered.
        tokio::select! {
            biased;
            () = seat.connection.told_to_leave() => return,
            _ = http.as_mut() => return,
            _ = told_to_stop.changed() => http.as_mut().graceful_shutdown(),
        }
        tokio::select! {
            biased;
            () = seat.connection.told_to_leave() => {}
            _ = http => {}
        }
    }
}

/// Half-closed connections end, which is hyper's default: a browser or curl that closes its side has gone.
fn http(limits: Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(BUFFER);
    http
}
