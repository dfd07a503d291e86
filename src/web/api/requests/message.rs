//! The record of a message to the person, as verbs take it.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::event::SentMessage;
use crate::domain::request::Channel;
use crate::error::{Error, Result};

/// A message that was sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The sender's own reference (a Message-ID, a number of a letter).
    message_id: String,
    sent_at: DateTime<Utc>,
    channel: Channel,
}

impl Message {
    /// What the event says of it in clear, and the words to be sealed beside it: the reference may
    /// hold an address, and joins what else was written.
    ///
    /// # Errors
    /// `Invalid` when the reference is too long or not printable.
    pub fn taken(self, written: Option<Value>) -> Result<(SentMessage, Option<Value>)> {
        let id = self.message_id;
        if id.is_empty() || id.len() > 255 || !id.chars().all(|c| c.is_ascii_graphic()) {
            return Err(Error::invalid("message.message_id", "wrong-message-id"));
        }
        let mut words = match written {
            Some(Value::Object(words)) => words,
            _ => Map::new(),
        };
        words.insert("message_id".to_owned(), Value::from(id));
        let message = SentMessage { sent_at: self.sent_at, channel: self.channel };
        Ok((message, Some(Value::Object(words))))
    }
}
