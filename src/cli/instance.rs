//! The instance that a command works on, and what it refuses in words.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;

use crate::app::{App, Clock};
use crate::config::{self, Config};
use crate::db::conn::Conn;
use crate::error::{Error, FieldError, Result};
use crate::language::{self, Language};
use crate::start::Opening;

/// Where the settings stand.
#[derive(Debug, Args)]
pub struct Place {
    /// The configuration file; environment variables `GUICHET_<KEY>` override it.
    #[arg(long, env = "GUICHET_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Place {
    /// Reads the settings.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn config(&self) -> anyhow::Result<Config> {
        config::load(self.config.as_deref()).context("the settings cannot be used")
    }

    /// Opens the instance, which may be made here.
    ///
    /// # Errors
    /// When key, database and folder do not belong together, or one is missing.
    pub fn open(&self, opening: Opening) -> anyhow::Result<App> {
        Ok(App::open(self.config()?, Clock::Machine, opening)?)
    }
}

/// Runs one verb on an instance and waits for its commit.
///
/// # Errors
/// What the verb answers, in words.
pub fn write<T, F>(app: &App, verb: F) -> anyhow::Result<T>
where
    T: Send + 'static,
    F: Fn(&mut Conn) -> Result<T> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(app.write(verb)).map_err(refused)
}

/// An error of a verb in the words of the catalogue.
#[must_use]
pub fn refused(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(fields) => {
            let lines: Vec<String> = fields.iter().map(told).collect();
            anyhow!("{}", lines.join("\n"))
        }
        Error::Conflict { code } => {
            anyhow!("{}", language::text(Language::En, &format!("conflict-{code}")))
        }
        other => anyhow!(other),
    }
}

fn told(field: &FieldError) -> String {
    let arguments: Vec<(&'static str, &str)> =
        field.arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let key = format!("field-{}", field.code);
    let text = language::text_with(Language::En, &key, &arguments);
    format!("{}: {text}", field.field.replace('_', "-"))
}
