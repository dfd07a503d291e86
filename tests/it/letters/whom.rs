//! To whom a letter goes, and to whom it says that the person may complain.

use guichet::domain::actor::Role;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::support::app::TestApp;
use crate::support::cases::LoggedCase;

/// A case of somebody for whom a lawyer acts.
async fn represented(desk: &Desk, contact: &str, address: Option<&str>) -> LoggedCase {
    let change = |body: &mut Value| {
        body["language"] = json!("en");
        body["representative"] =
            json!({ "name": "Jean Avocat", "capacity": "lawyer", "contact": contact });
        if let Some(address) = address {
            body["subject"]["postal_address"] = json!(address);
        }
    };
    desk.app.log_case(&desk.dpo, &desk.controller, change).await
}

#[actix_web::test]
async fn a_registered_letter_goes_to_the_address_of_whom_it_is_addressed_to() {
    let desk = Desk::new().await;
    let case = represented(&desk, "jean@avocat.example", Some("2 rue d'Ici\n69001 Lyon")).await;
    let (path, _) = desk.draft(&case, "ACK").await;
    let refused = desk.send(&path, "registered_letter").await.expect(422);
    assert_eq!(refused.problem().1, ["delivery: letter-no-address"]);

    let case = represented(&desk, "1 quai de l'Exemple, 75002 Paris", None).await;
    let (path, _) = desk.draft(&case, "ACK").await;
    let sent: Value = desk.send(&path, "registered_letter").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    let to = "Jean Avocat\non behalf of Zoé Martin\n1 quai de l'Exemple\n75002 Paris\n";
    assert!(text.contains(to), "{text}");
    assert!(text.contains("Dear Jean Avocat,") && !text.contains("Dear Zoé"), "{text}");
}

/// A controller of this State with these words for its authority.
async fn desk_of(country: &str, authority: &str) -> Desk {
    let app = TestApp::start().await;
    let change = |row: &mut guichet::db::controllers::Controller| {
        country.clone_into(&mut row.country);
        authority.clone_into(&mut row.authority);
    };
    let controller = app.insert_controller("maison-exemple", change).await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    Desk { app, controller, dpo }
}

#[actix_web::test]
async fn a_refusal_names_the_authority_whole_or_does_not_leave() {
    let content = json!({ "rights": [{ "right": "access", "ground": "excessive_repetitive",
        "reason": "The fourth request since September, and nothing has changed." }] });
    for (country, authority, said) in [
        (
            "FR",
            "-",
            "3 Place de Fontenoy, TSA 80715, 75334 PARIS CEDEX 07, France, https://www.cnil.fr",
        ),
        (
            "GR",
            "Hellenic Data Protection Authority",
            "Kifissias 1 – 3, 115 23 Athens, Greece, https",
        ),
        ("DE", "the authority", ""),
    ] {
        let desk = desk_of(country, authority).await;
        let case = desk.case("en", json!(["access"])).await;
        let path = desk.written(&case, "REFUSE", content.clone()).await;
        let answer = desk.send(&path, "portal").await;
        if said.is_empty() {
            let refused = answer.expect(422);
            assert_eq!(refused.problem().1, ["case.complaint: letter-authority"]);
            // A letter that must leave in time, and may name it, only tells the writer.
            let (_, drafted) = desk.draft(&case, "EXT").await;
            let findings = drafted["findings"].as_array().unwrap();
            let told = findings.iter().find(|it| it["code"] == "letter-authority").unwrap();
            assert_eq!(told["blocks"], false);
        } else {
            let sent: Value = answer.expect(200).json();
            assert!(sent["text"].as_str().unwrap().contains(said), "{sent}");
        }
    }
}
