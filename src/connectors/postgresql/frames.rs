//! What a server sends, watched message by message: the driver makes room for whatever a message
//! announces, so that one that announces too much is refused before.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use crate::connectors::error::SourceError;

/// Beside its values, a row names their lengths; a message of another kind is short.
const BESIDE_VALUES: usize = 1024 * 1024;

/// How long a row may be, and whether a message was longer: the driver tells its callers only that
/// the connection ended.
#[derive(Clone)]
pub struct Watch {
    limit_bytes: usize,
    refused: Arc<AtomicBool>,
}

impl Watch {
    /// For rows of so many bytes.
    #[must_use]
    pub fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, refused: Arc::default() }
    }

    /// Why the connection was ended from here, if it was.
    #[must_use]
    pub fn refused(&self) -> Option<SourceError> {
        let limit_bytes = self.limit_bytes;
        let refused = self.refused.load(Ordering::Relaxed);
        refused.then_some(SourceError::ValueTooLarge { limit_bytes })
    }
}

/// A stream of messages of PostgreSQL's protocol: a letter, a length that counts itself, a body
/// (documentation of PostgreSQL, 55.7).
pub struct Frames<S> {
    stream: S,
    watch: Watch,
    head: Vec<u8>,
    /// What is left of the body at hand.
    rest: usize,
}

/// Length of the letter and the length.
const HEAD_BYTES: usize = 5;
/// What the length counts of itself.
const LENGTH_BYTES: usize = 4;

impl<S> Frames<S> {
    /// Watches a stream.
    pub fn new(stream: S, watch: Watch) -> Self {
        Self { stream, watch, head: Vec::with_capacity(HEAD_BYTES), rest: 0 }
    }

    fn look_at(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let wanted = if self.rest > 0 { self.rest } else { HEAD_BYTES - self.head.len() };
            let (taken, after) = bytes.split_at(wanted.min(bytes.len()));
            bytes = after;
            if self.rest > 0 {
                self.rest -= taken.len();
                continue;
            }
            self.head.extend_from_slice(taken);
            if let [_, a, b, c, d] = *self.head.as_slice() {
                let length = usize::try_from(u32::from_be_bytes([a, b, c, d]));
                let length = length.unwrap_or(usize::MAX);
                if length < LENGTH_BYTES {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                if length > self.watch.limit_bytes.saturating_add(BESIDE_VALUES) {
                    self.watch.refused.store(true, Ordering::Relaxed);
                    return Err(io::ErrorKind::InvalidData.into());
                }
                self.rest = length - LENGTH_BYTES;
                self.head.clear();
            }
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Frames<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        Poll::Ready(this.look_at(buffer.filled().get(before..).unwrap_or_default()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Frames<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Frames<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

/// Begins TLS, and watches what comes out of it.
pub struct WithinTls<T> {
    pub tls: T,
    pub watch: Watch,
}

type Connecting<S, E> = Pin<Box<dyn Future<Output = Result<Frames<S>, E>> + Send>>;

impl<S, T> TlsConnect<S> for WithinTls<T>
where
    T: TlsConnect<S>,
    T::Future: Send + 'static,
{
    type Stream = Frames<T::Stream>;
    type Error = T::Error;
    type Future = Connecting<T::Stream, T::Error>;

    fn connect(self, stream: S) -> Self::Future {
        let (connecting, watch) = (self.tls.connect(stream), self.watch);
        Box::pin(async move { Ok(Frames::new(connecting.await?, watch)) })
    }
}

#[cfg(test)]
mod tests {
    use super::{BESIDE_VALUES, Frames, Watch};
    use crate::connectors::error::SourceError;

    fn message(letter: u8, length: u32, body: &[u8]) -> Vec<u8> {
        [&[letter], length.to_be_bytes().as_slice(), body].concat()
    }

    /// Whether the bytes pass in pieces of any size, and what is said of a message too large.
    fn watched(bytes: &[u8], piece: usize) -> (bool, Option<SourceError>) {
        let watch = Watch::new(100);
        let mut frames = Frames::new((), watch.clone());
        let passed = bytes.chunks(piece).all(|piece| frames.look_at(piece).is_ok());
        (passed, watch.refused())
    }

    #[test]
    fn a_message_that_announces_too_much_is_refused_before_it_comes() {
        let most = u32::try_from(100 + BESIDE_VALUES).unwrap();
        let short = [message(b'D', 9, b"12345"), message(b'Z', 5, b"I")].concat();
        let large = [short.clone(), message(b'D', most + 1, b"")].concat();
        let wrong = [short.clone(), message(b'D', 3, b"")].concat();
        for piece in [1, 2, 3, 7, 1000] {
            let full = [short.clone(), message(b'D', most, b"")].concat();
            assert_eq!(watched(&short, piece), (true, None));
            assert_eq!(watched(&full, piece), (true, None));
            let refused = SourceError::ValueTooLarge { limit_bytes: 100 };
            assert_eq!(watched(&large, piece), (false, Some(refused)));
            assert_eq!(watched(&wrong, piece), (false, None));
        }
    }
}
