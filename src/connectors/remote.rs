//! A server of somebody else that speaks HTTP: where it may stand, and a connection to it. The address
//! that was checked is the one connected to; with https, the server proves its name.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::error::SourceError;
use super::hosts::Allowlist;

/// Why nothing may be reached at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    #[error("is no URL such as https://host.example/path, without user and fragment")]
    NoUrl,
    #[error("must be https, or http on this machine itself")]
    NotSecure,
    #[error("stands on a host that allowed_hosts does not name")]
    HostNotAllowed,
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    #[error("the name does not resolve")]
    NotResolved,
    #[error("the name resolves to an address that is not allowed")]
    NotAllowed,
    #[error("no connection")]
    Unreachable,
    #[error("the server cannot prove who it is")]
    NotSecure,
    #[error("it took too long")]
    TimedOut,
}

/// A connection, with or without TLS.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The address of something that is reached over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    url: Url,
    host: String,
    port: u16,
}

impl Remote {
    /// Checks an address, as far as that can be done without resolving it.
    ///
    /// # Errors
    /// When it is no address that may be reached.
    pub fn parse(text: &str, allowed: &Allowlist) -> Result<Self, RemoteError> {
        let (url, host) = secure(text)?;
        let port = url.port_or_known_default().ok_or(RemoteError::NoUrl)?;
        if !allowed.may_reach(&host, port) {
            return Err(RemoteError::HostNotAllowed);
        }
        Ok(Self { url, host, port })
    }

    /// What the header `Host` says.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Path and query.
    #[must_use]
    pub fn target(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    /// Connects; `roots` are certificates (PEM) that the server's is verified by, instead of the
    /// system's.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn open(
        &self,
        roots: Option<&[u8]>,
        allowed: &Allowlist,
        within: Duration,
    ) -> Result<Box<dyn Stream>, ConnectError> {
        let addresses = allowed.resolve(&self.host, self.port, within).await;
        let addresses = addresses.map_err(|error| match error {
            SourceError::HostNotAllowed => ConnectError::NotAllowed,
            SourceError::NoAnswer => ConnectError::TimedOut,
            _ => ConnectError::NotResolved,
        })?;
        let mut stream = None;
        for address in addresses {
            let address = SocketAddr::new(address, self.port);
            stream = TcpStream::connect(address).await.ok();
            if stream.is_some() {
                break;
            }
        }
        let stream = stream.ok_or(ConnectError::Unreachable)?;
        if self.url.scheme() == "http" {
            return Ok(Box::new(stream));
        }
        let roots = root_store(roots).ok_or(ConnectError::NotSecure)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| ConnectError::NotSecure)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(self.host.clone()).map_err(|_| ConnectError::NotSecure)?;
        let secured = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        Ok(Box::new(secured.map_err(|_| ConnectError::NotSecure)?))
    }
}

/// An address that may be trusted on the way: https, or http on this machine itself; without user and
/// fragment. With its host.
///
/// # Errors
/// `NoUrl` or `NotSecure`.
pub fn secure(text: &str) -> Result<(Url, String), RemoteError> {
    let url = Url::parse(text).map_err(|_| RemoteError::NoUrl)?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    if has_user || url.fragment().is_some() {
        return Err(RemoteError::NoUrl);
    }
    let (host, is_loopback) = match url.host() {
        Some(Host::Domain(name)) => (name.to_owned(), name == "localhost"),
        Some(Host::Ipv4(address)) => (address.to_string(), address.is_loopback()),
        Some(Host::Ipv6(address)) => (address.to_string(), address.is_loopback()),
        None => return Err(RemoteError::NoUrl),
    };
    match url.scheme() {
        "https" => Ok((url, host)),
        "http" if is_loopback => Ok((url, host)),
        _ => Err(RemoteError::NotSecure),
    }
}

/// The certificates that servers are verified by; nothing when none reads.
#[must_use]
pub fn root_store(pem: Option<&[u8]>) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    match pem {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                roots.add(certificate.ok()?).ok()?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    (!roots.is_empty()).then_some(roots)
}
