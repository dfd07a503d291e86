//! Files that come in over the wire: sealed while they do, within limits of size and time. Of one
//! that is too long, breaks off or stalls, nothing is kept.

use std::io::Write;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, timeout, timeout_at};

use super::problem::Problem;
use crate::domain::ids::FileId;
use crate::error::Error;
use crate::sealed_folder::{SealedFolder, Stored};
use crate::vault::FileKey;

/// How long a file may be, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub bytes: u64,
    /// Between two pieces.
    pub pause: Duration,
    /// In all.
    pub whole: Duration,
}

/// Seals a file while it comes in.
///
/// # Errors
/// 413 when it is too long, 408 when it is too slow, 400 when it breaks off; `Invalid` when it is
/// empty; `Unavailable` when the disk does not take it.
pub async fn receive<S, E, K>(
    folder: SealedFolder,
    id: FileId,
    key: K,
    stream: &mut S,
    limits: &Limits,
) -> Result<Stored, Problem>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    K: FileKey + Send + 'static,
{
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Bytes>(8);
    let writing = tokio::task::spawn_blocking(move || {
        let mut file = folder.create(id, &key)?;
        while let Some(bytes) = receiver.blocking_recv() {
            // An empty chunk is the agreed end; a channel that closes without it broke off.
            if bytes.is_empty() {
                return file.finish();
            }
            file.write_all(&bytes)?;
        }
        Err(std::io::ErrorKind::UnexpectedEof.into())
    });
    let taken = take(&sender, stream, limits).await;
    if taken.is_ok() {
        // Where the writer has stopped, it says below why.
        let _ = sender.send(Bytes::new()).await;
    }
    drop(sender);
    // Waited for in any case: what is answered as not kept is gone by then.
    let stored = writing.await.map_err(|_| Error::internal("an upload could not be kept"))?;
    taken?;
    stored.map_err(|_| Error::Unavailable("disk").into())
}

async fn take<S, E>(sender: &Sender<Bytes>, stream: &mut S, limits: &Limits) -> Result<(), Problem>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let slow = |_| Problem::Http(StatusCode::REQUEST_TIMEOUT, "too-slow");
    let end = Instant::now() + limits.whole;
    let mut length: u64 = 0;
    loop {
        let next = timeout(limits.pause, stream.next());
        let Some(chunk) = timeout_at(end, next).await.map_err(slow)?.map_err(slow)? else {
            break;
        };
        let chunk = chunk.map_err(|_| Problem::Http(StatusCode::BAD_REQUEST, "upload-broken"))?;
        length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if length > limits.bytes {
            return Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
        }
        if !chunk.is_empty() && sender.send(chunk).await.is_err() {
            break;
        }
    }
    if length == 0 {
        return Err(Error::invalid("", "empty").into());
    }
    Ok(())
}
