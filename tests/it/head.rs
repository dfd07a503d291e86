//! HEAD over the wire: what GET says, without its body (RFC 9110 §9.3.2).

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use actix_web::{App, HttpServer, web};
use guichet::web::configure;

use crate::support::app::TestApp;

/// The status, the headers but for those of the moment, and the body of an answer.
#[derive(Debug, PartialEq, Eq)]
struct Reply {
    status: String,
    headers: Vec<String>,
    body: String,
}

fn call(address: SocketAddr, method: &str, path: &str) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
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

#[actix_web::test]
async fn the_headers_are_those_of_a_get_and_nothing_follows() {
    let app = TestApp::start().await;
    let front = app.front.clone();
    let routes = move || {
        let front = front.clone();
        App::new().configure(move |config| configure(config, &front))
    };
    let server = HttpServer::new(routes).workers(1).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    let serving = actix_web::rt::spawn(server);
    let compare = web::block(move || {
        for path in ["/healthz", "/readyz", "/sign-in", "/assets/guichet.css", "/"] {
            let (get, head) = (call(address, "GET", path), call(address, "HEAD", path));
            assert_eq!((&head.status, &head.headers), (&get.status, &get.headers), "{path}");
            assert_eq!(head.body, "", "{path}");
        }
        assert!(call(address, "GET", "/api/v1/openapi.yaml").body.starts_with("openapi:"));
        let head = call(address, "HEAD", "/api/v1/openapi.yaml");
        assert_eq!((head.status.as_str(), head.body.as_str()), ("http/1.1 200 ok", ""));
        // Where there is nothing to read, it is refused like any other method.
        let refused = call(address, "HEAD", "/api/v1/tokens");
        assert_eq!(refused.status, "http/1.1 405 method not allowed");
        assert!(refused.headers.contains(&"allow: post".to_owned()), "{refused:?}");
        let refused = call(address, "DELETE", "/healthz");
        assert!(refused.headers.contains(&"allow: get, head".to_owned()), "{refused:?}");
    });
    compare.await.unwrap();
    handle.stop(true).await;
    serving.await.unwrap().unwrap();
}
