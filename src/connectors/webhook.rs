//! A call to a program of somebody else, signed as Standard Webhooks 1.0.0 wants it. The address
//! that was checked is the one connected to, no redirect is followed, and of the answer only its
//! status is read.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::HmacImpl;
use hmac::Hmac;
use sha2::Sha256;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

use super::hosts::Allowlist;
use super::remote::{ConnectError, Remote, RemoteError, root_store};

/// What a written secret begins with.
const SECRET_PREFIX: &str = "whsec_";
/// The standard wants 24 to 64 bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// How much of an answer is read: a status line is shorter, and nothing else is of use.
const ANSWER_BYTES: u64 = 4096;

/// Why an endpoint cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    #[error("is no URL such as https://keeper.example/checkpoints, without user and fragment")]
    NoUrl,
    #[error("must be https, or http on this machine itself")]
    NotSecure,
    #[error("stands on a host that allowed_hosts does not name")]
    HostNotAllowed,
    #[error("has a root certificate that does not read")]
    Roots,
}

/// Why a secret cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be whsec_ and 24 to 64 bytes in base64")]
pub struct SecretError;

/// What the calls to one endpoint are signed with.
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret([redacted])")
    }
}

impl From<RemoteError> for EndpointError {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::NoUrl => Self::NoUrl,
            RemoteError::NotSecure => Self::NotSecure,
            RemoteError::HostNotAllowed => Self::HostNotAllowed,
        }
    }
}

impl WebhookSecret {
    /// Reads a secret as it is written.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.trim().strip_prefix(SECRET_PREFIX).ok_or(SecretError)?;
        let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| SecretError)?);
        if SECRET_BYTES.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(SecretError) }
    }

    /// The signature of a body at an attempt: HMAC-SHA256 over `id.timestamp.body`.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut mac = <Hmac<Sha256> as HmacImpl>::new_from_slice(&self.0);
        HmacImpl::update(&mut mac, format!("{id}.{timestamp}.").as_bytes());
        HmacImpl::update(&mut mac, body);
        format!("v1,{}", STANDARD.encode(HmacImpl::finalize(mac)))
    }
}

/// Where calls go.
#[derive(Clone, Debug)]
pub struct Endpoint {
    remote: Remote,
    /// Certificates (PEM) that the server's is verified by, instead of the system's.
    roots: Option<Vec<u8>>,
}

impl Endpoint {
    /// Checks an address, as far as that can be done without resolving it.
    ///
    /// # Errors
    /// When it is no address that a call may go to.
    pub fn parse(
        text: &str,
        roots: Option<Vec<u8>>,
        allowed: &Allowlist,
    ) -> Result<Self, EndpointError> {
        let remote = Remote::parse(text, allowed)?;
        if let Some(pem) = &roots {
            root_store(Some(pem)).ok_or(EndpointError::Roots)?;
        }
        Ok(Self { remote, roots })
    }
}

/// Why a call was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error(transparent)]
    NoConnection(#[from] ConnectError),
    #[error("the answer is no HTTP")]
    Malformed,
    #[error("it answered {0}")]
    Answered(u16),
}

impl CallError {
    /// The code for the job's row and the log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoConnection(ConnectError::NotResolved) => "webhook-not-resolved",
            Self::NoConnection(ConnectError::NotAllowed) => "webhook-not-allowed",
            Self::NoConnection(ConnectError::Unreachable) => "webhook-unreachable",
            Self::NoConnection(ConnectError::NotSecure) => "webhook-not-secure",
            Self::NoConnection(ConnectError::TimedOut) => "webhook-timed-out",
            Self::Malformed => "webhook-malformed",
            Self::Answered(300..=399) => "webhook-redirected",
            Self::Answered(_) => "webhook-refused",
        }
    }
}

/// One event on its way.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The same at each try.
    pub id: &'a str,
    /// When this try is made, in seconds since 1970.
    pub timestamp: i64,
    /// JSON.
    pub body: &'a [u8],
}

/// Posts an event; done when the answer is 2xx.
///
/// # Errors
/// [`CallError`]; after [`ConnectError::TimedOut`] or `Malformed` it may have been taken all the same.
pub async fn post(
    endpoint: &Endpoint,
    secret: &WebhookSecret,
    allowed: &Allowlist,
    call: Call<'_>,
    within: Duration,
) -> Result<(), CallError> {
    let posting = attempt(endpoint, secret, allowed, call, within);
    let status =
        tokio::time::timeout(within, posting).await.map_err(|_| ConnectError::TimedOut)??;
    if (200..300).contains(&status) { Ok(()) } else { Err(CallError::Answered(status)) }
}

async fn attempt(
    endpoint: &Endpoint,
    secret: &WebhookSecret,
    allowed: &Allowlist,
    call: Call<'_>,
    within: Duration,
) -> Result<u16, CallError> {
    let stream = endpoint.remote.open(endpoint.roots.as_deref(), allowed, within).await?;
    exchange(stream, &request(endpoint, secret, call)).await
}

fn request(endpoint: &Endpoint, secret: &WebhookSecret, call: Call<'_>) -> Vec<u8> {
    let Call { id, timestamp, body } = call;
    let (host, path) = (endpoint.remote.authority(), endpoint.remote.target());
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: guichet\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nWebhook-Id: {id}\r\n\
         Webhook-Timestamp: {timestamp}\r\nWebhook-Signature: {}\r\n\r\n",
        body.len(),
        secret.sign(id, timestamp, body),
    );
    [head.as_bytes(), body].concat()
}

/// Sends, and reads the status line; whatever follows it is left unread.
async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &[u8],
) -> Result<u16, CallError> {
    stream.write_all(request).await.map_err(|_| ConnectError::Unreachable)?;
    stream.flush().await.map_err(|_| ConnectError::Unreachable)?;
    let mut answer = Vec::new();
    let mut reader = (&mut stream).take(ANSWER_BYTES);
    while !answer.contains(&b'\n') {
        // A server that closes without a word may have taken it all the same.
        let count = reader.read_buf(&mut answer).await.map_err(|_| CallError::Malformed)?;
        if count == 0 {
            return Err(CallError::Malformed);
        }
    }
    let line = answer.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| CallError::Malformed)?;
    let mut parts = line.split_whitespace();
    let is_http = parts.next().is_some_and(|version| version.starts_with("HTTP/1."));
    let status = parts.next().and_then(|status| status.parse().ok());
    status.filter(|status| is_http && (100..600).contains(status)).ok_or(CallError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, EndpointError, WebhookSecret};
    use crate::connectors::hosts::Allowlist;

    #[test]
    fn a_signature_is_that_of_the_published_vector() {
        // The vector of the test suite that comes with Standard Webhooks 1.0.0.
        let secret = WebhookSecret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let body = br#"{"email":"test@example.com","username":"test_user"}"#;
        let signature = secret.sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body);
        assert_eq!(signature, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
        assert_eq!(format!("{secret:?}"), "WebhookSecret([redacted])");
    }

    #[test]
    fn a_secret_is_long_enough_or_none() {
        for bad in ["", "whsec_", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_QUJD", "whsec_!"] {
            assert!(WebhookSecret::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn o_01_an_address_that_no_call_may_go_to_is_refused_when_it_is_set() {
        let listed = |entry: &str| entry.parse().unwrap();
        let hosts = vec![listed("keeper.example"), listed("10.1.0.0/16")];
        let allowed = Allowlist { hosts, ..Allowlist::default() };
        let check = |url: &str| Endpoint::parse(url, None, &allowed).map(drop);
        for good in
            ["https://keeper.example/x", "https://keeper.example:8443/", "https://10.1.2.3/"]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("http://keeper.example/x", EndpointError::NotSecure),
            ("file:///etc/passwd", EndpointError::NoUrl),
            ("gopher://keeper.example/x", EndpointError::NotSecure),
            ("ftp://keeper.example/", EndpointError::NotSecure),
            ("https://user:secret@keeper.example/", EndpointError::NoUrl),
            ("https://keeper.example/#x", EndpointError::NoUrl),
            ("keeper.example", EndpointError::NoUrl),
            ("https://127.0.0.1/", EndpointError::HostNotAllowed),
            ("http://127.0.0.1:9/", EndpointError::HostNotAllowed),
            ("https://2130706433/", EndpointError::HostNotAllowed),
            ("https://0x7f.1/", EndpointError::HostNotAllowed),
            ("https://0177.0.0.1/", EndpointError::HostNotAllowed),
            ("https://[::ffff:127.0.0.1]/", EndpointError::HostNotAllowed),
            ("https://[fd00:ec2::254]/", EndpointError::HostNotAllowed),
            ("https://169.254.169.254/", EndpointError::HostNotAllowed),
            ("https://192.168.1.1/", EndpointError::HostNotAllowed),
        ] {
            assert_eq!(check(bad), Err(why), "{bad}");
        }
    }
}
