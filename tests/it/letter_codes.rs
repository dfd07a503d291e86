//! The code by letter: printed by staff for the postal address on file, typed in any visit to its
//! case. Tests that try an attack of the security catalogue are named by its id.

mod ends;
mod page;

use chrono::Duration;
use guichet::db::controllers::Controller;
use guichet::db::schema::{letter_codes, mails};
use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;
use crate::support::client::{Answer, Client};
use crate::support::visit::{PLACE, token, visitor};

const ON_FILE: &str = "7 rue des Archives\n31000 Toulouse";

struct Scene {
    app: TestApp,
    controller: Controller,
    dpo: User,
    case: LoggedCase,
}

async fn scene() -> Scene {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    Scene { app, controller, dpo, case }
}

impl Scene {
    async fn ask(&self, case: &LoggedCase, address: &str) -> Answer {
        // What comes later is newer: the clock of a test stands still by itself.
        self.app.advance(Duration::seconds(1));
        let body = json!({
            "address": address, "found_in": "boutique, customers.address", "is_on_file": true,
        });
        self.app.as_user(&self.dpo).verb(case, "letter-code", body).await
    }

    /// Prints a letter and gives its code.
    async fn print(&self, case: &LoggedCase) -> String {
        let made: Value = self.ask(case, ON_FILE).await.expect(201).json();
        made["letter_code"].as_str().unwrap().to_owned()
    }

    async fn person(&self, case: &LoggedCase) -> Client<'_> {
        let receipt = case.answer["receipt_secret"].as_str().unwrap();
        visitor(&self.app, &case.reference, receipt).await
    }

    async fn level(&self) -> Value {
        self.app.as_user(&self.dpo).case(&self.case).await["identity"]["level"].clone()
    }

    async fn open_tasks(&self) -> Vec<String> {
        worker::drain(&self.app.app).await.unwrap();
        let listed: Value =
            self.app.as_user(&self.dpo).get("/api/v1/tasks").await.expect(200).json();
        let tasks = listed["tasks"].as_array().unwrap().iter();
        tasks.map(|task| task["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// How many guesses each code has taken, oldest first.
    async fn guesses(&self) -> Vec<i32> {
        let read = |conn: &mut guichet::db::conn::Conn| {
            use diesel::prelude::*;
            let all = letter_codes::table.order(letter_codes::made_at);
            Ok(all.select(letter_codes::guesses).load(conn)?)
        };
        self.app.app.read(read).await.unwrap()
    }
}

async fn type_code(person: &Client<'_>, code: &str) -> Answer {
    let action = format!("{PLACE}/letter-code");
    let csrf = token(&person.get(&format!("{PLACE}/case")).await.expect(200), &action);
    person.post_form(&action, &[("csrf", &csrf), ("letter_code", code)]).await
}

/// Another code than this one.
fn wrong(code: &str) -> &'static str {
    if code == "0000 0000" { "1111 1111" } else { "0000 0000" }
}

#[actix_web::test]
async fn a_code_by_letter_is_a_route_and_t_09_is_used_once() {
    let scene = scene().await;
    let made: Value = scene.ask(&scene.case, ON_FILE).await.expect(201).json();
    assert_eq!(made["recipient"], json!(["Zoé Martin", "7 rue des Archives", "31000 Toulouse"]));
    assert_eq!(made["sender"][0], "Maison Exemple SAS");
    assert_eq!(made["language"], "fr");
    let code = made["letter_code"].as_str().unwrap();
    let words = format!("{}{}", made["before"], made["after"]);
    assert!(words.contains("/t/maison-exemple/fr/ dans"), "{words}");
    assert!(!words.contains(&scene.case.reference) && !words.contains(code), "{words}");
    assert!(!words.contains("Martin"), "{words}");
    assert_eq!(scene.level().await, "v0", "a letter that was printed proves nothing");
    let person = scene.person(&scene.case).await;
    type_code(&person, code).await.expect(303);
    assert_eq!(scene.level().await, "v1");
    let events = scene.app.as_user(&scene.dpo).events(&scene.case).await;
    let [.., printed, typed] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(
        (&printed["kind"], &printed["detail"]["as_given"]),
        (&json!("LetterCodeMade"), &json!(false))
    );
    assert_eq!(printed["words"]["address"], ON_FILE);
    assert_eq!(printed["words"]["found_in"], "boutique, customers.address");
    assert_eq!(
        (&typed["kind"], &typed["actor"]),
        (&json!("LetterCodeConfirmed"), &json!("subject"))
    );
    assert!(!format!("{events:?}").contains(code), "the code stands nowhere");
    // Once: the form is gone, and a page that was kept open proves nothing more.
    let page = person.get(&format!("{PLACE}/case")).await.expect(200).text();
    assert!(!page.contains("name=\"letter_code\""), "{page}");
    let csrf = token(&person.get(&format!("{PLACE}/messages")).await, &format!("{PLACE}/messages"));
    let again = [("csrf", csrf.as_str()), ("letter_code", code)];
    person.post_form(&format!("{PLACE}/letter-code"), &again).await.expect(303);
    let kinds = scene.app.as_user(&scene.dpo).events(&scene.case).await;
    let typed = kinds.iter().filter(|event| event["kind"] == "LetterCodeConfirmed").count();
    assert_eq!(typed, 1);
    let mailed = scene.app.app.read(|conn| {
        use diesel::prelude::*;
        Ok(mails::table.count().get_result::<i64>(conn)?)
    });
    assert_eq!(mailed.await.unwrap(), 0, "nothing of it goes by mail");
    scene.app.assert_replays().await;
}

#[actix_web::test]
async fn a_letter_is_a_second_route_and_a_person_decides_what_both_prove() {
    let scene = scene().await;
    let client = scene.app.as_user(&scene.dpo);
    let known = json!({ "level": "v1", "methods": ["in_person"] });
    client.verb(&scene.case, "identity-decision", known).await.expect(200);
    let person = scene.person(&scene.case).await;
    let page = person.get(&format!("{PLACE}/case")).await.expect(200).text();
    assert!(!page.contains("name=\"letter_code\""), "nothing is on its way: {page}");
    let code = scene.print(&scene.case).await;
    type_code(&person, &code).await.expect(303);
    assert_eq!(scene.level().await, "v1");
    let both = json!({ "level": "v2", "methods": ["in_person", "letter_on_file"] });
    client.verb(&scene.case, "identity-decision", both).await.expect(200);
    assert_eq!(scene.level().await, "v2");
    // It raises nothing more, and may still open an answer to whoever has no receipt.
    scene.print(&scene.case).await;
    assert_eq!(scene.level().await, "v2");
    scene.app.assert_replays().await;
}

#[actix_web::test]
async fn t_06_five_wrong_guesses_end_the_code_and_somebody_is_told_at_once() {
    let scene = scene().await;
    let code = scene.print(&scene.case).await;
    let person = scene.person(&scene.case).await;
    for typed in ["", "1234", "12345678a"] {
        type_code(&person, typed).await.expect(422);
    }
    assert_eq!(scene.guesses().await, [0], "what cannot be a code is no guess");
    assert_eq!(scene.open_tasks().await, Vec::<String>::new());
    for _ in 0..5 {
        let page = type_code(&person, wrong(&code)).await.expect(422).text();
        assert!(page.contains("id=\"letter-code-wrong\""), "{page}");
    }
    type_code(&person, &code).await.expect(422);
    assert_eq!(scene.level().await, "v0");
    assert_eq!(scene.open_tasks().await, ["letter_code_unused"]);
    // T-12: a new letter takes its place, and settles the task.
    let newer = scene.print(&scene.case).await;
    if newer != code {
        type_code(&person, &code).await.expect(422);
    }
    type_code(&person, &newer).await.expect(303);
    assert_eq!(scene.level().await, "v1");
    assert_eq!(scene.open_tasks().await, Vec::<String>::new());
}

#[actix_web::test]
async fn t_07_of_200_guesses_at_once_five_are_compared() {
    let scene = scene().await;
    let code = scene.print(&scene.case).await;
    let person = scene.person(&scene.case).await;
    let action = format!("{PLACE}/letter-code");
    let csrf = token(&person.get(&format!("{PLACE}/case")).await, &action);
    let fields = [("csrf", csrf.as_str()), ("letter_code", wrong(&code))];
    let tries = (0..200).map(|_| person.post_form(&action, &fields));
    for answer in futures_util::future::join_all(tries).await {
        answer.expect(422);
    }
    assert_eq!(scene.guesses().await, [5]);
    type_code(&person, &code).await.expect(422);
    assert_eq!(scene.level().await, "v0");
}

#[actix_web::test]
async fn t_08_the_code_of_one_case_opens_no_other_and_t_10_one_that_is_over_stays_over() {
    let scene = scene().await;
    let code = scene.print(&scene.case).await;
    let other = scene.app.log_case(&scene.dpo, &scene.controller, |_| ()).await;
    let other_code = scene.print(&other).await;
    let person = scene.person(&scene.case).await;
    if other_code != code {
        type_code(&person, &other_code).await.expect(422);
    }
    // Nor does it pass for the code of a mail.
    let ask = format!("{PLACE}/code-request");
    let csrf = token(&person.get(&format!("{PLACE}/case")).await, &ask);
    person.post_form(&ask, &[("csrf", &csrf)]).await.expect(303);
    let fields = [("csrf", csrf.as_str()), ("code", code.as_str())];
    person.post_form(&format!("{PLACE}/code"), &fields).await.expect(422);
    scene.app.advance(Duration::days(30));
    let person = scene.person(&scene.case).await;
    type_code(&person, &code).await.expect(422);
    scene.app.advance(Duration::hours(-2));
    let person = scene.person(&scene.case).await;
    type_code(&person, &code).await.expect(422);
    assert_eq!(scene.level().await, "v0");
}

#[actix_web::test]
async fn e_01_a_guess_is_answered_and_kept_alike_where_no_letter_was_written() {
    let scene = scene().await;
    let unknown = scene.app.log_case(&scene.dpo, &scene.controller, |_| ()).await;
    let code = scene.print(&scene.case).await;
    let mut seen = std::collections::BTreeSet::new();
    let (known, stranger) = (scene.person(&scene.case).await, scene.person(&unknown).await);
    for _ in 0..6 {
        for (person, case) in [(&known, &scene.case), (&stranger, &unknown)] {
            let before = person.get(&format!("{PLACE}/case")).await.expect(200);
            let csrf = token(&before, &format!("{PLACE}/letter-code"));
            let answer = type_code(person, wrong(&code)).await;
            for answer in [before, answer] {
                let text = answer.text().replace(&case.reference, "R").replace(&csrf, "T");
                seen.insert(format!("{} {text}", answer.status));
            }
        }
    }
    assert_eq!(seen.len(), 2, "the page, and the page after a wrong code: {seen:#?}");
    assert_eq!(scene.guesses().await, [5, 5], "and the same is counted");
    assert_eq!(scene.open_tasks().await, ["letter_code_unused"], "of the letter alone");
}

#[actix_web::test]
async fn t_11_an_address_is_sent_few_whatever_the_case_and_the_organisation() {
    let scene = scene().await;
    for _ in 0..3 {
        scene.print(&scene.case).await;
    }
    scene.ask(&scene.case, "another address, 31000 Toulouse").await.expect(429);
    let there = scene.app.controller_ie().await;
    let dpo = scene.app.user(&[(there.id, Role::Dpo)]).await;
    let other = scene.app.log_case(&dpo, &there, |_| ()).await;
    let elsewhere = Scene { dpo, ..scene };
    elsewhere.ask(&other, "7, Rue des Archives, 31000 TOULOUSE").await.expect(429);
    elsewhere.ask(&other, "8 rue des Archives, 31000 Toulouse").await.expect(201);
    elsewhere.app.advance(Duration::hours(1));
    elsewhere.ask(&other, ON_FILE).await.expect(201);
}

#[actix_web::test]
async fn a_code_is_not_printed_for_an_address_that_would_be_cut_off() {
    let scene = scene().await;
    // Six lines are taken, and each of these fills two or three in the window of an envelope.
    let address = ["Résidence des Trois Fontaines, bâtiment C, escalier 4, porte 12"; 6].join("\n");
    let refused = scene.ask(&scene.case, &address).await.expect(422);
    assert_eq!(refused.problem().1, ["address: letter-address-long"]);
    scene.ask(&scene.case, &address.replace("bâtiment C, escalier 4, ", "")).await.expect(201);
}
