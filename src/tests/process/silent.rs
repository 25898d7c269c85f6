//! More connections than there are files for.

use std::{net::TcpStream, time::Instant};

use super::server::Installation;

#[test]
fn a_visitor_is_answered_within_a_second_beside_1200_silent_connections_and_1024_files() {
    let installation = Installation::sqlite();
    installation.set_up();
    let server = installation.serve_after("ulimit -Sn 256; ulimit -Hn 1024");
    let silent: Vec<_> = (0..1200).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    let begun = Instant::now();
    assert_eq!(server.stranger().get("/signin").status, 200);
    let first = begun.elapsed();
    println!("beside {} silent connections a visitor was answered after {} ms", silent.len(), first.as_millis());
    // What was promised to visitors, with ten times the usual; a server that is full doesn't answer at all.
    assert!(first.as_secs() < 1, "{first:?}");
    let mut browser = server.signed_in();
    for _ in 0..20 {
        assert_eq!(browser.get("/admin/users").status, 200);
    }
    let files = std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count();
    assert!(files < 1024, "{files} files are open");
}
