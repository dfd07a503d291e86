//! Every letter in both languages, on one fixed case, word for word.

use chrono::{DateTime, Utc};
use guichet::db::column::Instant;
use guichet::db::controllers::Controller;
use guichet::domain::event::{Event, ExtensionGround, PauseGround, Rules, SentMessage};
use guichet::domain::exemption::Exemption;
use guichet::domain::history::{Entry, RequestState, replay};
use guichet::domain::identity::{LEAST, Level, Method};
use guichet::domain::ids::{BreachId, ControllerId, Id, PackageId};
use guichet::domain::letter::Letter;
use guichet::domain::letter::content::{Content, RefusedRight};
use guichet::domain::letter::facts::Facts;
use guichet::domain::letter::lint::{Draft, lint};
use guichet::domain::letter::placeholder::Placeholder;
use guichet::domain::request::{Channel, Decision, Exercised};
use guichet::domain::right::Right;
use guichet::language::Language;
use guichet::workflow::letters::document::{proposed, write};
use guichet::workflow::letters::values::{Parties, Writing, standard_text};
use guichet::workflow::subject::Subject;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn controller() -> Controller {
    Controller {
        id: ControllerId::from_uuid("019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a01".parse().unwrap()),
        slug: "maison-exemple".to_owned(),
        name: "Maison Exemple SAS".to_owned(),
        address: "1 rue de l'Exemple, 75002 Paris".to_owned(),
        country: "FR".to_owned(),
        contact: "dpo@maison.example".to_owned(),
        authority: "CNIL".to_owned(),
        language: Language::Fr,
        regime: "EU-GDPR".to_owned(),
        calendar: "FR".to_owned(),
        roll_over: true,
        time_zone: "Europe/Paris".to_owned(),
        wrapped_key: Vec::new(),
        version: 1,
        created_at: Instant::from(at("2026-11-23T09:00:00Z")),
        mail_from: None,
        mail_reply_to: None,
        mail_name: None,
        four_eyes: false,
        least_level: LEAST,
    }
}

/// Received on Monday 23 November 2026.
fn state(letter: Letter) -> RequestState {
    state_under(letter, "EU-GDPR", "FR")
}

fn state_under(letter: Letter, regime: &str, calendar: &str) -> RequestState {
    let rules = Rules {
        regime: regime.to_owned(),
        calendar: calendar.to_owned(),
        calendar_version: "1".to_owned(),
        time_zone: chrono_tz::Europe::Paris,
        roll_over: true,
        days: Vec::new(),
    };
    let rights = [Right::Access, Right::Portability];
    let mut events = vec![Event::RequestLogged {
        channel: Channel::Web,
        rights: rights.map(|right| Exercised { right, against: None }).to_vec(),
        received_at: at("2026-11-23T09:00:00Z"),
        rules,
        represented: false,
        minor: false,
    }];
    if letter.tells_of_data() {
        events.push(Event::IdentityDecided {
            level: Some(Level::V1),
            methods: vec![Method::InPerson],
            doubt: false,
            awaits_confirmation: false,
        });
    }
    match letter {
        Letter::ClockResumed | Letter::ClosedWithoutReply => events.push(Event::RequestPaused {
            ground: PauseGround::Identity,
            message: SentMessage { sent_at: at("2026-11-24T09:00:00Z"), channel: Channel::Web },
            contestable: false,
        }),
        Letter::AccessResponse | Letter::PortabilityDelivery => {
            let package = PackageId::from_uuid(uuid::Uuid::nil());
            let decision = Decision::Granted;
            events.extend(rights.map(|right| Event::PackageReleased { package, right, decision }));
        }
        Letter::PartialRefusal => events.push(Event::PackageReleased {
            package: PackageId::from_uuid(uuid::Uuid::nil()),
            right: Right::Access,
            decision: Decision::GrantedInPart,
        }),
        _ => {}
    }
    let entries: Vec<Entry> = events
        .into_iter()
        .map(|event| Entry { at: at("2026-11-24T09:00:00Z"), actor: "worker".to_owned(), event })
        .collect();
    replay(&entries).unwrap()
}

fn content(language: Language, letter: Letter) -> Content {
    let mut content = Content::default();
    for part in letter.parts().filter(|part| *part != Placeholder::Again) {
        content
            .parts
            .insert(part, format!("<b>{}</b> of this case,\nand {{{{7*7}}}} & more", part.name()));
    }
    content.parts.extend(proposed(language, letter, "…"));
    match letter {
        Letter::Refusal | Letter::PartialRefusal => {
            content.subject_country = Some("IE".to_owned());
            content.rights.push(RefusedRight {
                right: Right::Access,
                ground: Some(Exemption::ExcessiveRepetitive),
                reason: "The fourth request since September.".to_owned(),
            });
        }
        Letter::Extension => content.extension_ground = Some(ExtensionGround::Complexity),
        Letter::ClockResumed => {
            content.pause_ground = Some(PauseGround::Identity);
            content.replied_at = Some(at("2026-11-27T09:00:00Z"));
        }
        Letter::ClosedWithoutReply => content.reminded_on = "2026-12-04".parse().ok(),
        Letter::BreachInformation => content.breach = Some(BreachId::from_uuid(uuid::Uuid::nil())),
        Letter::AccessResponse => {
            content.parts.remove(&Placeholder::Withheld);
            content.not_applicable.insert(Placeholder::Withheld);
        }
        _ => {}
    }
    content
}

#[test]
fn every_letter_in_both_languages() {
    let controller = controller();
    let subject: Subject = serde_json::from_value(serde_json::json!({
        "names": ["Zoé Müller-Ünal"],
        "identifiers": [],
        "postal_address": "2 rue d'Ici\n69001 Lyon",
        "words": "",
    }))
    .unwrap();
    let parties =
        Parties { controller: &controller, subject: &subject, reference: "DSR-7K4M-2P9X" };
    for letter in Letter::ALL {
        for language in [Language::Fr, Language::En] {
            let content = content(language, *letter);
            let now = match letter {
                Letter::ClosedWithoutReply => at("2026-12-28T09:00:00Z"),
                _ => at("2026-11-30T09:00:00Z"),
            };
            let facts = Facts::of(&state(*letter), (*letter, &content), now).unwrap();
            let writing = Writing {
                language,
                letter: *letter,
                content: &content,
                facts: &facts,
                parties: &parties,
            };
            let values = writing.values();
            let text = standard_text(language, *letter);
            let draft = Draft {
                letter: *letter,
                text: &text,
                content: &content,
                values: &values,
                facts: &facts,
            };
            let missing: Vec<_> = lint(&draft).into_iter().filter(|it| it.blocks).collect();
            assert_eq!(missing, [], "{}", letter.name());
            let written = write(&writing, &text, &values).text();
            let name = format!("{}_{}", letter.key(), language.code());
            insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots/letters" }, {
                insta::assert_snapshot!(name, written);
            });
        }
    }
}

/// What a letter says under another law than the GDPR of the EU.
fn said_under(regime: &str, country: &str, calendar: &str, letter: Letter) -> String {
    said_of(&state_under(letter, regime, calendar), country, letter)
}

/// What a letter of 30 November says of a case.
fn said_of(state: &RequestState, country: &str, letter: Letter) -> String {
    let mut controller = controller();
    country.clone_into(&mut controller.country);
    "Agency of the settings".clone_into(&mut controller.authority);
    let subject = serde_json::json!({ "names": [], "identifiers": [], "words": "" });
    let subject: Subject = serde_json::from_value(subject).unwrap();
    let parties = Parties { controller: &controller, subject: &subject, reference: "R" };
    let content = content(Language::En, letter);
    let now = at("2026-11-30T09:00:00Z");
    let facts = Facts::of(state, (letter, &content), now).unwrap();
    let language = Language::En;
    let writing = Writing { language, letter, content: &content, facts: &facts, parties: &parties };
    write(&writing, &standard_text(language, letter), &writing.values()).text()
}

#[test]
fn the_authority_is_the_one_that_the_controller_wrote_and_that_of_the_person() {
    let said = |authority: &str, country: &str| {
        let mut controller = controller();
        authority.clone_into(&mut controller.authority);
        let subject = serde_json::json!({ "names": [], "identifiers": [], "words": "" });
        let subject: Subject = serde_json::from_value(subject).unwrap();
        let parties = Parties { controller: &controller, subject: &subject, reference: "R" };
        let (language, letter) = (Language::En, Letter::Refusal);
        let mut content = content(language, letter);
        content.subject_country = Some(country.to_owned());
        let facts =
            Facts::of(&state(letter), (letter, &content), at("2026-11-30T09:00:00Z")).unwrap();
        let writing =
            Writing { language, letter, content: &content, facts: &facts, parties: &parties };
        let (text, values) = (standard_text(language, letter), writing.values());
        let draft =
            Draft { letter, text: &text, content: &content, values: &values, facts: &facts };
        let told = lint(&draft).iter().any(|it| it.code == "letter-authorities");
        (write(&writing, &text, &values).text(), told)
    };
    // An address that the controller wrote stands as it was written.
    let (own, told) = said("CNIL, 8 rue Vivienne, 75002 Paris", "FR");
    assert!(own.contains("authority: CNIL, 8 rue Vivienne, 75002 Paris, https"), "{own}");
    assert!(!own.contains("Fontenoy") && !told, "{own}");
    let (listed, _) = said("CNIL", "FR");
    assert!(listed.contains("https://www.cnil.fr/fr/plaintes"), "{listed}");
    // Of a State with several authorities the letter says so, and how to find the one that is meant.
    let (several, told) = said("CNIL", "DE");
    assert!(several.contains("has several authorities, mostly one for each region"), "{several}");
    assert!(several.contains("Graurheindorfer Str. 153, 53117 Bonn") && told, "{several}");
    assert!(!listed.contains("several authorities"), "{listed}");
}

#[test]
fn the_law_of_the_case_chooses_the_sentences() {
    use Letter::{Acknowledgement, ClarificationRequest, IdentityRequest, Refusal};
    for (regime, country, calendar, letter, said, unsaid) in [
        ("UK-GDPR", "GB", "GB-ENG", IdentityRequest, "begins when we receive", "stands still"),
        ("UK-GDPR", "GB", "GB-ENG", ClarificationRequest, "do not count towards", "stands still"),
        ("UK-GDPR", "GB", "GB-ENG", Refusal, "also complain to us directly", "Article 77"),
        ("US-CA-CCPA", "US", "US", IdentityRequest, "goes on", "stands still"),
        ("US-CA-CCPA", "US", "US", Acknowledgement, "The time for our answer runs", "doubt who"),
        ("US-CA-CCPA", "US", "US", Refusal, "authority: Agency of the settings.", "Article 79"),
        ("EU-GDPR", "DE", "DE", Refusal, "authority: Agency of the settings.", "directly"),
        ("EU-GDPR", "DE", "DE", Refusal, "Article 77", "Commission Nationale"),
        ("EU-GDPR", "DE", "DE", Refusal, "Irish Data Protection Commission", "directly"),
        ("CH-FADP", "CH", "CH", Refusal, "before the courts.", "Irish"),
    ] {
        let text = said_under(regime, country, calendar, letter);
        assert!(text.contains(said), "{regime}: {said}: {text}");
        assert!(!text.contains(unsaid), "{regime}: {unsaid}: {text}");
        assert!(text.contains("Dear Sir or Madam,"), "{text}");
    }
}

#[test]
fn a_question_while_the_clock_stands_still_names_the_day_on_which_that_began() {
    use Letter::{ClarificationRequest, IdentityRequest};
    use PauseGround::{Clarification, Fee, Identity};
    let anew = "stands still from today, 30 November 2026";
    let since = "has stood still since 25 November 2026";
    let uk_anew = "The days from today, 30 November 2026";
    let uk_since = "The days since 25 November 2026, when we asked you first";
    for (regime, calendar, letter, open, said) in [
        ("EU-GDPR", "FR", IdentityRequest, None, anew),
        ("EU-GDPR", "FR", IdentityRequest, Some(Identity), since),
        ("EU-GDPR", "FR", ClarificationRequest, Some(Identity), since),
        // A fee stops no clock in the EU.
        ("EU-GDPR", "FR", IdentityRequest, Some(Fee), anew),
        ("UK-GDPR", "GB-ENG", ClarificationRequest, None, uk_anew),
        ("UK-GDPR", "GB-ENG", ClarificationRequest, Some(Clarification), uk_since),
        ("UK-GDPR", "GB-ENG", ClarificationRequest, Some(Identity), uk_anew),
    ] {
        let mut state = state_under(letter, regime, calendar);
        if let Some(ground) = open {
            state.ask(ground, at("2026-11-25T09:00:00Z"));
        }
        let text = said_of(&state, "FR", letter);
        assert!(text.contains(said), "{regime} {open:?}: {said}: {text}");
        for other in [anew, since, uk_anew, uk_since].into_iter().filter(|other| *other != said) {
            assert!(!text.contains(other), "{regime} {open:?}: {other}: {text}");
        }
    }
}
