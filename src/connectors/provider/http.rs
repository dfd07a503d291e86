//! One call of a provider: to the address that was checked, within seconds, of a bounded answer. No
//! redirect is followed: it would lead where nobody has looked.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::task::AbortHandle;

use super::error::ProviderError;
use crate::connectors::hosts::Allowlist;
use crate::connectors::remote::{ConnectError, Remote, RemoteError};

/// How long one call may take, whatever the provider does: a person waits.
const LONGEST: Duration = Duration::from_secs(5);
/// How much of a head is taken.
const HEAD_BYTES: usize = 32 * 1024;
/// How much of a body is taken: the largest documents and key sets have a tenth of it.
const BODY_BYTES: usize = 256 * 1024;

/// What came back.
pub struct Answer {
    pub status: u16,
    pub body: Bytes,
}

/// Fetches a JSON document.
///
/// # Errors
/// [`ProviderError`]; also for every status but 200.
pub async fn get(url: &str, allowed: &Allowlist) -> Result<Bytes, ProviderError> {
    let answer = call(Method::GET, url, &[], String::new(), allowed).await?;
    if answer.status == 200 { Ok(answer.body) } else { Err(ProviderError::Answered(answer.status)) }
}

/// Posts a form.
///
/// # Errors
/// [`ProviderError`]; a status is no error here.
pub async fn post_form(
    url: &str,
    headers: &[(&'static str, String)],
    form: String,
    allowed: &Allowlist,
) -> Result<Answer, ProviderError> {
    let kind = ("content-type", "application/x-www-form-urlencoded".to_owned());
    call(Method::POST, url, &[&[kind], headers].concat(), form, allowed).await
}

async fn call(
    method: Method,
    url: &str,
    headers: &[(&'static str, String)],
    body: String,
    allowed: &Allowlist,
) -> Result<Answer, ProviderError> {
    let remote = Remote::parse(url, allowed).map_err(|error| match error {
        RemoteError::HostNotAllowed => ProviderError::NoConnection(ConnectError::NotAllowed),
        RemoteError::NoUrl | RemoteError::NotSecure => ProviderError::BadEndpoint,
    })?;
    let mut request = Request::builder()
        .method(method)
        .uri(remote.target())
        .header("host", remote.authority())
        .header("user-agent", "guichet")
        .header("accept", "application/json")
        .header("connection", "close");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request =
        request.body(Full::new(Bytes::from(body))).map_err(|_| ProviderError::BadEndpoint)?;
    let calling = exchange(&remote, request, allowed);
    tokio::time::timeout(LONGEST, calling).await.map_err(|_| ConnectError::TimedOut)?
}

/// Ends the connection with the call, however that ends.
struct Connection(AbortHandle);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn exchange(
    remote: &Remote,
    request: Request<Full<Bytes>>,
    allowed: &Allowlist,
) -> Result<Answer, ProviderError> {
    let stream = remote.open(None, allowed, LONGEST).await?;
    let mut client = http1::Builder::new();
    client.max_buf_size(HEAD_BYTES);
    let malformed = |_: hyper::Error| ProviderError::Malformed;
    let (mut sender, connection) =
        client.handshake(TokioIo::new(stream)).await.map_err(malformed)?;
    let _connection = Connection(tokio::spawn(connection).abort_handle());
    let response = sender.send_request(request).await.map_err(malformed)?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), BODY_BYTES).collect().await;
    let body = body.map_err(|error| {
        let is_too_large = error.downcast_ref::<LengthLimitError>().is_some();
        if is_too_large { ProviderError::TooLarge } else { ProviderError::Malformed }
    })?;
    Ok(Answer { status, body: body.to_bytes() })
}
