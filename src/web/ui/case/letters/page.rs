//! The page of one letter: the form with what is missing beside each field, and the letter as it
//! would leave or as it left.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::domain::event::{ExtensionGround, PauseGround};
use crate::domain::exemption::Exemption;
use crate::domain::letter::content::Content;
use crate::domain::letter::lint::Finding;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::letter::{Delivery, Letter, LetterState};
use crate::language::{text, text_with};
use crate::web::letters::sentence;
use crate::web::opened::Opened;
use crate::web::packages::hex;
use crate::web::problem::Problem;
use crate::web::ui::case::Refused;
use crate::web::ui::form::local;
use crate::web::ui::frame::{Frame, page};
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording;
use crate::workflow::letters::document::Document;
use crate::workflow::letters::view::Read;

/// What was typed in a form that was refused.
pub struct Typed {
    pub content: Content,
    pub refused: Refused,
}

#[derive(Template)]
#[template(path = "web/ui/templates/letter.html")]
struct LetterPage<'a> {
    frame: Frame,
    case: String,
    controller: String,
    reference: &'a str,
    letter: Letter,
    id: String,
    version: i64,
    text_version: i64,
    title: String,
    state: String,
    is_draft: bool,
    sent: Option<String>,
    digest: Option<String>,
    parts: Vec<PartView>,
    rights: Vec<RightView>,
    grounds: Vec<(&'static str, String)>,
    extension_grounds: Vec<(&'static str, String)>,
    pauses: Vec<(&'static str, String)>,
    deliveries: Vec<(&'static str, String)>,
    content: &'a Content,
    replied_at: String,
    breaches: Vec<(String, String)>,
    findings: &'a [Finding],
    document: &'a Document,
    refused: Option<&'a Refused>,
}

/// A part that a person writes.
struct PartView {
    name: &'static str,
    label: String,
    value: String,
    anchor: &'static str,
    waivable: bool,
    waived: bool,
}

/// A right that may be refused.
struct RightView {
    name: &'static str,
    label: String,
    chosen: bool,
    ground: &'static str,
    reason: String,
    /// Where the findings of this right stand.
    place: String,
    told_id: String,
}

impl LetterPage<'_> {
    /// What is missing at one field, and at what stands below it.
    fn told_at(&self, place: &str) -> Vec<String> {
        let below = |finding: &&Finding| {
            finding
                .place
                .strip_prefix(place)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let found = self.findings.iter().filter(below);
        found.map(|finding| sentence(finding, self.frame.language)).collect()
    }

    /// What is missing and belongs to no field of the form.
    fn told(&self) -> Vec<String> {
        let places = ["identity", "sending", "text", "letter", "delivery", "rights"];
        let apart = |finding: &&Finding| {
            places.contains(&finding.place.as_str()) || finding.place.starts_with("case.")
        };
        let found = self.findings.iter().filter(apart);
        found.map(|finding| sentence(finding, self.frame.language)).collect()
    }

    /// Whether nothing keeps it from being sent.
    fn is_whole(&self) -> bool {
        !self.findings.iter().any(|finding| finding.blocks)
    }

    fn place(&self, part: &PartView) -> String {
        format!("parts.{}", part.name)
    }

    fn told_id(&self, part: &PartView) -> String {
        format!("told-{}", part.name)
    }

    fn is(&self, name: &str) -> bool {
        self.letter.name() == name
    }

    fn kept(&self, name: &str) -> &str {
        self.refused.map_or("", |refused| refused.form.field(name))
    }

    fn is_extension_ground(&self, name: &str) -> bool {
        self.content.extension_ground.is_some_and(|ground| ground.name() == name)
    }

    fn is_pause_ground(&self, name: &str) -> bool {
        self.content.pause_ground.is_some_and(|ground| ground.name() == name)
    }

    fn is_breach(&self, id: &str) -> bool {
        self.content.breach.is_some_and(|breach| breach.to_string() == id)
    }

    fn country(&self) -> &str {
        self.content.subject_country.as_deref().unwrap_or_default()
    }

    fn day(&self, date: &Option<chrono::NaiveDate>) -> String {
        date.map_or_else(String::new, |date| date.to_string())
    }

    fn names_authority(&self) -> bool {
        self.letter.allows(Placeholder::Complaint)
    }
}

/// The page of a letter.
///
/// # Errors
/// When the template fails.
pub fn answer(
    signed: &SignedPage,
    opened: &Opened,
    read: &Read,
    typed: Option<Typed>,
) -> Result<HttpResponse, Problem> {
    let (language, letter) = (signed.language, read.row.letter);
    let zone = read.case.state.rules.time_zone;
    let content = typed.as_ref().map_or(&read.content, |typed| &typed.content);
    let named = |kind: &str, name: &'static str| (name, wording::named(language, kind, name));
    let sent = read.row.sent_at.zip(read.row.delivery).map(|(at, delivery)| {
        let at = wording::instant(language, at.utc(), zone);
        let delivery = wording::named(language, "letter-delivery", delivery.name());
        text_with(language, "letters-sent", &[("at", &at), ("delivery", &delivery)])
    });
    let mut frame = signed.frame();
    frame.path = format!("/requests/{}/letters/{}", opened.row.id, read.row.id);
    let refused = typed.as_ref().map(|typed| &typed.refused);
    let template = LetterPage {
        frame,
        case: opened.row.id.to_string(),
        controller: opened.row.controller_id.to_string(),
        reference: &opened.row.reference,
        letter,
        id: read.row.id.to_string(),
        version: read.row.version,
        text_version: read.text_version,
        title: text(language, &format!("letter-name-{}", letter.key())),
        state: wording::named(language, "letter-state", read.row.state.name()),
        is_draft: read.row.state == LetterState::Draft,
        sent,
        digest: read.row.sha256.as_deref().map(hex),
        parts: parts(signed, letter, content),
        rights: rights(signed, read, content),
        grounds: Exemption::ALL.iter().map(|it| named("package-exemption", it.code())).collect(),
        extension_grounds: ExtensionGround::ALL
            .iter()
            .map(|it| named("letters-ground", it.name()))
            .collect(),
        pauses: PauseGround::ALL.iter().map(|it| named("pause", it.name())).collect(),
        deliveries: Delivery::ALL.iter().map(|it| named("letter-delivery", it.name())).collect(),
        content,
        replied_at: local(content.replied_at, zone),
        breaches: breaches(signed, read),
        findings: &read.findings,
        document: &read.document,
        refused,
    };
    page(refused.map_or(StatusCode::OK, |refused| refused.status), language, &template)
}

/// What the letter may be about, as the page of the case calls each.
fn breaches(signed: &SignedPage, read: &Read) -> Vec<(String, String)> {
    let zone = read.case.state.rules.time_zone;
    let title = |at| {
        let on = wording::instant(signed.language, at, zone);
        text_with(signed.language, "breach-title", &[("on", &on)])
    };
    read.breaches.iter().map(|(id, at)| (id.to_string(), title(*at))).collect()
}

fn parts(signed: &SignedPage, letter: Letter, content: &Content) -> Vec<PartView> {
    let element = |part| letter.elements().iter().find(|element| element.placeholder == part);
    let view = |part: Placeholder| PartView {
        name: part.name(),
        label: text(signed.language, &format!("letter-part-{}", part.name())),
        value: content.part(part).to_owned(),
        anchor: element(part).map_or("", |element| element.anchor),
        waivable: element(part).is_some_and(|element| element.waivable),
        waived: content.not_applicable.contains(&part),
    };
    letter.parts().map(view).collect()
}

fn rights(signed: &SignedPage, read: &Read, content: &Content) -> Vec<RightView> {
    if !matches!(read.row.letter, Letter::Refusal | Letter::PartialRefusal) {
        return Vec::new();
    }
    let exercised = read.case.state.rights.iter().map(|state| state.exercised.right);
    let view = |right: crate::domain::right::Right| {
        let at = content.rights.iter().position(|refused| refused.right == right);
        let refused = at.and_then(|at| content.rights.get(at));
        RightView {
            name: right.name(),
            label: wording::right(signed.language, right),
            chosen: refused.is_some(),
            ground: refused.and_then(|it| it.ground).map_or("", Exemption::code),
            reason: refused.map_or_else(String::new, |it| it.reason.clone()),
            told_id: format!("told-{}", right.name()),
            place: at.map_or_else(|| "nowhere".to_owned(), |at| format!("rights[{at}]")),
        }
    };
    exercised.map(view).collect()
}
