//! The forms that put right what was logged: whom the request is about, and when it came in.

use actix_web::HttpResponse;
use serde_json::json;

use super::CasePage;
use super::posted::Posted;
use crate::domain::actor::Permission;
use crate::domain::subject::text::is_blank;
use crate::error::{Error, Result};
use crate::web::problem::Problem;
use crate::web::subject_given::{IdentifierGiven, SubjectGiven};
use crate::web::ui::form::Form;
use crate::web::written::{LONGEST_REASON, required};
use crate::workflow::{clock, correction};

type Answer = std::result::Result<HttpResponse, Problem>;

/// How many empty fields stand below what is known.
const EMPTY_NAMES: usize = 1;
const EMPTY_IDENTIFIERS: usize = 2;

impl CasePage {
    /// The names to put right, and room for more.
    pub(super) fn names_given(&self) -> Vec<String> {
        let known = |subject: &crate::workflow::subject::Subject| subject.names.clone();
        let mut names = match self.typed_subject() {
            Some(form) => form.all("name").map(str::to_owned).collect(),
            None => self.facts.subject.as_ref().map(known).unwrap_or_default(),
        };
        names.extend(std::iter::repeat_n(String::new(), EMPTY_NAMES));
        names
    }

    /// Kind and value of the identifiers to put right, and room for more.
    pub(super) fn identifiers_given(&self) -> Vec<(String, String)> {
        let mut identifiers: Vec<(String, String)> = match self.typed_subject() {
            Some(form) => pairs(form).map(|(kind, value)| (kind.into(), value.into())).collect(),
            None => {
                let known = self.facts.subject.iter().flat_map(|subject| &subject.identifiers);
                known.map(|it| (it.kind.clone(), it.value.clone())).collect()
            }
        };
        identifiers.extend(std::iter::repeat_n(Default::default(), EMPTY_IDENTIFIERS));
        identifiers
    }

    pub(super) fn address_given(&self) -> String {
        let known = self.facts.subject.as_ref().and_then(|it| it.postal_address.clone());
        self.typed_subject().map_or_else(
            || known.unwrap_or_default(),
            |form| form.field("postal_address").to_owned(),
        )
    }

    /// What stood in this very form when it was refused.
    fn typed_subject(&self) -> Option<&Form> {
        let refused = self.refused.as_ref().filter(|it| it.what == "form-correct-subject");
        refused.map(|refused| &refused.form)
    }
}

/// The fields of identifiers, that something stands in.
fn pairs(form: &Form) -> impl Iterator<Item = (&str, &str)> {
    let pairs = form.all("identifier_kind").zip(form.all("identifier_value"));
    pairs.filter(|(kind, value)| !is_blank(kind) || !is_blank(value))
}

/// `POST /requests/{id}/subject-correction`
pub async fn subject(posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    let outcome = correct_subject(&posted).await;
    posted.back("form-correct-subject", outcome).await
}

async fn correct_subject(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let given = |text: &str| (!is_blank(text)).then(|| text.to_owned());
    let subject = SubjectGiven {
        names: form.all("name").filter_map(given).collect(),
        identifiers: pairs(form)
            .map(|(kind, value)| IdentifierGiven { kind: kind.trim().into(), value: value.into() })
            .collect(),
        postal_address: given(form.field("postal_address")),
    };
    let reason = form.field("correction_reason");
    required("reason", reason, LONGEST_REASON)?;
    let correction = subject.correction(&posted.front, &posted.opened)?;
    let words = json!({ "reason": reason, "before": correction.before });
    let verb = posted.record(Some(words), move |conn, ctx, target, written| {
        correction::correct_subject(conn, ctx, target, &correction, written)
    });
    verb.await
}

/// `POST /requests/{id}/receipt-correction`
pub async fn receipt(posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    let outcome = correct_receipt(&posted).await;
    posted.back("form-correct-receipt", outcome).await
}

async fn correct_receipt(posted: &Posted) -> Result<()> {
    let zone = posted.zone()?;
    let received_at = posted.form.instant("received_at", zone)?;
    let received_at = received_at.ok_or_else(|| Error::invalid("received_at", "empty"))?;
    let evidence = posted.form.field("evidence");
    required("evidence", evidence, LONGEST_REASON)?;
    let words = Some(json!({ "evidence": evidence }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        clock::correct_receipt(conn, ctx, target, received_at, written)
    });
    verb.await
}
