//! Which word told the person of the answer, and what a mail that fails takes back.

use guichet::db::conn::Conn;
use guichet::db::mails as rows;
use guichet::domain::mail::MailState;
use guichet::worker;
use guichet::workflow::mails::{self, Outcome};
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::support::client::Answer;

/// A case about somebody on file, who was seen.
struct Told {
    shop: Shop,
    path: String,
    id: String,
}

impl Told {
    async fn new() -> Self {
        let shop = Shop::open().await;
        let body = json!({
            "controller_id": shop.controller.id,
            "channel": "web",
            "rights": ["access"],
            "language": "en",
            "subject": {
                "names": ["Zoé Canari"],
                "identifiers": [{ "kind": "email", "value": "zoe.canari@example.org" }],
                "postal_address": "2 rue d'Ici\n69001 Lyon",
            },
        });
        let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
        let id = logged["request"]["id"].as_str().unwrap().to_owned();
        shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
        Self { path: format!("/api/v1/requests/{id}"), shop, id }
    }

    async fn send(&self, letter: &str, delivery: &str) -> Answer {
        let path = format!("{}/letters", self.path);
        let drafted = self.shop.dpo().post(&path, json!({ "letter": letter })).await.expect(201);
        let path = drafted.header("location").unwrap().to_owned();
        let mut content = drafted.json::<Value>()["content"].clone();
        if letter == "REFUSE" {
            content["rights"] = json!([{ "right": "access", "ground": "excessive_repetitive",
                "reason": "The fourth request since September; nothing has changed." }]);
        }
        self.shop.dpo().put(&path, content).await.expect(200);
        let sending = json!({ "delivery": delivery });
        self.shop.dpo().post(&format!("{path}/sending"), sending).await
    }

    /// The mail server takes none of the notices that wait.
    async fn refuse_notices(&self) {
        let code = "smtp-550".to_owned();
        self.settle(Outcome::Failed { state: MailState::Refused, code }).await;
    }

    /// It takes them.
    async fn send_notices(&self) {
        self.settle(Outcome::Sent).await;
    }

    async fn settle(&self, outcome: Outcome) {
        let app = &self.shop.app.app;
        self.shop.app.advance(chrono::Duration::minutes(1));
        worker::drain(app).await.unwrap();
        let id = self.id.parse().unwrap();
        let waiting = app.read(move |conn| Ok(rows::of_request(conn, id)?)).await.unwrap();
        let waiting: Vec<_> =
            waiting.into_iter().filter(|mail| mail.state == MailState::Waiting).collect();
        assert!(!waiting.is_empty());
        for mail in waiting {
            let (ctx, outcome) = (self.shop.app.ctx(), outcome.clone());
            let settle = move |conn: &mut Conn| mails::settle(conn, &ctx, mail.id, &outcome);
            app.write(settle).await.unwrap();
        }
    }

    /// The status, and whether the case has not ended.
    async fn status(&self) -> (String, bool) {
        let case: Value = self.shop.dpo().get(&self.path).await.expect(200).json();
        (case["status"].as_str().unwrap().to_owned(), case["ended_at"].is_null())
    }
}

#[actix_web::test]
async fn d_11_an_answer_on_paper_stays_when_the_notice_of_another_letter_fails() {
    let case = Told::new().await;
    case.send("ACK", "portal").await.expect(200);
    case.send("REFUSE", "counter").await.expect(200);
    assert_eq!(case.status().await, ("answered".to_owned(), false));
    case.refuse_notices().await;
    assert_eq!(case.status().await, ("answered".to_owned(), false));
    let ground = json!({ "ground": "answered" });
    case.shop.dpo().post(&format!("{}/closing", case.path), ground).await.expect(200);
    case.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn d_11_a_letter_that_answers_nothing_tells_nobody_of_an_answer_that_came_back() {
    let case = Told::new().await;
    case.send("REFUSE", "portal").await.expect(200);
    assert_eq!(case.status().await, ("answered".to_owned(), false));
    case.refuse_notices().await;
    assert_eq!(case.status().await, ("in_review".to_owned(), true));
    case.send("ACK", "counter").await.expect(200);
    assert_eq!(case.status().await, ("in_review".to_owned(), true));
    case.send("REFUSE", "counter").await.expect(200);
    assert_eq!(case.status().await, ("answered".to_owned(), false));
    case.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn d_11_a_message_that_tells_of_a_refusal_counts_once_its_notice_went() {
    let case = Told::new().await;
    let refused = json!({ "decision": "refused", "ground": "excessive_repetitive",
        "reason": "The fourth request since September." });
    let decision = format!("{}/rights/access/decision", case.path);
    case.shop.dpo().put(&decision, refused).await.expect(200);
    let write = async |words: &str| {
        let message = json!({ "message": words });
        case.shop.dpo().post(&format!("{}/messages", case.path), message).await.expect(200);
    };
    write("We refuse, and say why.").await;
    assert_eq!(case.status().await, ("answered".to_owned(), false));
    case.refuse_notices().await;
    assert_eq!(case.status().await, ("in_review".to_owned(), true));
    let ground = json!({ "ground": "answered" });
    let closing = format!("{}/closing", case.path);
    case.shop.dpo().post(&closing, ground).await.expect(422);
    // Written again, and sent: that of another message, later, takes nothing back.
    write("We refuse, and say why.").await;
    case.send_notices().await;
    assert_eq!(case.status().await, ("answered".to_owned(), false));
    write("Our office is closed on Monday.").await;
    case.refuse_notices().await;
    assert_eq!(case.status().await, ("answered".to_owned(), false));
    case.shop.app.assert_replays().await;
}
