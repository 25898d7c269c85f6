//! What makes room, and what is never thrown out.

use tokio::task::JoinSet;

use super::*;

fn eight() -> Limits {
    Limits { connections: 8, ..usual() }
}

/// So many connections on which this much was sent, and their ends as they come.
async fn crowd(server: &Server, size: usize, text: &str) -> JoinSet<String> {
    let mut ends = JoinSet::new();
    for _ in 0..size {
        ends.spawn(rest(server.sent(text).await));
    }
    ends
}

#[tokio::test]
async fn a_visitor_is_answered_however_many_are_silent() {
    let held_back = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n1234";
    for silence in ["", "GET / HTTP/1.1\r\n", held_back] {
        let server = Server::start(eight()).await;
        let mut silent = crowd(&server, 30, silence).await;
        assert!(rest(server.sent(LAST).await).await.starts_with("HTTP/1.1 200"), "{silence}");
        for _ in 0..30 - 7 {
            assert_eq!(silent.join_next().await.unwrap().unwrap(), "", "{silence}");
        }
        // The others stay, since nobody needs their places.
        assert!(silent.try_join_next().is_none(), "{silence}");
    }
}

#[tokio::test]
async fn who_is_at_work_stays_while_the_silent_leave() {
    let mut server = Server::start(eight()).await;
    let working = server.at_work().await;
    let mut silent = crowd(&server, 30, "").await;
    assert!(rest(server.sent(LAST).await).await.starts_with("HTTP/1.1 200"));
    for _ in 0..30 - 6 {
        assert_eq!(silent.join_next().await.unwrap().unwrap(), "");
    }
    server.end.add_permits(1);
    assert!(rest(working).await.ends_with("worked"));
}

#[tokio::test]
async fn work_may_take_longer_than_silence() {
    let mut server = Server::start(Limits { idle: ms(300), ..usual() }).await;
    let working = server.at_work().await;
    assert_eq!(rest(server.sent("").await).await, "");
    server.end.add_permits(1);
    assert!(rest(working).await.ends_with("worked"));
}

#[tokio::test]
async fn when_all_are_at_work_a_visitor_waits_for_one_of_them() {
    let mut server = Server::start(eight()).await;
    let mut working = JoinSet::new();
    for _ in 0..8 {
        working.spawn(rest(server.at_work().await));
    }
    let visitors = crowd(&server, 20, LAST).await;
    server.end.add_permits(1);
    assert!(working.join_next().await.unwrap().unwrap().ends_with("worked"));
    for answer in visitors.join_all().await {
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    server.end.add_permits(7);
    assert!(working.join_all().await.iter().all(|answer| answer.ends_with("worked")));
}

/// A large answer that tells when nobody holds it any more.
struct Large(Vec<u8>, Option<oneshot::Sender<()>>);

impl AsRef<[u8]> for Large {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Large {
    fn drop(&mut self) {
        let _ = self.1.take().unwrap().send(());
    }
}

#[tokio::test]
async fn who_does_not_read_the_answer_is_silent() {
    const SIZE: usize = 64 << 20;
    for limits in [Limits { idle: ms(300), ..usual() }, Limits { connections: 1, ..usual() }] {
        let (gone, is_gone) = oneshot::channel();
        let large = Bytes::from_owner(Large(vec![b'a'; SIZE], Some(gone)));
        let once = Arc::new(std::sync::Mutex::new(Some(large)));
        let more = Router::new().route("/large", get(|| async move { once.lock().unwrap().take().unwrap() }));
        let server = Server::with(limits, more, ms(30_000)).await;
        let mut stream = server.sent("GET /large HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let mut first = [0; 15];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        if limits.connections == 1 {
            assert!(rest(server.sent(LAST).await).await.starts_with("HTTP/1.1 200"));
        }
        timeout(PATIENCE, is_gone).await.unwrap().unwrap();
        assert!(rest(stream).await.len() < SIZE);
    }
}

/// Sends a header letter by letter for as long as the server takes it.
async fn trickle(mut stream: TcpStream) {
    while stream.write_all(b"x").await.is_ok() {
        tokio::time::sleep(ms(5)).await;
    }
}

#[tokio::test]
async fn who_lets_a_head_trickle_in_is_as_silent_as_who_sends_nothing() {
    let server = Server::start(eight()).await;
    let mut tricklers = JoinSet::new();
    for _ in 0..8 {
        tricklers.spawn(trickle(server.sent("GET / HTTP/1.1\r\nhost: ").await));
    }
    assert!(rest(server.sent(LAST).await).await.starts_with("HTTP/1.1 200"));
    tricklers.join_next().await.unwrap().unwrap();
}
