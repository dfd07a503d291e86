//! The review at a desk: in the letters that a person writes, and in a browser.

use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use super::{CANARIES, Reviewed, run};
use crate::pages::browser;
use crate::support::visit::token;

#[actix_web::test]
async fn a_letter_names_what_is_withheld_with_its_ground_and_nothing_of_what_it_says() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    case.withhold_all().await;
    for letter in ["ACCESS", "REFUSE-P"] {
        let begun = shop.dpo().post(&case.path("letters"), json!({ "letter": letter })).await;
        let begun: Value = begun.expect(201).json();
        let content = begun["content"].to_string();
        for named in ["support, tickets.body (un passage)", "une ligne", "secret des affaires"] {
            assert!(content.contains(named), "{letter}, {named}: {content}");
        }
        for canary in CANARIES.into_iter().chain(["canari-motif"]) {
            assert!(!content.contains(canary), "{letter}, {canary}: {content}");
        }
    }
}

#[actix_web::test]
async fn nobody_is_told_that_nothing_is_held_where_rows_were_found() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    let begun = shop.dpo().post(&case.path("letters"), json!({ "letter": "ACCESS" })).await;
    let letter = begun.expect(201).header("location").unwrap().to_owned();
    let parts = json!({ "findings": "Rien à votre nom dans la boutique ni au support." });
    let negative = json!({ "nothing_held": true, "parts": parts });
    let found: Value = shop.dpo().put(&letter, negative).await.expect(200).json();
    let blocks = |code: &str| {
        let findings = found["findings"].as_array().unwrap().iter();
        findings.filter(|it| it["blocks"] == true).any(|it| it["code"] == code)
    };
    assert!(blocks("letter-something-found"), "{found}");
    let sending = json!({ "delivery": "portal" });
    let refused = shop.dpo().post(&format!("{letter}/sending"), sending).await.expect(422);
    let told = "nothing_held: letter-something-found".to_owned();
    assert!(refused.problem().1.contains(&told), "{:?}", refused.problem());
}

#[actix_web::test]
async fn what_was_withheld_and_is_found_no_more_keeps_the_answer_back() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    case.withhold_all().await;
    run(shop, "support.db", "DELETE FROM tickets WHERE id = 8");
    let search = shop.search(&case.id).await;
    let package = shop.package(&case.id, &search, "access", Some("essai")).await;
    let release = case.path(&format!("packages/{}/release", package["id"].as_str().unwrap()));
    let typed = json!({ "reference": case.reference });
    let refused = shop.dpo().post(&release, &typed).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "withholding-without-row");
    let all = case.withholdings().await;
    let lost = all.iter().find(|one| one["without_row"] == true).unwrap();
    let path = case.path(&format!("withholdings/{}", lost["id"].as_str().unwrap()));
    shop.dpo().delete(&path).await.expect(200);
    worker::drain(&shop.app.app).await.unwrap();
    shop.dpo().post(&release, &typed).await.expect(200);
}

#[actix_web::test]
async fn in_a_browser_rows_are_read_and_withheld_and_taken_back() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    shop.package(&case.id, &case.search, "access", Some("essai")).await;
    let desk = browser(&shop.app, &shop.dpo).await;
    let review = format!("/requests/{}/review", case.id);
    let rows = format!("{review}/rows?system=support&table=tickets");
    let page = desk.get(&review).await.expect(200).text();
    assert!(page.contains("system=support&#38;table=tickets"), "{page}");
    let page = desk.get(&rows).await.expect(200);
    assert!(page.text().contains("Mon voisin canari-voisin crie."), "{}", page.text());
    let action = format!("/requests/{}/withholdings", case.id);
    let value = |page: &str, name: &str| {
        let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let csrf = token(&page, &action);
    let number = case.row_of(&case.search, "canari-voisin").await.to_string();
    let version = value(&page.text(), "version");
    let search = value(&page.text(), "search_id");
    let fields = |words: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("version", version.clone()),
            ("search_id", search.clone()),
            ("system", "support".to_owned()),
            ("table", "tickets".to_owned()),
            ("row", number.clone()),
            ("from", "1".to_owned()),
            ("column", "body".to_owned()),
            ("words", words.to_owned()),
            ("exemption", "rights_of_others".to_owned()),
        ]
    };
    let post = async |fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        desk.post_form(&action, &fields).await
    };
    let wrong = post(&fields("Canari-Voisin")).await.expect(422);
    assert!(wrong.text().contains("role=\"alert\""), "{}", wrong.text());
    let done = post(&fields("canari-voisin")).await.expect(303);
    let back = "/review/rows?system=support&table=tickets&from=1";
    assert!(done.header("location").unwrap().ends_with(back), "{:?}", done.header("location"));
    post(&fields("crie")).await.expect(409);
    worker::drain(&shop.app.app).await.unwrap();
    let page = desk.get(&review).await.expect(200);
    assert!(page.text().contains("support: tickets.body (id = 7)"), "{}", page.text());
    let held = case.withholdings().await;
    let take_back = format!("{action}/{}", held[0]["id"].as_str().unwrap());
    let csrf = token(&page, &take_back);
    let version = value(&page.text(), "version");
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str())];
    desk.post_form(&take_back, &fields).await.expect(303);
    assert_eq!(case.withholdings().await[0]["state"], "taken_back");
    // Whoever reads the history alone sees no row.
    let auditor = shop.app.user(&[(shop.controller.id, Role::Auditor)]).await;
    let auditor = browser(&shop.app, &auditor).await;
    auditor.get(&review).await.expect(403);
    auditor.get(&rows).await.expect(403);
}
