//! HEAD over the wire: what GET says, without its body (RFC 9110 §9.3.2).

use std::net::SocketAddr;

use actix_web::web;

use crate::support::app::TestApp;
use crate::support::wire::{Reply, Wire, exchange};

fn call(address: SocketAddr, method: &str, path: &str) -> Reply {
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    exchange(address, &request)
}

#[actix_web::test]
async fn the_headers_are_those_of_a_get_and_nothing_follows() {
    let app = TestApp::start().await;
    let wire = Wire::serve(app.front.clone());
    let address = wire.address;
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
    wire.stop().await;
}
