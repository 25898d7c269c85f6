//! A client that costs next to nothing: one connection kept open, blocking, without a runtime. What it knows of
//! HTTP is what the servers here answer: a status, headers, a body of a stated length.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Longer than the slowest request; the benchmark must end.
const TIMEOUT: Duration = Duration::from_secs(30);

pub struct Client {
    stream: BufReader<TcpStream>,
    /// The line of a header that is sent with each request.
    header: String,
    line: String,
    body: Vec<u8>,
}

/// The head of an answer.
#[derive(Default)]
struct Head {
    status: u16,
    length: usize,
    cookie: Option<String>,
}

impl Client {
    pub fn new(address: SocketAddr, header: Option<&str>) -> Self {
        let stream = TcpStream::connect_timeout(&address, TIMEOUT).expect("a connection");
        stream.set_nodelay(true).expect("a socket option");
        stream.set_read_timeout(Some(TIMEOUT)).expect("a socket option");
        let header = header.map(|header| format!("{header}\r\n")).unwrap_or_default();
        Self { stream: BufReader::with_capacity(64 * 1024, stream), header, line: String::new(), body: Vec::new() }
    }

    /// Sends another header from now on.
    pub fn carry(&mut self, header: &str) {
        self.header = format!("{header}\r\n");
    }

    /// The body of a page, or of what a function answers, which must be there. A function is asked with what stands after its
    /// path.
    pub fn get(&mut self, path: &str) -> io::Result<&[u8]> {
        let request = match path.split_once(' ') {
            None => format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{}\r\n", self.header),
            Some((path, arguments)) => format!(
                "POST {path} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\naccept: application/json\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n{}\r\n{arguments}",
                arguments.len(),
                self.header
            ),
        };
        let head = self.ask(&request)?;
        match head.status {
            200 => Ok(&self.body),
            status => Err(io::Error::other(format!("{path} answered {status}"))),
        }
    }

    /// Sends a form; the last cookie that it earned.
    pub fn post(&mut self, path: &str, form: &str) -> io::Result<Option<String>> {
        let kind = "content-type: application/x-www-form-urlencoded";
        let length = form.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\n{kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        Ok(self.ask(&(head + form))?.cookie)
    }

    fn ask(&mut self, request: &str) -> io::Result<Head> {
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut head = Head { status: self.status()?, ..Head::default() };
        while !self.read_line()?.is_empty() {
            head.read(&self.line);
        }
        self.body.resize(head.length, 0);
        self.stream.read_exact(&mut self.body)?;
        Ok(head)
    }

    fn status(&mut self) -> io::Result<u16> {
        let line = self.read_line()?;
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
        status.ok_or_else(|| io::Error::other(format!("no status in {line:?}")))
    }

    fn read_line(&mut self) -> io::Result<&str> {
        self.line.clear();
        self.stream.read_line(&mut self.line)?;
        self.line.truncate(self.line.trim_end().len());
        Ok(&self.line)
    }
}

impl Head {
    fn read(&mut self, line: &str) {
        match line.split_once(": ") {
            Some(("content-length", length)) => self.length = length.parse().unwrap_or_default(),
            // The session's comes after what the function set.
            Some(("set-cookie", cookie)) => {
                self.cookie = cookie.split(';').next().map(str::to_owned);
            }
            _ => {}
        }
    }
}
