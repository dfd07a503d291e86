//! The front door on a port of its own, for what only the wire shows.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use guichet::web::{Front, configure};

/// A server of this process.
pub struct Wire {
    pub address: SocketAddr,
    handle: ServerHandle,
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: String,
    /// In small letters, but for those of the moment.
    pub headers: Vec<String>,
    pub body: String,
}

impl Wire {
    /// Serves until [`Wire::stop`].
    pub fn serve(front: Data<Front>) -> Self {
        let routes = move || {
            let front = front.clone();
            App::new().configure(move |config| configure(config, &front))
        };
        let server = HttpServer::new(routes).workers(1).disable_signals();
        let server = server.bind(("127.0.0.1", 0)).unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { address, handle }
    }

    pub async fn stop(self) {
        self.handle.stop(true).await;
    }
}

/// Sends bytes and reads until the server closes. Blocks.
pub fn exchange(address: SocketAddr, request: &str) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n").map(str::to_lowercase);
    let status = lines.next().unwrap();
    let of_the_moment =
        |line: &String| line.starts_with("date:") || line.starts_with("set-cookie:");
    let mut headers: Vec<String> = lines.filter(|line| !of_the_moment(line)).collect();
    headers.sort();
    Reply { status, headers, body: body.to_owned() }
}
