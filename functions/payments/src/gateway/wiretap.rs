//! A small HTTP server for tests of gateways: answers as it is told, and keeps what it was sent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// Answers with a status, headers (`name: value`, each with its line end) and a body.
    Answers(u16, &'static str, String),
    /// Takes the request and hangs up.
    HangsUp,
    /// Answers half of a body and hangs up.
    AnswersHalf,
}

/// 200 with this body.
pub(crate) fn ok(body: impl ToString) -> Does {
    Does::Answers(200, "", body.to_string())
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Method and path with query.
    pub(crate) line: String,
    /// In lower case.
    head: String,
    /// The body.
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// The server; ends with the test.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) address: String,
    script: Arc<Mutex<VecDeque<Does>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub(crate) async fn start(script: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { address, script: Arc::new(Mutex::new(script.into())), seen: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.serve(stream).await;
            }
        });
        server
    }

    /// The requests, method and path each.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.script.lock().unwrap().is_empty()
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let seen = loop {
            let mut part = [0; 4096];
            let read = stream.read(&mut part).await.unwrap();
            if read == 0 {
                return;
            }
            bytes.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let lower = head.to_ascii_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
                let head = head.lines().map(|line| match line.split_once(": ") {
                    Some((name, value)) => format!("{}: {value}\n", name.to_ascii_lowercase()),
                    None => String::new(),
                });
                break Seen { line, head: head.collect(), body: body.to_owned() };
            }
        };
        self.seen.lock().unwrap().push(seen);
        let does = self.script.lock().unwrap().pop_front();
        let reply = match does {
            Some(Does::Answers(status, headers, body)) => {
                format!(
                    "HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
                    body.len()
                )
            }
            Some(Does::AnswersHalf) => {
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 100\r\n\r\n{\"id\":".to_owned()
            }
            Some(Does::HangsUp) => return,
            None => "HTTP/1.1 599 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned(),
        };
        let _ = stream.write_all(reply.as_bytes()).await;
    }
}
