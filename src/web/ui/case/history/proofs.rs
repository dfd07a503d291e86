//! What a history says of who somebody is, in words.

use super::Reading;
use crate::domain::contact::Condition;
use crate::domain::event::Event;
use crate::language::{text, text_with};
use crate::web::ui::wording::named;

impl Reading<'_> {
    /// What was decided on who somebody is.
    pub(super) fn identity(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::IdentityDecided { level: Some(level), methods, awaits_confirmation, .. } => {
                let level = named(language, "level", level.name());
                let methods = methods.iter().map(|it| named(language, "method", it.name()));
                let methods = methods.collect::<Vec<_>>().join(", ");
                let told = [("level", level.as_str()), ("methods", methods.as_str())];
                if *awaits_confirmation {
                    text_with(language, "event-identity-awaits", &told)
                } else {
                    text_with(language, "event-identity", &told)
                }
            }
            Event::IdentityConfirmed { level, .. } => {
                let level = named(language, "level", level.name());
                text_with(language, "event-identity-confirmed", &[("level", &level)])
            }
            _ => text(language, "event-identity-failed"),
        }
    }

    /// How the person shows who they are, and what is said of their contact.
    pub(super) fn proof(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::ContactDeclared { condition, elsewhere } => {
                let said = condition.map_or("fit", Condition::name);
                let told = named(language, "event-contact", said);
                if *elsewhere {
                    text_with(language, "event-contact-elsewhere", &[("told", &told)])
                } else {
                    told
                }
            }
            Event::CircumstanceStated { circumstance, holds } => {
                let what = named(language, "circumstance", circumstance.name());
                let key = if *holds { "event-circumstance" } else { "event-no-circumstance" };
                text_with(language, key, &[("what", &what)])
            }
            Event::ProviderSignInConfirmed { issuer, identifier } => {
                let told = [("issuer", issuer.as_str()), ("identifier", identifier.as_str())];
                text_with(language, "event-signed-in", &told)
            }
            Event::ProviderSignInUnmatched { issuer, why } => {
                let why = named(language, "event-not-signed-in", why.name());
                text_with(language, "event-signed-in-open", &[("issuer", issuer), ("why", &why)])
            }
            _ => self.code(event),
        }
    }

    /// What proves who somebody is, on its way and back.
    fn code(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::CodeSent { .. } => text(language, "event-code-sent"),
            Event::CodeNotSent { why } => named(language, "event-code-not-sent", why.name()),
            Event::CodeConfirmed => text(language, "event-code-confirmed"),
            Event::CallCodeMade => text(language, "event-call-code"),
            Event::LetterCodeMade { as_given: true } => {
                text(language, "event-letter-code-as-given")
            }
            Event::LetterCodeMade { .. } => text(language, "event-letter-code"),
            _ => text(language, "event-letter-code-confirmed"),
        }
    }

    /// An identity document, from its receipt to its end.
    pub(super) fn document(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::IdentityDocumentReceived { channel, doubt, .. } => {
                let channel = named(language, "channel", channel.name());
                let received =
                    text_with(language, "event-document-received", &[("channel", &channel)]);
                match doubt {
                    None => received,
                    Some(doubt) => {
                        let doubt = named(language, "doubt", doubt.name());
                        let told = [("told", received.as_str()), ("doubt", doubt.as_str())];
                        text_with(language, "event-document-doubt", &told)
                    }
                }
            }
            Event::IdentityDocumentRemoved { why, .. } => {
                named(language, "event-document-removed", why.name())
            }
            Event::IdentityDocumentReused { other, .. } => {
                text_with(language, "event-document-reused", &[("other", other)])
            }
            _ => text(language, "event-document-opened"),
        }
    }
}
