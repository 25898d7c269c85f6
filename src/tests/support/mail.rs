//! A mail server that does what a test says, message by message.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// What it does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Takes it.
    Take,
    /// Refuses its recipient for good.
    Refuse,
    /// Can't take it now.
    Later,
    /// Is gone in the middle of it.
    HangUp,
    /// Takes it, and is gone before it says so.
    TakeAndHangUp,
}

/// The server. What it isn't told to do with a message, it takes.
#[derive(Clone)]
pub struct MailServer {
    pub address: SocketAddr,
    next: Arc<Mutex<VecDeque<Does>>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Self { address, next: Arc::default(), taken: Arc::default() };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                tokio::spawn(async move {
                    // A connection that ends in the middle is what some tests are about.
                    let _ = server.talk(stream).await;
                });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn will(&self, does: &[Does]) {
        self.next.lock().unwrap().extend(does);
    }

    /// What it took, each message whole.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 mail.example.com ESMTP\r\n").await?;
        let mut does = Does::Take;
        while let Some(line) = lines.next_line().await? {
            let answer: &[u8] = match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => b"250-mail.example.com\r\n250 8BITMIME\r\n",
                "MAIL" => {
                    does = self.next.lock().unwrap().pop_front().unwrap_or(Does::Take);
                    b"250 ok\r\n"
                }
                "RCPT" if does == Does::Refuse => b"550 5.1.1 nobody of that name lives here\r\n",
                "RCPT" if does == Does::Later => b"451 4.3.0 come back later\r\n",
                "DATA" => match self.data(&mut lines, &mut write, does).await? {
                    true => b"250 taken\r\n",
                    false => return Ok(()),
                },
                "QUIT" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            write.write_all(answer).await?;
        }
        Ok(())
    }

    /// Reads a message; says whether the connection goes on.
    async fn data(
        &self,
        lines: &mut Lines<BufReader<OwnedReadHalf>>,
        write: &mut OwnedWriteHalf,
        does: Does,
    ) -> std::io::Result<bool> {
        write.write_all(b"354 go on\r\n").await?;
        let mut message = String::new();
        while let Some(line) = lines.next_line().await? {
            if does == Does::HangUp {
                return Ok(false);
            }
            if line == "." {
                self.taken.lock().unwrap().push(message);
                return Ok(does != Does::TakeAndHangUp);
            }
            message.push_str(&line);
            message.push('\n');
        }
        Ok(false)
    }
}
