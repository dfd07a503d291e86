//! How much memory the built program needs to hand out a package of 1 GB, and how fast it does:
//! `scripts/bench.sh download`. The package holds what no algorithm makes smaller.

use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use guichet::db::column::Instant as Stamp;
use guichet::db::files::{self, FileRow};
use guichet::db::packages::{self, Package};
use guichet::db::searches::{self, Search};
use guichet::db::users::{self, Membership};
use guichet::db::{events, requests};
use guichet::domain::actor::{Actor, Role, Scope};
use guichet::domain::event::Event;
use guichet::domain::ids::{FileId, PackageId, RequestId, SearchId};
use guichet::domain::right::Right;
use guichet::language::Language;
use guichet::sealed_folder::Stored;
use guichet::vault::CaseKey;
use guichet::workflow::intake::{self, Addressee};
use guichet::workflow::record::{self, Written};
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::instance::{Instance as Guichet, On, Server, wait};
use crate::queue::new_request;

const MEBIBYTE: usize = 1024 * 1024;
const MEBIBYTES: usize = 1024;
/// A package is never in memory as a whole, nor a tenth of it.
const MOST_GROWN_MIB: u64 = 32;

/// Measures and prints.
///
/// # Errors
/// When something cannot be run, or memory grows with the package.
pub fn run(out: &mut impl Write) -> anyhow::Result<()> {
    let guichet = Guichet::make(&On::Sqlite)?;
    let (request, package) = fill(&guichet)?;
    let server = guichet.serve()?;
    std::thread::sleep(Duration::from_secs(2));
    let before = server.memory()?.now;
    let path = format!("/api/v1/requests/{request}/packages/{package}/content");
    let began = Instant::now();
    let bytes = wait(fetch(server.address, &path, &guichet.token()?))??;
    let seconds = began.elapsed().as_secs_f64();
    ensure!(bytes == MEBIBYTES * MEBIBYTE, "{bytes} bytes came");
    let peak = server.memory()?.peak;
    let grown = peak.saturating_sub(before) / 1024;
    ensure!(grown <= MOST_GROWN_MIB, "memory grew by {grown} MiB");
    writeln!(
        out,
        "a package of {MEBIBYTES} MiB: {seconds:.2} s, {:.0} MiB a second; memory {} MiB before, \
         {} MiB at its peak",
        f64::from(u32::try_from(MEBIBYTES)?) / seconds,
        before.div_ceil(1024),
        peak.div_ceil(1024)
    )?;
    twenty_slow(&server, &path, &guichet)?;
    writeln!(out, "with 20 at once that are read slowly: {} MiB", server.memory()?.peak / 1024)?;
    Ok(())
}

/// Twenty downloads at once that nobody reads on.
fn twenty_slow(server: &Server, path: &str, guichet: &Guichet) -> anyhow::Result<()> {
    use std::io::Read;
    let token = guichet.token()?;
    let mut open = Vec::new();
    for _ in 0..20 {
        let mut stream = std::net::TcpStream::connect(server.address)?;
        let ask = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\r\n",
            server.address
        );
        stream.write_all(ask.as_bytes())?;
        let mut part = vec![0; 4096];
        ensure!(stream.read(&mut part)? > 0, "no answer came");
        open.push(stream);
    }
    std::thread::sleep(Duration::from_secs(2));
    Ok(())
}

async fn fetch(address: SocketAddr, path: &str, token: &str) -> anyhow::Result<usize> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get(path)
        .header("host", address.to_string())
        .header("authorization", format!("Bearer {token}"))
        .body(Empty::<Bytes>::new())?;
    let mut answer = sender.send_request(request).await?;
    ensure!(answer.status().as_u16() == 200, "the answer is {}", answer.status());
    let mut bytes = 0;
    while let Some(frame) = answer.frame().await {
        bytes += frame?.data_ref().map_or(0, Bytes::len);
    }
    Ok(bytes)
}

/// The content of the package, in the sealed folder.
fn seal(guichet: &Guichet, file: FileId, case_key: &CaseKey) -> anyhow::Result<Stored> {
    let mut sealed = guichet.app.folder().create(file, case_key)?;
    let mut block = vec![0_u8; MEBIBYTE];
    let mut state = 1_u64;
    for byte in &mut block {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        *byte = state.to_be_bytes().first().copied().unwrap_or_default();
    }
    for _ in 0..MEBIBYTES {
        sealed.write_all(&block)?;
    }
    Ok(sealed.finish()?)
}

/// A case with a built package, whose agent may download it.
fn fill(guichet: &Guichet) -> anyhow::Result<(RequestId, PackageId)> {
    let ctx = guichet.app.ctx(Actor::CommandLine);
    let (now, agent) = (Stamp::from(ctx.now), guichet.agent);
    let key = guichet.app.controller_key(&guichet.controller)?;
    let to = Addressee { controller: &guichet.controller, key: &key, days: &[] };
    let prepared = intake::prepare(&ctx, &to, &new_request(1)?)?;
    let (controller_id, request_id) = (guichet.controller.id, prepared.request.id);
    let wrapped = prepared.request.wrapped_key.as_deref().context("a case without key")?;
    let case_key = key.case_key(request_id.uuid(), wrapped)?;
    let (file, search, package) =
        (ctx.new_id::<FileId>(), ctx.new_id::<SearchId>(), ctx.new_id::<PackageId>());
    let stored = seal(guichet, file, &case_key)?;
    let membership = Membership { user_id: agent, controller_id, role: Role::Dpo, created_at: now };
    let search_row = Search {
        id: search,
        controller_id,
        request_id,
        scope: "full".to_owned(),
        map_version: 1,
        started_by: agent,
        started_at: now,
        ended_at: Some(now),
    };
    let file_row = FileRow {
        id: file,
        controller_id,
        request_id,
        purpose: "package".to_owned(),
        sealed_name: None,
        size_bytes: i64::try_from(stored.size_bytes)?,
        sha256: stored.sha256.to_vec(),
        created_at: now,
    };
    let package_row = Package {
        id: package,
        controller_id,
        request_id,
        search_id: search,
        exercised: Right::Access,
        language: Language::En,
        state: "ready".to_owned(),
        complete: true,
        sealed_reason: None,
        file_id: Some(file),
        manifest: None,
        created_by: agent,
        created_at: now,
        built_at: Some(now),
        released_by: None,
        released_at: None,
        special: false,
        delivery: None,
        delivered_at: None,
    };
    wait(guichet.app.write(move |conn| {
        users::add_membership(conn, &membership)?;
        requests::insert(conn, &prepared.request, &prepared.rights, &[])?;
        events::insert(conn, prepared.event())?;
        searches::insert(conn, &search_row, &[])?;
        files::insert(conn, &file_row)?;
        packages::insert(conn, &package_row)?;
        // Nobody may fetch anything before there was a search.
        let mut case = record::load(conn, &Scope::of_job(controller_id), request_id)?;
        let event = Event::SearchStarted {
            search,
            contacts_only: false,
            systems: 1,
            before_identity: true,
        };
        case.record(conn, &ctx, event, &Written::plain(&ctx))
    }))??;
    Ok((request_id, package))
}
