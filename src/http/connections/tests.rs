//! Real sockets on loopback. Limits are small where a test waits for one, and the usual ones where none may end.

mod bound;
mod refusals;

use std::{future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::ConnectInfo,
    http::StatusCode,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};

use super::{BodyLimits, Limits, read_body, serve};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const LAST: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
const WORK: &str = "GET /work HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
/// Only so that a test which hangs fails.
const PATIENCE: Duration = Duration::from_secs(20);

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    /// A handler began to work.
    began: mpsc::UnboundedReceiver<()>,
    /// Each permit ends one handler's work.
    end: Arc<Semaphore>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        Self::with(limits, Router::new(), Duration::from_secs(30)).await
    }

    async fn with(limits: Limits, more: Router, time: Duration) -> Self {
        let (begins, began) = mpsc::unbounded_channel();
        let end = Arc::new(Semaphore::new(0));
        let ends = Arc::clone(&end);
        let work = move || async move {
            begins.send(()).unwrap();
            ends.acquire().await.unwrap().forget();
            "worked"
        };
        let refuse = |status: StatusCode| -> Response { (status, "refused").into_response() };
        let app = more
            .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }))
            .route("/", post(|body: Bytes| async move { format!("got {}", body.len()) }))
            .route("/work", get(work))
            .layer(from_fn_with_state(BodyLimits { bytes: 1024, time, refuse }, read_body));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async {
            if stopped.await.is_err() {
                future::pending::<()>().await;
            }
        };
        let serving = tokio::spawn(serve(listener, app, limits, stopped));
        Self { address, stop, serving, began, end }
    }

    /// A connection on which this much was sent.
    async fn sent(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// A connection whose handler is at work.
    async fn at_work(&mut self) -> TcpStream {
        let stream = self.sent(WORK).await;
        timeout(PATIENCE, self.began.recv()).await.unwrap().unwrap();
        stream
    }
}

/// All that comes until the server closes, be it with a reset.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server keeps the connection open");
    String::from_utf8(bytes).unwrap()
}

/// What comes until the text does, which has to be the last of it.
async fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(text.as_bytes()) {
        let read = timeout(PATIENCE, stream.read_buf(&mut bytes)).await.unwrap().unwrap();
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&bytes));
    }
    String::from_utf8(bytes).unwrap()
}

fn usual() -> Limits {
    Limits::for_files(1024)
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn connections_leave_files_for_the_rest() {
    let connections = |files| Limits::for_files(files).connections;
    assert_eq!([0, 1, 16, 128, 256, 1_024].map(connections), [1, 1, 8, 64, 128, 896]);
    assert_eq!([4_223, 4_224, 4_225, u64::MAX].map(connections), [4_095, 4_096, 4_096, 4_096]);
}

#[tokio::test]
async fn two_requests_share_a_connection_and_know_its_peer() {
    let server = Server::start(usual()).await;
    let mut stream = server.sent(GET).await;
    let peer = stream.local_addr().unwrap().to_string();
    assert!(until(&mut stream, &peer).await.starts_with("HTTP/1.1 200"));
    stream.write_all(LAST.as_bytes()).await.unwrap();
    assert!(rest(stream).await.ends_with(&peer));
}

#[tokio::test]
async fn a_connection_without_a_whole_head_is_closed() {
    let server = Server::start(Limits { head: ms(50), ..usual() }).await;
    assert_eq!(rest(server.sent("").await).await, "");
    assert_eq!(rest(server.sent("GET / HTTP/1.1\r\nhost:").await).await, "");
}

#[tokio::test]
async fn a_connection_kept_alive_is_closed_when_it_is_idle() {
    for limits in [Limits { head: ms(300), ..usual() }, Limits { idle: ms(300), ..usual() }] {
        let server = Server::start(limits).await;
        assert!(rest(server.sent(GET).await).await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn stopping_lets_a_request_finish_and_closes_what_is_idle() {
    let mut server = Server::start(usual()).await;
    let silent = server.sent("").await;
    let mut idle = server.sent(GET).await;
    let peer = idle.local_addr().unwrap().to_string();
    until(&mut idle, &peer).await;
    let working = server.at_work().await;
    server.stop.send(()).unwrap();
    assert_eq!((rest(silent).await, rest(idle).await), (String::new(), String::new()));
    assert!(!server.serving.is_finished());
    assert!(TcpStream::connect(server.address).await.is_err());
    server.end.add_permits(1);
    assert!(rest(working).await.ends_with("worked"));
    timeout(PATIENCE, server.serving).await.unwrap().unwrap();
}

#[tokio::test]
async fn dropped_it_closes_what_is_at_work() {
    let mut server = Server::start(usual()).await;
    let working = server.at_work().await;
    server.serving.abort();
    assert_eq!(rest(working).await, "");
}
