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
    let decision = case.path("rights/access/decision");
    for (decided, reason) in
        [("nothing_held", "something-found"), ("granted", "granted-by-release")]
    {
        let refused = shop.dpo().put(&decision, json!({ "decision": decided })).await.expect(409);
        assert_eq!(refused.json::<Value>()["reason"], reason);
    }
    // Nor does the page offer it.
    let browser = browser(&shop.app, &shop.dpo).await;
    let page = browser.get(&format!("/requests/{}", case.id)).await.expect(200).text();
    assert!(page.contains("value=\"access/refused\""), "{page}");
    for decided in ["granted", "granted_in_part", "nothing_held", "undecided"] {
        assert!(!page.contains(&format!("value=\"access/{decided}\"")), "{decided}: {page}");
    }
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
async fn a_withheld_column_that_has_another_name_now_keeps_the_answer_back() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    let column = json!({
        "extent": "column", "system": "support", "table": "tickets", "column": "body",
    });
    case.withhold(column).await;
    let typed = json!({ "reference": case.reference });
    let release = async |search: &Value| {
        let package = shop.package(&case.id, search, "access", Some("essai")).await;
        let path = format!("packages/{}/release", package["id"].as_str().unwrap());
        shop.dpo().post(&case.path(&path), &typed).await
    };
    run(shop, "support.db", "ALTER TABLE tickets RENAME COLUMN body TO words");
    let renamed = release(&shop.search(&case.id).await).await.expect(409);
    assert_eq!(renamed.json::<Value>()["reason"], "withholding-without-row");
    // A table without rows lets nothing out.
    run(shop, "support.db", "ALTER TABLE tickets RENAME COLUMN words TO body");
    run(shop, "support.db", "DELETE FROM tickets");
    let empty = release(&shop.search(&case.id).await).await;
    assert!(!empty.text().contains("withholding-without-row"), "{}", empty.text());
}

#[actix_web::test]
async fn a_letter_names_what_the_package_withholds_and_is_told_of_what_it_leaves_out() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    case.withhold_all().await;
    let row = case.row_of(&case.search, "canari-note").await;
    case.withhold(json!({ "extent": "row", "row": row })).await;
    let begin = async || {
        let begun = shop.dpo().post(&case.path("letters"), json!({ "letter": "ACCESS" })).await;
        begun.expect(201).json::<Value>()
    };
    let early = begin().await;
    let unsaid = |letter: &Value| {
        let findings = letter["findings"].as_array().unwrap().iter();
        let mut unsaid = findings.filter(|it| it["code"] == "letter-withheld-unsaid");
        unsaid.next().map(|finding| {
            assert_eq!(finding["blocks"], false, "{finding}");
            finding["detail"].as_str().unwrap().to_owned()
        })
    };
    assert_eq!(unsaid(&early), None, "no package withholds anything yet");
    let package = shop.package(&case.id, &case.search, "access", Some("essai")).await;
    // Begun before the package, the letter does not know what the data map withholds.
    let path = case.path(&format!("letters/{}", early["id"].as_str().unwrap()));
    let told = unsaid(&shop.dpo().get(&path).await.expect(200).json()).unwrap();
    assert!(told.contains("shop, customers.password_hash") && !told.contains("tickets"), "{told}");

    let late = begin().await;
    let said = late["content"]["parts"]["withheld"].as_str().unwrap();
    let said: Vec<&str> = said.lines().collect();
    for (place, ground) in [
        ("shop, customers.password_hash (une colonne)", "sécurité"),
        ("shop, customers.churn_score (une colonne)", "secret des affaires"),
        ("support, tickets (une ligne, 2 fois)", "autrui"),
        ("support, tickets.body (une valeur)", "autrui"),
        ("support, tickets.body (un passage)", "autrui"),
    ] {
        let named = |line: &&&str| line.starts_with(place) && line.contains(ground);
        assert_eq!(said.iter().filter(named).count(), 1, "{place}, {ground}: {said:#?}");
    }
    assert_eq!(said.len(), 5, "{said:#?}");
    assert_eq!(unsaid(&late), None);
    let listed = &case.package_now(&package).await["manifest"]["withholdings"];
    assert_eq!(listed.as_array().unwrap().len(), 5, "{listed}");
    assert!(listed.as_array().unwrap().contains(&json!({
        "system": "support", "table": "tickets", "extent": "row", "exemption": "rights_of_others",
        "count": 2,
    })));
    // A country is one of ISO 3166-1, or none.
    let mut content = late["content"].clone();
    content["subject_country"] = json!("ZZ");
    let path = case.path(&format!("letters/{}", late["id"].as_str().unwrap()));
    let refused = shop.dpo().put(&path, content).await.expect(422);
    assert_eq!(refused.problem().1, ["subject_country: letter-country"]);
}

#[actix_web::test]
async fn paper_has_the_values_as_they_are_and_a_mark_where_something_is_withheld() {
    let mut case = Reviewed::new().await;
    let changed = "UPDATE tickets SET body = '=SUM(A1) & <b>' WHERE id = 5;
        UPDATE tickets SET body = NULL WHERE id = 8";
    run(&case.shop, "support.db", changed);
    case.search = case.shop.search(&case.id).await;
    let shop = &case.shop;
    let row = case.row_of(&case.search, "canari-valeur").await;
    case.withhold(json!({ "extent": "value", "row": row, "column": "body" })).await;
    let row = case.row_of(&case.search, "canari-voisin").await;
    let words =
        json!({ "extent": "passage", "row": row, "column": "body", "words": "canari-voisin" });
    case.withhold(words).await;
    let package = shop.package(&case.id, &case.search, "access", Some("essai")).await;
    let id = package["id"].as_str().unwrap();
    let release = case.path(&format!("packages/{id}/release"));
    shop.dpo().post(&release, json!({ "reference": case.reference })).await.expect(200);
    let desk = browser(&shop.app, &shop.dpo).await;
    let page = desk.get(&format!("/requests/{}/packages/{id}/print", case.id)).await.expect(200);
    let page = page.text();
    for shown in [
        "<caption>Assistance – tickets (4 lignes)</caption>",
        "<td>=SUM(A1) &amp; &lt;b&gt;</td>",
        "<td><span class=\"said\">non communiqué",
        "<td>Mon voisin [non communiqué] crie.",
        "<td><span class=\"said\">(",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("'=SUM") && !page.contains("canari-v"), "{page}");
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
    // Nothing that was typed or chosen is lost.
    let mut mistaken = fields("Canari-Voisin").to_vec();
    mistaken[9].1 = "trade_secret".to_owned();
    mistaken.push(("withholding_note", "Le voisin n'est pas partie".to_owned()));
    let wrong = post(&mistaken).await.expect(422).text();
    for kept in [
        "role=\"alert\"",
        "\nCanari-Voisin</textarea>",
        "pas partie</textarea>",
        "<option selected>body</option>",
        "value=\"trade_secret\" selected",
        "<details open>",
    ] {
        assert!(wrong.contains(kept), "{kept}: {wrong}");
    }
    mistaken[7].1 = String::new();
    let row = post(&mistaken).await.expect(422).text();
    assert!(row.contains("does not go with how much"), "a whole row has no words: {row}");
    let column = |column: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("version", version.clone()),
            ("search_id", search.clone()),
            ("system", "support".to_owned()),
            ("table", "tickets".to_owned()),
            ("column", column.to_owned()),
            ("exemption", "security".to_owned()),
        ]
    };
    let refused = post(&column("nowhere")).await.expect(422).text();
    assert!(refused.contains("value=\"security\" selected") && refused.contains("<details open>"));
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
    // Of a newer search, the row may be another: what was typed is shown, to be typed anew.
    shop.search(&case.id).await;
    let other = post(&mistaken).await.expect(422).text();
    assert!(other.contains("You had typed") && other.contains(">Canari-Voisin<"), "{other}");
    // Whoever reads the history alone sees no row.
    let auditor = shop.app.user(&[(shop.controller.id, Role::Auditor)]).await;
    let auditor = browser(&shop.app, &auditor).await;
    auditor.get(&review).await.expect(403);
    auditor.get(&rows).await.expect(403);
}

#[actix_web::test]
async fn words_across_a_line_break_are_withheld_however_the_source_breaks_its_lines() {
    let mut case = Reviewed::new().await;
    let changed = "UPDATE tickets
        SET body = 'Bonjour,' || char(13, 10) || 'canari-voisin' || char(10) || 'crie.' WHERE id = 7";
    run(&case.shop, "support.db", changed);
    case.search = case.shop.search(&case.id).await;
    let shop = &case.shop;
    let desk = browser(&shop.app, &shop.dpo).await;
    let rows = format!("/requests/{}/review/rows?system=support&table=tickets", case.id);
    let page = desk.get(&rows).await.expect(200);
    let action = format!("/requests/{}/withholdings", case.id);
    let csrf = token(&page, &action);
    let value = |name: &str| {
        let rest = page.text();
        let rest = rest.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().to_owned();
        rest.split('"').next().unwrap().to_owned()
    };
    let number = case.row_of(&case.search, "canari-voisin").await.to_string();
    let (version, search) = (value("version"), value("search_id"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("version", version.as_str()),
        ("search_id", search.as_str()),
        ("system", "support"),
        ("table", "tickets"),
        ("row", number.as_str()),
        ("from", "1"),
        ("column", "body"),
        // A browser sends each line break so.
        ("words", "Bonjour,\r\ncanari-voisin\r\ncrie"),
        ("exemption", "rights_of_others"),
    ];
    desk.post_form(&action, &fields).await.expect(303);
    assert_eq!(case.withholdings().await[0]["ranges"], json!([[0, 28]]));
}
