//! The instance at work: its settings, database, vault and clock. The edges make a `Ctx` here, read
//! through [`App::read`] and write through [`App::write`].

pub mod new_files;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::db::conn::Conn;
use crate::db::controllers::Controller;
use crate::db::pool::{self, ConnPool};
use crate::db::writer::Writer;
use crate::domain::actor::{Actor, Ctx};
use crate::domain::ids::{ControllerId, RequestId};
use crate::error::{Error, Result};
use crate::sealed_folder::SealedFolder;
use crate::start::{self, Opening, StartError};
use crate::vault::key::Key;
use crate::vault::{ControllerKey, Vault};

/// How many reads run side by side.
const READERS: u32 = 8;

/// Where `now` comes from: the machine, or a test that moves it.
#[derive(Clone, Debug)]
pub enum Clock {
    Machine,
    /// Microseconds since 1970 in UTC.
    Moved(Arc<AtomicI64>),
}

impl Clock {
    /// The instant that a verb begins at.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the edge where now is read")]
            Self::Machine => Utc::now(),
            Self::Moved(at) => DateTime::from_timestamp_micros(at.load(Ordering::SeqCst))
                .unwrap_or(DateTime::UNIX_EPOCH),
        }
    }
}

/// A running instance. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
    /// How long a caller waits for the database; whoever waits for nobody waits for ever.
    patience: Option<Duration>,
}

struct Inner {
    config: Config,
    clock: Clock,
    vault: Vault,
    readers: ConnPool,
    writer: Writer,
    controller_keys: RwLock<HashMap<ControllerId, ControllerKey>>,
}

impl App {
    /// Opens the instance: the key first, then the database and the sealed folder.
    ///
    /// # Errors
    /// When one of them is missing, wrong or unreachable; nothing is written then.
    pub fn open(
        config: Config,
        clock: Clock,
        opening: Opening,
    ) -> std::result::Result<Self, StartError> {
        let vault = start::open(&config, clock.now(), opening)?;
        let writer = Writer::start(&config.database_url).map_err(StartError::Thread)?;
        let readers = pool::new(&config.database_url, READERS);
        let controller_keys = RwLock::default();
        let inner = Inner { config, clock, vault, readers, writer, controller_keys };
        Ok(Self { inner: Arc::new(inner), patience: None })
    }

    /// The same instance for callers who are told after so long that the database is unavailable: a
    /// server that is silent neither answers nor fails.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The vault.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// The folder of sealed files.
    #[must_use]
    pub fn folder(&self) -> SealedFolder {
        SealedFolder::new(start::sealed_folder(self.config()))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    /// What a verb is told of who acts and when.
    #[must_use]
    pub fn ctx(&self, actor: Actor) -> Ctx {
        Ctx { actor, now: self.now() }
    }

    /// Reads, off the threads that serve requests.
    ///
    /// # Errors
    /// What the query answers, or `Unavailable`.
    pub async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let readers = self.inner.readers.clone();
        let run = tokio::task::spawn_blocking(move || query(&mut *pool::get(&readers)?));
        let answer = self.await_answer(run).await?;
        answer.unwrap_or_else(|_| Err(Error::internal("a query panicked")))
    }

    /// Writes: one verb in one transaction, answered after its commit. What is `Unavailable` may have
    /// been done all the same: nobody was told that it was.
    ///
    /// # Errors
    /// What the verb answers, or `Unavailable`.
    pub async fn write<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
    {
        self.await_answer(self.inner.writer.write(verb)).await?
    }

    async fn await_answer<T>(&self, answer: impl Future<Output = T>) -> Result<T> {
        match self.patience {
            Some(patience) => tokio::time::timeout(patience, answer)
                .await
                .map_err(|_| Error::Unavailable("the database is silent")),
            None => Ok(answer.await),
        }
    }

    /// The key that seals on behalf of a case, of a controller, or of the instance itself.
    ///
    /// # Errors
    /// When a wrapped key does not open.
    pub fn sealing_key(
        &self,
        controller: Option<&Controller>,
        case: Option<(RequestId, &[u8])>,
    ) -> Result<Key> {
        let Some(controller) = controller else {
            return Ok(self.vault().staff_key().clone());
        };
        let key = self.controller_key(controller)?;
        match case {
            Some((id, wrapped)) => Ok(key.case_key(id.uuid(), wrapped)?.key().clone()),
            None => Ok(key.key().clone()),
        }
    }

    /// The host of this instance, as browsers reach it: where its Message-IDs come from.
    #[must_use]
    pub fn home(&self) -> String {
        self.config().base_url.host_str().unwrap_or("localhost").to_owned()
    }

    /// The key of a controller, unwrapped once and kept.
    ///
    /// # Errors
    /// When the wrapped key does not open.
    pub fn controller_key(&self, controller: &Controller) -> Result<ControllerKey> {
        let poisoned = || Error::internal("the keys of the controllers are poisoned");
        if let Some(key) =
            self.inner.controller_keys.read().map_err(|_| poisoned())?.get(&controller.id)
        {
            return Ok(key.clone());
        }
        let key = self.vault().controller_key(controller.id.uuid(), &controller.wrapped_key)?;
        let mut keys = self.inner.controller_keys.write().map_err(|_| poisoned())?;
        keys.insert(controller.id, key.clone());
        Ok(key)
    }
}
