//! A way to Postgres that is slow, and that can be cut at a commit.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread,
    time::Duration,
};

/// What happens to the next commit.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cut {
    /// Nothing.
    Never,
    /// The database never gets it.
    Before,
    /// The database does it, and its answer is lost.
    After,
}

/// What a transaction that is to be cut says before its commit: the server's own chores commit, too, at any time.
const MARK: &[u8] = b"cut me here";

/// Listens, and passes on.
pub struct Proxy {
    address: SocketAddr,
    cut: Arc<AtomicU8>,
}

impl Proxy {
    /// A proxy to the server of a database's URL, which holds each piece back for `delay`.
    pub fn start(url: &str, delay: Duration) -> (Self, String) {
        let (base, database) = url.rsplit_once('/').unwrap();
        let server: SocketAddr = base.rsplit_once('@').unwrap().1.parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self { address: listener.local_addr().unwrap(), cut: Arc::new(AtomicU8::new(Cut::Never as u8)) };
        let cut = proxy.cut.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(server).unwrap();
                let (to_server, to_client) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let cut = cut.clone();
                thread::spawn(move || {
                    let mut is_marked = false;
                    pass(to_server, server, delay, |piece, from, to| {
                        is_marked |= contains(piece, MARK);
                        is_marked && cut_here(&cut, piece, from, to)
                    });
                });
                thread::spawn(move || pass(to_client, client, delay, |_, _, _| false));
            }
        });
        let url = format!("postgres://postgres@{}/{database}", proxy.address);
        (proxy, url)
    }

    /// Cuts the next commit of a connection that has said `cut me here`.
    pub fn cut(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }
}

/// Passes pieces on until one side closes, or `stop` has dealt with one.
fn pass(
    mut from: TcpStream,
    mut to: TcpStream,
    delay: Duration,
    mut stop: impl FnMut(&[u8], &mut TcpStream, &mut TcpStream) -> bool,
) {
    let mut piece = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        thread::sleep(delay);
        if stop(&piece[..length], &mut from, &mut to) || to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

/// Whether the piece is a commit that is to be cut; then it was dealt with.
fn cut_here(cut: &AtomicU8, piece: &[u8], client: &mut TcpStream, server: &mut TcpStream) -> bool {
    if !contains(piece, b"commit") || cut.load(Ordering::SeqCst) == Cut::Never as u8 {
        return false;
    }
    let cut = cut.swap(Cut::Never as u8, Ordering::SeqCst);
    // The client hears nothing any more, whatever the database says.
    let _ = client.shutdown(Shutdown::Both);
    if cut == Cut::After as u8 {
        server.write_all(piece).unwrap();
    }
    true
}

fn contains(piece: &[u8], text: &[u8]) -> bool {
    piece.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text))
}
