//! A browser over a real socket, which can stop in the middle of a request.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::sign_in_form;
use crate::support::forms::encoded;

/// A visitor of a server.
pub struct Client {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }
}

/// A request whose head was sent, and whose answer wasn't read.
pub struct Sent(TcpStream);

impl Sent {
    pub fn send(&mut self, body: &str) {
        self.0.write_all(body.as_bytes()).unwrap();
    }

    pub fn answer(self) -> io::Result<Answer> {
        let mut reader = BufReader::new(self.0);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no status in {line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.to_owned())),
                None => break,
            }
        }
        let mut body = String::new();
        reader.read_to_string(&mut body)?;
        Ok(Answer { status, headers, body })
    }
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, cookies: BTreeMap::new() }
    }

    /// A client that ada has signed in with.
    pub fn signed_in(address: SocketAddr) -> Self {
        let mut client = Self::new(address);
        let answer = client.post("/signin", &sign_in_form());
        assert_eq!(answer.status, 303, "{}", answer.body);
        client
    }

    pub fn get(&mut self, path: &str) -> Answer {
        let sent = self.head("GET", path, "");
        self.keep(sent.answer().unwrap())
    }

    /// Sends the form that does what `path` names.
    pub fn post(&mut self, path: &str, body: &str) -> Answer {
        let (page, body) = encoded(path, body);
        let mut sent = self.begin(&page, body.len());
        sent.send(&body);
        self.keep(sent.answer().unwrap())
    }

    /// Sends a form with headers beside it, each with its end of line.
    pub fn post_with(&mut self, path: &str, headers: &str, body: &str) -> Answer {
        let kind = "content-type: application/x-www-form-urlencoded";
        let mut sent = self.head("POST", path, &format!("{kind}\r\ncontent-length: {}\r\n{headers}", body.len()));
        sent.send(body);
        self.keep(sent.answer().unwrap())
    }

    /// What its cookies hold.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        self.cookies.values().map(String::as_str)
    }

    /// Sends the head of a form of this length, and holds the form back.
    pub fn begin(&self, path: &str, length: usize) -> Sent {
        let kind = "content-type: application/x-www-form-urlencoded";
        self.head("POST", path, &format!("{kind}\r\ncontent-length: {length}\r\nsec-fetch-site: same-origin\r\n"))
    }

    fn head(&self, method: &str, path: &str, more: &str) -> Sent {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let cookies = cookies.join("; ");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncookie: {cookies}\r\n{more}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        Sent(stream)
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        for (_, line) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}
