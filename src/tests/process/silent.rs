//! More connections than there are files for.

use std::{io::ErrorKind, net::TcpStream, time::Instant};

use super::server::Installation;

/// Whether the server still keeps a connection on which nothing was sent.
fn is_open(silent: &TcpStream) -> bool {
    silent.set_nonblocking(true).unwrap();
    matches!(silent.peek(&mut [0]), Err(e) if e.kind() == ErrorKind::WouldBlock)
}

#[test]
fn a_visitor_is_answered_at_once_beside_1200_silent_connections_and_1024_files() {
    let installation = Installation::sqlite();
    installation.set_up();
    let server = installation.serve_after("ulimit -Sn 256; ulimit -Hn 1024");
    let silent: Vec<_> = (0..1200).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    let begun = Instant::now();
    assert_eq!(server.stranger().get("/signin").status, 200);
    println!(
        "beside {} silent connections a visitor was answered after {} ms",
        silent.len(),
        begun.elapsed().as_millis()
    );
    // It was not for time that there was room: most are still there, and those that left were silent longest.
    let open: Vec<bool> = silent.iter().map(is_open).collect();
    let kept = open.iter().filter(|open| **open).count();
    assert!((800..1024).contains(&kept), "{kept} silent connections are still open");
    assert!(open[..200].iter().all(|open| !open), "the oldest made room");
    let mut browser = server.signed_in();
    for _ in 0..20 {
        assert_eq!(browser.get("/admin/users").status, 200);
    }
    let files = std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count();
    assert!(files < 1024, "{files} files are open");
}
