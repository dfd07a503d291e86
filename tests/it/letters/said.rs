//! What is written to somebody unknown tells nothing, in letters and in messages; and what is printed
//! can be read whole.

use guichet::domain::letter::Letter;
use guichet::domain::letter::lint::telling::telling_words;
use guichet::language::Language;
use guichet::workflow::letters::document::proposed;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::pages::browser;
use crate::support::visit::token;

const TELLS: &str =
    "Vous êtes client chez nous depuis 2019 et nous détenons 412 enregistrements à votre nom.";

#[test]
fn what_a_draft_proposes_for_somebody_unknown_tells_nothing() {
    let mut read = 0;
    for letter in Letter::ALL.iter().filter(|letter| !letter.tells_of_data()) {
        for language in [Language::Fr, Language::En] {
            let rights = "droit d'accès (article 15 du RGPD)";
            for (part, words) in proposed(language, *letter, rights) {
                assert_eq!(telling_words(&words), None, "{part:?}: {words}");
                read += 1;
            }
        }
    }
    assert!(read >= 10, "{read}");
}

/// What only letters say that nobody unknown may read.
const OF_KNOWN: [&str; 10] = [
    "letter-text-clar",
    "letter-text-access",
    "letter-text-port",
    "letter-text-refuse-p",
    "letter-text-breach-p",
    "letter-rights-information",
    "letter-everything",
    "letter-proposed-scope",
    "letter-proposed-excluded",
    "letter-part-volume",
];

#[test]
fn the_standard_letters_tell_nothing() {
    let root = env!("CARGO_MANIFEST_DIR");
    let (mut read, mut wrong) = (0, Vec::new());
    for language in ["fr", "en"] {
        let path = format!("{root}/src/language/texts/{language}/letters.ftl");
        let texts = std::fs::read_to_string(path).unwrap();
        // A text that goes on in the next line is set in there.
        for text in texts.replace("\n\n    ", "\n    ").replace("\n    ", "\u{1}").lines() {
            let Some((key, words)) = text.split_once('=') else { continue };
            if key.starts_with('#') || OF_KNOWN.contains(&key.trim()) {
                continue;
            }
            let words = words.replace('\u{1}', "\n\n").replace("{ $", "").replace(" }", "");
            read += 1;
            if let Some(told) = telling_words(&words) {
                wrong.push(format!("{language} {key}: {told:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read > 250, "{read}");
}

#[actix_web::test]
async fn a_letter_to_somebody_unknown_tells_nothing_in_any_part() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    for (letter, part) in [("IDREQ", "doubt"), ("ACK", "understood"), ("NOID", "demonstration")] {
        let path = desk.written(&case, letter, json!({ "parts": { (part): TELLS } })).await;
        let refused = desk.send(&path, "portal").await.expect(422).problem().1;
        assert!(refused.contains(&format!("parts.{part}: letter-tells")), "{letter}: {refused:?}");
    }
    desk.identify(&case).await;
    let path = desk.written(&case, "ACK", json!({ "parts": { "understood": TELLS } })).await;
    desk.send(&path, "portal").await.expect(200);
}

#[actix_web::test]
async fn a_message_to_somebody_unknown_tells_nothing() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    let refused = desk.client().verb(&case, "messages", json!({ "message": TELLS })).await;
    let refused = refused.expect(422);
    assert_eq!(refused.problem().1, ["message: message-tells"]);
    let body: Value = refused.json();
    let detail = body["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("“you … ") || detail.contains("“vous … "), "{detail}");

    let staff = browser(&desk.app, &desk.dpo).await;
    let address = format!("/requests/{}", case.id);
    let page = staff.get(&address).await.expect(200);
    let csrf = token(&page, &format!("{address}/messages"));
    let page = page.text();
    let version = page.split("name=\"version\" value=\"").nth(1).unwrap();
    let version = version.split('"').next().unwrap();
    let fields = [("csrf", csrf.as_str()), ("version", version), ("message", TELLS)];
    let refused = staff.post_form(&format!("{address}/messages"), &fields).await.expect(422);
    assert!(refused.text().contains("412 enregistrements"), "what was typed stands there still");
    assert_eq!(desk.kinds(&case).await, ["RequestLogged"]);

    // A message has no draft to be looked at again: what may tell passes, as what tells nothing does.
    for words in ["Votre dossier est suivi par une collègue.", "Nous lisons votre demande."] {
        let sent = desk.client().verb(&case, "messages", json!({ "message": words })).await;
        sent.expect(200);
    }
    desk.identify(&case).await;
    desk.client().verb(&case, "messages", json!({ "message": TELLS })).await.expect(200);
}

#[actix_web::test]
async fn an_address_is_printed_whole_or_not_at_all() {
    let desk = Desk::new().await;
    let (mut sent, mut classes) = (Vec::new(), Vec::new());
    for lines in [3, 8, 14] {
        let address = vec!["Bâtiment C"; lines].join("\n");
        let change = |body: &mut Value| body["subject"]["postal_address"] = json!(address);
        let case = desk.app.log_case(&desk.dpo, &desk.controller, change).await;
        let (path, drafted) = desk.draft(&case, "ACK").await;
        let told = drafted["findings"].to_string().contains("letter-address-long");
        assert_eq!(told, lines == 14, "{drafted}");
        let answer = desk.send(&path, "registered_letter").await;
        sent.push(if answer.status == 200 { vec![] } else { answer.problem().1 });
        let staff = browser(&desk.app, &desk.dpo).await;
        let path = path.replace("/api/v1", "");
        let print = staff.get(&format!("{path}/print")).await.expect(200).text();
        classes.push(print.contains("class=\"window right small\""));
        assert_eq!(print.matches("<span>Bâtiment C</span>").count(), lines);
    }
    let long = "delivery: letter-address-long".to_owned();
    assert_eq!(sent, [vec![], vec![], vec![long]]);
    assert_eq!(classes, [false, true, true]);
}

#[actix_web::test]
async fn nothing_that_cannot_be_seen_stands_in_a_letter() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    for hidden in ["\u{202e}", "\u{2066}", "\u{200b}", "\u{ad}"] {
        let (path, drafted) = desk.draft(&case, "ACK").await;
        let mut content = drafted["content"].clone();
        content["parts"]["understood"] =
            json!(format!("Vous demandez{hidden} un accès.\n\tVoilà."));
        let refused = desk.client().put(&path, &content).await.expect(422);
        assert_eq!(refused.problem().1, ["parts.understood: control-character"], "{hidden:?}");
        content["parts"]["understood"] = json!("Vous demandez un accès.\n\tVoilà.");
        desk.client().put(&path, &content).await.expect(200);
        let text = format!("/api/v1/controllers/{}/letter-texts/CLOSE-W/fr", desk.controller.id);
        let words = json!({ "text": format!("{{withdrawn}} {hidden} {{reopening}}") });
        let refused = desk.client().put(&text, words).await.expect(422);
        assert_eq!(refused.problem().1, ["text: control-character"], "{hidden:?}");
    }
}
