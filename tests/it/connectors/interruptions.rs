//! A source that answers at first, and then falls silent or breaks off in the middle of its rows.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use guichet::connectors::error::SourceError;
use guichet::connectors::search::Outcome;
use guichet::connectors::session::Limits;
use guichet::connectors::settings::Connection;
use guichet::domain::inventory::parse::parse;
use guichet::domain::search_plan::plan::plan;

use super::sources::{Kind, Made, follow, identifiers, kinds, with_connectors};

#[derive(Clone, Copy, PartialEq)]
enum Then {
    Hang,
    Break,
    Lie,
}

/// Stands before a server and passes on what it says, up to so many bytes.
fn before(server: String, bytes: usize, then: Then) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let upstream = TcpStream::connect(&server).unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            std::thread::spawn(move || pass_on(upstream, client, bytes, then));
        }
    });
    port
}

fn pass_on(mut upstream: TcpStream, mut client: TcpStream, bytes: usize, then: Then) {
    let mut left = bytes;
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = upstream.read(&mut buffer) {
        let some = count.min(left);
        if client.write_all(&buffer[..some]).is_err() {
            return;
        }
        left -= some;
        if left == 0 && then == Then::Break {
            // Whether it was open still does not matter.
            let _ = (client.shutdown(Shutdown::Both), upstream.shutdown(Shutdown::Both));
            return;
        }
        if left == 0 && then == Then::Lie {
            let _ = client.write_all(&[b'D'; 65_536]);
            return;
        }
    }
}

#[tokio::test]
async fn a_source_that_hangs_breaks_or_lies_in_the_middle_is_told_apart_in_time() {
    if !kinds().contains(&Kind::Postgresql) {
        return;
    }
    let sql = "CREATE TABLE t (id int, kind text);
        INSERT INTO t SELECT n, 'a' FROM generate_series(1, 200000) n";
    let mut made = Made::new(Kind::Postgresql, sql).await;
    let map = "systems: [{name: s, connector: $s, tables: [{table: t, find_by: {kind: kind}}]}]";
    let map = parse(&with_connectors(map, &[("s", &made)])).unwrap().map;
    let plan = plan(&map, &identifiers(&[("kind", "a")]));
    let url = url::Url::parse(&made.url).unwrap();
    let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let limits = Limits { search: Duration::from_secs(2), ..Limits::default() };
    let failed = |error| Outcome::Failed { error };
    for (then, wanted) in [
        (Then::Hang, vec![Outcome::TimedOut]),
        (Then::Break, vec![failed(SourceError::Dropped)]),
        (
            Then::Lie,
            vec![
                failed(SourceError::Malformed),
                failed(SourceError::Dropped),
                // What is no length at all is mostly a large one.
                failed(SourceError::ValueTooLarge { limit_bytes: limits.value_bytes }),
                Outcome::TimedOut,
            ],
        ),
    ] {
        let mut url = url.clone();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(before(server.clone(), 500_000, then))).unwrap();
        made.connection = Connection::from_url(url.as_str()).unwrap();
        let start = Instant::now();
        let given = follow(&plan, &[("s", &made)], &limits).await;
        assert!(wanted.contains(&given.found[0].outcome), "{:?}", given.found);
        assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
        let rows = given.kept["s"].rows["t"].len();
        assert!(rows > 1_000 && rows < 200_000, "{rows}");
    }
}
