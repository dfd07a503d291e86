//! A receiver of webhooks on this machine: a thread that answers as it is told, over HTTP or HTTPS,
//! and keeps what it got; and what a careful receiver checks.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};

/// The 24 bytes behind `whsec_` in these tests.
pub const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// One call, as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// What the thread answers, one for each call; the last one stays.
pub struct Receiver {
    pub address: SocketAddr,
    pub received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    pub fn http(answers: Vec<&'static [u8]>) -> Self {
        Self::start(answers, None)
    }

    pub fn https(answers: Vec<&'static [u8]>, certificate: &Certificate) -> Self {
        Self::start(answers, Some(certificate.server()))
    }

    fn start(answers: Vec<&'static [u8]>, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                match &tls {
                    None => serve(stream, &answers, &kept),
                    Some(tls) => {
                        let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
                        serve(StreamOwned::new(connection, stream), &answers, &kept);
                    }
                }
            }
        });
        Self { address, received }
    }

    pub fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn serve(mut stream: impl Read + Write, answers: &[&'static [u8]], kept: &Mutex<Vec<Received>>) {
    let Some(received) = read(&mut stream) else { return };
    let answer = {
        let mut kept = kept.lock().unwrap();
        kept.push(received);
        answers[(kept.len() - 1).min(answers.len() - 1)]
    };
    // Nobody may be listening any more.
    let _ = stream.write_all(answer).and_then(|()| stream.flush());
}

fn read(stream: &mut impl Read) -> Option<Received> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut part).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&part[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let path = lines.next()?.split(' ').nth(1)?.to_owned();
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length: usize = headers["content-length"].parse().unwrap();
        if bytes.len() >= end + 4 + length {
            return Some(Received { path, headers, body: bytes[end + 4..].to_vec() });
        }
    }
}

/// What a careful receiver does with a call at an instant: signature, age, and whether it had it.
pub fn accept(received: &Received, now: i64, seen: &mut Vec<String>) -> Result<(), &'static str> {
    let header = |name: &str| received.headers.get(name).ok_or("a header is missing");
    let (id, timestamp) = (header("webhook-id")?, header("webhook-timestamp")?);
    let at: i64 = timestamp.parse().map_err(|_| "no timestamp")?;
    if (now - at).abs() > 300 {
        return Err("too old");
    }
    let key = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = [format!("{id}.{timestamp}.").as_bytes(), &received.body].concat();
    let expected = format!("v1,{}", STANDARD.encode(hmac(&key, &signed)));
    if !header("webhook-signature")?.split(' ').any(|one| one == expected) {
        return Err("not signed");
    }
    if seen.contains(id) {
        return Err("seen before");
    }
    seen.push(id.clone());
    Ok(())
}

/// RFC 2104 by hand: what is tested is not tested with itself.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::digest([&pad(0x36)[..], text].concat());
    Sha256::digest([&pad(0x5c)[..], &inner[..]].concat()).into()
}

/// A certificate that signs itself, made by openssl.
pub struct Certificate {
    directory: tempfile::TempDir,
}

const CONFIGURATION: &str = "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\n\
    new_certs_dir=.\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\n[p]\ncommonName=supplied\n";

impl Certificate {
    /// For a name, valid between two days such as 20200101; nothing without openssl.
    pub fn make(name: &str, (from, until): (&str, &str)) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| {
            let mut openssl = Command::new("openssl");
            openssl.args(arguments).current_dir(directory.path()).output().ok()
        };
        let write = |file: &str, text: &str| std::fs::write(directory.path().join(file), text);
        write("ca.cnf", CONFIGURATION).unwrap();
        write("index.txt", "").unwrap();
        write("serial", "01\n").unwrap();
        let alternative = format!("subjectAltName=DNS:{name}");
        let made = run(&[
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "key.pem",
            "-out",
            "csr.pem",
            "-subj",
            "/CN=test",
            "-addext",
            &alternative,
        ]);
        if made.is_none() {
            eprintln!("skipped: there is no openssl");
            return None;
        }
        let (from, until) = (format!("{from}000000Z"), format!("{until}000000Z"));
        let signed = run(&[
            "ca",
            "-batch",
            "-selfsign",
            "-config",
            "ca.cnf",
            "-keyfile",
            "key.pem",
            "-in",
            "csr.pem",
            "-out",
            "certificate.pem",
            "-startdate",
            &from,
            "-enddate",
            &until,
            "-notext",
        ]);
        assert!(signed.is_some_and(|signed| signed.status.success()));
        Some(Self { directory })
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        Path::new(self.directory.path()).join(file)
    }

    pub fn pem(&self) -> Vec<u8> {
        std::fs::read(self.path("certificate.pem")).unwrap()
    }

    fn server(&self) -> Arc<ServerConfig> {
        let certificate = CertificateDer::from_pem_file(self.path("certificate.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(self.path("key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Arc::new(config)
    }
}
