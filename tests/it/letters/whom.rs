//! To whom a letter goes.

use serde_json::{Value, json};

use super::desk::Desk;
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
