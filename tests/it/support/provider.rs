//! An OpenID provider of the tests, on loopback: it answers as it is told, right or wrong, and keeps
//! what it was called with. Its keys are its own, and made once.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::connectors::provider::discovery::Discovered;
use guichet::connectors::provider::settings::ProviderSettings;
use guichet::db::controllers::Controller;
use guichet::db::identity_providers;
use guichet::workflow::settings::identity_provider as verbs;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::app::TestApp;

pub const CLIENT: &str = "guichet";
pub const SECRET: &str = "secret-canary";

static EDWARDS: LazyLock<Ed25519KeyPair> = LazyLock::new(|| Ed25519KeyPair::generate().unwrap());

/// The keys of the provider, by the algorithm that they sign with.
pub static KEYS: LazyLock<HashMap<Algorithm, EncodingKey>> = LazyLock::new(|| {
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let rsa: Pkcs8V1Der<'_> = rsa.as_der().unwrap();
    let rsa = pkcs1(rsa.as_ref());
    let curve = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let curve = EncodingKey::from_ec_der(curve.to_pkcs8v1().unwrap().as_ref());
    let edwards = EDWARDS.to_pkcs8().unwrap();
    [
        (Algorithm::RS256, EncodingKey::from_rsa_der(&rsa)),
        (Algorithm::PS256, EncodingKey::from_rsa_der(&rsa)),
        (Algorithm::ES256, curve),
        (Algorithm::EdDSA, EncodingKey::from_ed_der(edwards.as_ref())),
    ]
    .into()
});

/// The private key within: version, algorithm, and a string that holds it (RFC 5208 §5).
fn pkcs1(pkcs8: &[u8]) -> Vec<u8> {
    let at = pkcs8.windows(2).skip(8).position(|it| it == [0x04, 0x82]).unwrap() + 8;
    pkcs8[at + 4..].to_vec()
}

/// How the provider answers a path.
#[derive(Clone)]
pub enum Reply {
    Json(u16, Value),
    /// To that address.
    Redirect(String),
    /// Never.
    Hang,
    /// So many bytes of JSON.
    Huge(usize),
    /// As it stands.
    Raw(String),
}

/// A call as it came in.
#[derive(Clone, Debug)]
pub struct Called {
    pub path: String,
    pub head: String,
    pub form: HashMap<String, String>,
}

#[derive(Default)]
struct Shared {
    replies: HashMap<String, Reply>,
    calls: Vec<Called>,
    is_over: bool,
}

/// The provider, until it is dropped.
pub struct Provider {
    pub issuer: String,
    shared: Arc<Mutex<Shared>>,
}

impl Provider {
    /// A provider that offers what is needed.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::<Mutex<Shared>>::default();
        let provider = Self { issuer, shared: Arc::clone(&shared) };
        provider.reply("/.well-known/openid-configuration", Reply::Json(200, provider.document()));
        provider.reply("/jwks", Reply::Json(200, provider.jwks()));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.lock().unwrap().is_over {
                    return;
                }
                let shared = Arc::clone(&shared);
                // A client that goes away is none of our business.
                std::thread::spawn(move || answer(stream.unwrap(), &shared).ok());
            }
        });
        provider
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    /// What it says of itself.
    pub fn document(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer, "authorization_endpoint": at("/auth"),
            "token_endpoint": at("/token"), "jwks_uri": at("/jwks"),
            "authorization_response_iss_parameter_supported": true,
        })
    }

    /// Its public keys, each named by its algorithm.
    pub fn jwks(&self) -> Value {
        let keys = KEYS.iter().map(|(algorithm, key)| {
            if *algorithm == Algorithm::EdDSA {
                let x = URL_SAFE_NO_PAD.encode(EDWARDS.public_key().as_ref());
                return json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "EdDSA" });
            }
            let mut jwk = Jwk::from_encoding_key(key, *algorithm).unwrap();
            jwk.common.key_id = Some(format!("{algorithm:?}"));
            serde_json::to_value(jwk).unwrap()
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }

    /// Answers a path so from now on.
    pub fn reply(&self, path: &str, reply: Reply) {
        self.shared().replies.insert(path.to_owned(), reply);
    }

    /// Gives this ID token for the next codes.
    pub fn give(&self, id_token: &str) {
        let body = json!({ "access_token": "x", "token_type": "Bearer", "id_token": id_token });
        self.reply("/token", Reply::Json(200, body));
    }

    /// The calls of a path.
    pub fn calls(&self, path: &str) -> Vec<Called> {
        self.shared().calls.iter().filter(|call| call.path == path).cloned().collect()
    }

    /// What an honest token says of a sign-in with this nonce.
    pub fn claims(&self, app: &TestApp, nonce: &str) -> Value {
        let at = app.app.now().timestamp();
        json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "4711", "nonce": nonce,
            "iat": at, "exp": at + 300, "email": "zoe.canari@example.org", "email_verified": true,
        })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.shared().is_over = true;
        // Wakes the thread that waits for callers.
        let _ = TcpStream::connect(self.issuer.trim_start_matches("http://"));
    }
}

/// Signs claims with a key of the provider.
pub fn sign(algorithm: Algorithm, claims: &Value) -> String {
    let mut header = Header::new(algorithm);
    header.kid = Some(format!("{algorithm:?}"));
    jsonwebtoken::encode(&header, claims, &KEYS[&algorithm]).unwrap()
}

fn answer(mut stream: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let length = head.to_lowercase();
    let length = length.split("content-length: ").nth(1).and_then(|it| it.lines().next());
    let mut body = vec![0; length.map_or(0, |it| it.parse().unwrap())];
    reader.read_exact(&mut body)?;
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let form = url::form_urlencoded::parse(&body).into_owned().collect();
    let reply = {
        let mut shared = shared.lock().unwrap();
        shared.calls.push(Called { path: path.clone(), head, form });
        shared.replies.get(&path).cloned()
    };
    let json = "content-type: application/json\r\nconnection: close";
    match reply.unwrap_or(Reply::Json(404, json!({}))) {
        Reply::Json(status, body) => {
            let body = body.to_string();
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} X\r\n{json}\r\ncontent-length: {length}\r\n\r\n{body}"
            )
        }
        Reply::Redirect(to) => {
            write!(stream, "HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
        }
        Reply::Hang => {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        Reply::Huge(bytes) => {
            write!(stream, "HTTP/1.1 200 X\r\n{json}\r\ncontent-length: {bytes}\r\n\r\n\"")?;
            let piece = [b'a'; 64 * 1024];
            for _ in 0..bytes / piece.len() {
                stream.write_all(&piece)?;
            }
            Ok(())
        }
        Reply::Raw(text) => stream.write_all(text.as_bytes()),
    }
}

impl TestApp {
    /// Sets a provider for a controller whose test has succeeded: with e-mail addresses and customer
    /// numbers.
    pub async fn set_provider(&self, controller: &Controller, issuer: &str) {
        let (id, ctx, issuer) = (controller.id, self.ctx(), issuer.to_owned());
        let settings: ProviderSettings = serde_json::from_value(json!({
            "issuer": issuer, "client_id": CLIENT, "client_secret": SECRET,
            "claims": [
                { "claim": "email", "kind": "email" },
                { "claim": "customer_number", "kind": "customer_no" },
            ],
        }))
        .unwrap();
        let key = self.app.controller_key(controller).unwrap();
        let text = serde_json::to_vec(&settings).unwrap();
        let row = verbs::prepare(&ctx, &key, id, &text).unwrap();
        let discovered = Discovered {
            authorization_endpoint: format!("{issuer}/auth"),
            token_endpoint: format!("{issuer}/token"),
            jwks_uri: format!("{issuer}/jwks"),
            names_issuer: true,
            secret_in_form: false,
        };
        let discovered = serde_json::to_string(&discovered).unwrap();
        let set = self.app.write(move |conn| {
            let known = identity_providers::get(conn, id)?.map(|known| known.version);
            verbs::set(conn, &ctx, &row, known)?;
            let version = known.map_or(1, |known| known + 1);
            Ok(identity_providers::end_test(conn, (id, version), Ok(&discovered), ctx.now.into())?)
        });
        set.await.unwrap();
    }
}
