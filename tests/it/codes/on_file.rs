//! Who is on file, and what nobody outside may see of that.

use std::collections::HashSet;

use chrono::Duration;
use guichet::db::codes::CodeRow;
use guichet::db::conn::Conn;
use guichet::domain::code::CodeState;
use guichet::worker;
use serde_json::{Value, json};

use super::{CASE, Scene, ask, kinds, log, scene, sent, tasks, token_of, type_code};
use crate::collection::shop::Shop;
use crate::support::visit::{PLACE, token, visitor};

#[actix_web::test]
async fn e_01_nobody_on_file_looks_the_same_and_makes_a_task() {
    let known = scene("zoe.canari@example.org").await;
    let (unknown, reference, receipt) = log(&known.shop, "nobody@example.org").await;
    let shop = &known.shop;
    let mut pages = HashSet::new();
    for (reference, receipt) in [(&known.reference, &known.receipt), (&reference, &receipt)] {
        let person = visitor(&shop.app, reference, receipt).await;
        let asked = ask(&person).await.expect(303);
        let mut shown = format!("{:?} {}", asked.header("location"), asked.text());
        // Before the engine room has looked, and after.
        for _ in 0..2 {
            let page = person.get(CASE).await.expect(200);
            let csrf = token(&page, &format!("{PLACE}/code"));
            shown += &page.text().replace(&csrf, "TOKEN").replace(reference.as_str(), "REFERENCE");
            worker::drain(&shop.app.app).await.unwrap();
        }
        let wrong = type_code(&person, "0000 0000").await.expect(422);
        let csrf = token(&wrong, &format!("{PLACE}/code"));
        shown += &wrong.text().replace(&csrf, "TOKEN").replace(reference.as_str(), "REFERENCE");
        pages.insert(shown);
    }
    assert_eq!(pages.len(), 1, "{pages:#?}");
    assert_eq!(sent(shop).await.len(), 1);
    assert_eq!(tasks(shop).await, ["find_contact nobody"]);
    let unknown = Scene { id: unknown, reference, receipt, shop: known.shop };
    // Whatever reads the history takes as long for the one as for the other.
    assert_eq!(kinds(&unknown).await, ["RequestLogged", "CodeNotSent"]);
    let known = Scene {
        id: known.id,
        reference: known.reference,
        receipt: known.receipt,
        shop: unknown.shop,
    };
    assert_eq!(kinds(&known).await, ["RequestLogged", "CodeSent"]);
    known.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn e_04_logging_a_request_writes_to_nobody_known_or_not() {
    let known = scene("zoe.canari@example.org").await;
    log(&known.shop, "nobody@example.org").await;
    assert!(sent(&known.shop).await.is_empty());
    assert!(tasks(&known.shop).await.is_empty());
}

#[actix_web::test]
async fn s_13_an_address_that_differs_between_systems_goes_to_a_person() {
    let scene = scene("zoe.canari@example.org").await;
    let path = scene.shop.app.config().allowed.directories[0].join("shop.db");
    let add = "INSERT INTO customers VALUES (3, 'Zoe.Canari@example.org ', 'Zoé', 'x', 0);
               UPDATE customers SET email = 'zoe.canari@example.org, other@example.org' WHERE id = 1";
    rusqlite::Connection::open(path).unwrap().execute_batch(add).unwrap();
    let (_, reference, receipt) = {
        let body = json!({
            "controller_id": scene.shop.controller.id,
            "channel": "web",
            "rights": ["access"],
            "subject": { "identifiers": [{ "kind": "customer_no", "value": "1" }] },
        });
        let logged: Value =
            scene.shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
        let text = |place: &str| logged.pointer(place).unwrap().as_str().unwrap().to_owned();
        (text("/request/id"), text("/request/reference"), text("/receipt_secret"))
    };
    let person = visitor(&scene.shop.app, &reference, &receipt).await;
    ask(&person).await.expect(303);
    assert!(sent(&scene.shop).await.is_empty());
    assert_eq!(tasks(&scene.shop).await, ["find_contact several"]);
}

#[actix_web::test]
async fn what_waits_in_the_portal_is_told_to_the_contact_on_file_and_says_nothing_else() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, id, reference, receipt } = &scene;
    let path = format!("/api/v1/requests/{id}/messages");
    let body = json!({ "message": "Avez-vous déménagé ?" });
    shop.dpo().post(&path, body).await.expect(200);
    let mails = sent(shop).await;
    let [(to, text)] = mails.as_slice() else {
        panic!("{} mails", mails.len());
    };
    assert_eq!(to, "zoe.canari@example.org");
    assert!(text.contains("/t/maison-exemple/fr/"), "{text}");
    for told in ["Zoé", "Canari", "déménagé", reference.as_str(), receipt.as_str()] {
        assert!(!text.contains(told), "{told}: {text}");
    }
    // Where nobody is on file, nobody is written to.
    let (id, ..) = log(shop, "nobody@example.org").await;
    let path = format!("/api/v1/requests/{id}/messages");
    shop.dpo().post(&path, json!({ "message": "Bonjour" })).await.expect(200);
    assert_eq!(sent(shop).await.len(), 1);
}

#[actix_web::test]
async fn s_13_a_household_that_shares_an_address_goes_to_a_person() {
    let scene = scene("zoe.canari@example.org").await;
    let path = scene.shop.app.config().allowed.directories[0].join("shop.db");
    let add = "INSERT INTO customers VALUES (3, 'zoe.canari@example.org', 'Luc Canari', 'x', 0)";
    rusqlite::Connection::open(path).unwrap().execute_batch(add).unwrap();
    let person = visitor(&scene.shop.app, &scene.reference, &scene.receipt).await;
    ask(&person).await.expect(303);
    assert!(sent(&scene.shop).await.is_empty());
    assert_eq!(tasks(&scene.shop).await, ["find_contact several"]);
}

#[actix_web::test]
async fn e_01_guesses_are_counted_alike_where_no_code_was_sent() {
    let known = scene("zoe.canari@example.org").await;
    let shop = &known.shop;
    let (_, reference, receipt) = log(shop, "nobody@example.org").await;
    let mut seen: Vec<Vec<String>> = Vec::new();
    for (reference, receipt) in [(&known.reference, &known.receipt), (&reference, &receipt)] {
        let person = visitor(&shop.app, reference, receipt).await;
        ask(&person).await.expect(303);
        worker::drain(&shop.app.app).await.unwrap();
        let mut shown = Vec::new();
        for _ in 0..6 {
            shown.push(type_code(&person, "0000 0000").await.expect(422).text());
        }
        shown.push(person.get(CASE).await.expect(200).text());
        shop.app.advance(Duration::minutes(10));
        shown.push(person.get(CASE).await.expect(200).text());
        let csrf = token_of(&person).await;
        let own = |text: String| text.replace(reference, "REFERENCE").replace(&csrf, "TOKEN");
        seen.push(shown.into_iter().map(own).collect());
    }
    // Every page is the same for somebody on file and for nobody.
    assert_eq!(seen[0], seen[1]);
    let (field, another) = ("name=\"code\"", "code-request\"");
    for (at, text) in seen[0].iter().enumerate() {
        let has = (text.contains(field), text.contains(another), text.contains("No other code"));
        let expected = match at {
            0..4 => (true, true, false),
            // After the fifth there is nothing to type, and for ten minutes nothing to ask for.
            4..7 => (false, false, true),
            _ => (false, true, false),
        };
        assert_eq!(has, expected, "{at}: {text}");
    }
    // What is kept to compare a guess with is there for both, and both end in the same way.
    for code in codes(shop).await {
        assert_eq!((code.state, code.guesses), (CodeState::Burned, 5));
        assert!(code.code_hash.is_some() && code.expires_at.is_some() && code.ended_at.is_some());
    }
}

async fn codes(shop: &Shop) -> Vec<CodeRow> {
    let read = |conn: &mut Conn| {
        use diesel::prelude::*;
        use guichet::db::schema::codes;
        Ok(codes::table.order(codes::id).select(CodeRow::as_select()).load(conn)?)
    };
    let codes: Vec<CodeRow> = shop.app.app.read(read).await.unwrap();
    assert_eq!(codes.len(), 2);
    codes
}

#[actix_web::test]
async fn e_01_a_newer_code_takes_the_place_of_one_that_was_never_sent() {
    let known = scene("zoe.canari@example.org").await;
    let shop = &known.shop;
    let person = visitor(&shop.app, &known.reference, &known.receipt).await;
    let (_, reference, receipt) = log(shop, "nobody@example.org").await;
    let nobody = visitor(&shop.app, &reference, &receipt).await;
    for visit in [&person, &nobody] {
        ask(visit).await.expect(303);
    }
    worker::drain(&shop.app.app).await.unwrap();
    let states: Vec<CodeState> = codes(shop).await.iter().map(|code| code.state).collect();
    assert_eq!(states, [CodeState::Sent, CodeState::Unsent]);
    for visit in [&person, &nobody] {
        ask(visit).await.expect(303);
    }
    let read = |conn: &mut Conn| {
        use diesel::prelude::*;
        use guichet::db::schema::codes;
        let replaced = codes::table.filter(codes::state.eq(CodeState::Replaced));
        Ok(replaced.count().get_result::<i64>(conn)?)
    };
    assert_eq!(shop.app.app.read(read).await.unwrap(), 2);
}

#[actix_web::test]
async fn e_01_no_history_is_read_to_ask_for_a_code_or_to_compare_one() {
    let known = scene("zoe.canari@example.org").await;
    let shop = &known.shop;
    let person = visitor(&shop.app, &known.reference, &known.receipt).await;
    let csrf = token(&person.get(CASE).await, &format!("{PLACE}/code-request"));
    // A history that nobody can read: whatever reads it fails.
    let spoil = |conn: &mut Conn| {
        use diesel::prelude::*;
        use guichet::db::schema::events;
        diesel::update(events::table).set(events::detail.eq("spoilt")).execute(conn)?;
        Ok(())
    };
    shop.app.app.write(spoil).await.unwrap();
    person.get(CASE).await.expect(500);
    let asked = person.post_form(&format!("{PLACE}/code-request"), &[("csrf", &csrf)]).await;
    asked.expect(303);
    // A wrong code is counted before the page is made, which reads the history of either alike.
    let fields = [("csrf", csrf.as_str()), ("code", "0000 0000")];
    person.post_form(&format!("{PLACE}/code"), &fields).await.expect(500);
    let guesses = |conn: &mut Conn| {
        use diesel::prelude::*;
        use guichet::db::schema::codes;
        Ok(codes::table.select(codes::guesses).load::<i32>(conn)?)
    };
    assert_eq!(shop.app.app.read(guesses).await.unwrap(), [1]);
}
