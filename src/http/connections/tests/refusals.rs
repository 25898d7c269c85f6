//! Bodies and heads that aren't taken.

use super::*;

fn post(length: usize, more: &str) -> String {
    format!("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n{more}\r\n")
}

#[tokio::test]
async fn a_body_is_handed_on_whole() {
    let server = Server::start(usual()).await;
    let mut stream = server.sent(&post(1024, "")).await;
    for piece in [&[b'a'; 1000][..], &[b'a'; 24]] {
        stream.write_all(piece).await.unwrap();
    }
    until(&mut stream, "got 1024").await;
    let chunked = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
    stream.write_all(chunked.as_bytes()).await.unwrap();
    until(&mut stream, "got 4").await;
    stream.write_all((post(1, "expect: 100-continue\r\n")).as_bytes()).await.unwrap();
    until(&mut stream, "100 Continue\r\n\r\n").await;
    stream.write_all(b"a").await.unwrap();
    until(&mut stream, "got 1").await;
}

#[tokio::test]
async fn a_body_held_back_is_refused_and_the_connection_closed() {
    let server = Server::with(usual(), Router::new(), ms(50)).await;
    for sent in [post(5, ""), post(5, "") + "1234", post(5, "expect: 100-continue\r\n")] {
        let answer = rest(server.sent(&sent).await).await;
        assert!(answer.contains("HTTP/1.1 408") && answer.ends_with("refused"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_too_large_is_refused_and_the_client_reads_it() {
    let server = Server::start(usual()).await;
    let size = 8 << 20;
    let chunked = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n800000\r\n".to_owned();
    for head in [post(1025, ""), post(size, ""), chunked] {
        let mut stream = server.sent(&head).await;
        // Like a browser, this sends all before it reads.
        stream.write_all(&vec![b'a'; size]).await.unwrap();
        let answer = rest(stream).await;
        assert!(answer.starts_with("HTTP/1.1 413") && answer.ends_with("refused"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_too_large_need_not_be_sent() {
    let server = Server::start(usual()).await;
    let answer = rest(server.sent(&post(1025, "expect: 100-continue\r\n")).await).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn who_goes_on_sending_is_not_heard_for_ever() {
    let server = Server::start(Limits { body: ms(50), ..usual() }).await;
    let mut stream = server.sent(&post(usize::MAX >> 1, "")).await;
    let sends = async { while stream.write_all(&[b'a'; 4096]).await.is_ok() {} };
    timeout(PATIENCE, sends).await.expect("the server goes on reading");
}

#[tokio::test]
async fn a_broken_body_is_refused() {
    let server = Server::start(usual()).await;
    let head = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nno length\r\n";
    assert!(rest(server.sent(head).await).await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn a_head_too_large_is_refused_and_the_client_reads_it() {
    let server = Server::start(usual()).await;
    let mut stream = server.sent("GET / HTTP/1.1\r\nhost: a\r\nlong: ").await;
    stream.write_all(&vec![b'a'; 100_000]).await.unwrap();
    assert!(rest(stream).await.starts_with("HTTP/1.1 431"));
}
