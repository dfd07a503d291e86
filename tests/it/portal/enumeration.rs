//! References that somebody guesses, and what is tried with links.

use std::collections::HashSet;

use guichet::workflow::intake::random_reference;
use serde_json::{Value, json};

use super::{Scene, scene};
use crate::faults::server::{Server, exchange};
use crate::support::visit::{PLACE, cookie, enter, token, visitor};

/// How many references are tried.
const TRIES: usize = 1_000_000;

#[actix_web::test]
async fn e_05_a_million_references_at_random_meet_no_case_and_tell_no_order() {
    let Scene { app, controller, dpo, case, receipt } = scene().await;
    let mut issued = HashSet::from([case.reference.clone()]);
    for _ in 0..9 {
        issued.insert(app.log_case(&dpo, &controller, |_| {}).await.reference);
    }
    let (mut hits, mut ascending, mut before) = (0, 0, String::new());
    for _ in 0..TRIES {
        let guess = random_reference().to_string();
        hits += usize::from(issued.contains(&guess));
        ascending += usize::from(guess > before);
        before = guess;
    }
    // Ten of 32^8 are taken: that one is hit is as likely as one in 100,000.
    assert_eq!((issued.len(), hits), (10, 0));
    // Of two that follow each other, the second is the greater in half of all cases; one in a
    // hundred is thirty times the standard deviation.
    assert!(ascending.abs_diff(TRIES / 2) < TRIES / 100, "{ascending}");
    // Nor can so many be tried: one network gets thirty in a minute, whichever it guesses.
    let mut statuses = Vec::new();
    for _ in 0..31 {
        statuses.push(enter(&app, &random_reference().to_string(), &receipt).await.status);
    }
    assert_eq!((&statuses[..30], statuses[30]), ([422; 30].as_slice(), 429));
}

#[actix_web::test]
async fn e_05_the_log_tells_an_operator_once_that_somebody_guesses_and_nothing_of_whom() {
    let Scene { app, receipt, .. } = scene().await;
    // The token of a form is good in every process of the instance.
    let action = format!("{PLACE}/");
    let form = app.anonymous().get(&action).await.expect(200);
    let sent = format!("form={}", cookie(&form, "form").unwrap());
    let csrf = token(&form, &action);
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_logged(app.config(), directory.path());
    let headers =
        [("content-type", "application/x-www-form-urlencoded"), ("cookie", sent.as_str())];
    let guess = || {
        let guess = random_reference().to_string();
        let body = format!("csrf={csrf}&reference={guess}&receipt={receipt}");
        let reply = exchange(server.address, "POST", &action, "", &headers, body.as_bytes());
        (guess, reply.unwrap().status)
    };
    let warned = || -> Vec<Value> {
        let log = std::fs::read_to_string(directory.path().join("log")).unwrap();
        let lines = log.lines().map(|line| serde_json::from_str(line).expect(line));
        let is_alarm = |line: &Value| line["fields"]["message"].to_string().contains("guesses");
        lines.filter(is_alarm).collect()
    };
    let tried: Vec<(String, u16)> = (0..30).map(|_| guess()).collect();
    assert!(tried.iter().all(|(_, status)| *status == 422), "{tried:?}");
    assert_eq!(warned(), Vec::<Value>::new(), "so many are no alarm");
    let more: Vec<(String, u16)> = (0..5).map(|_| guess()).collect();
    assert!(more.iter().any(|(_, status)| *status == 429), "{more:?}");
    let alarms = warned();
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    let said = "one network guesses more than thirty times a minute";
    assert_eq!(
        (&alarms[0]["level"], &alarms[0]["fields"]["message"]),
        (&json!("WARN"), &json!(said))
    );
    let line = alarms[0].to_string();
    let guessed = tried.iter().chain(&more).any(|(guess, _)| line.contains(guess));
    assert!(!guessed && !line.contains(&receipt) && !line.contains("127.0.0.1"), "{line}");
}

#[actix_web::test]
async fn t_02_whoever_submits_every_form_without_knowing_anything_opens_nothing() {
    let Scene { app, dpo, case, receipt, .. } = scene().await;
    for (reference, receipt) in [("", ""), (case.reference.as_str(), ""), ("test", "test")] {
        let answer = enter(&app, reference, receipt).await.expect(422);
        assert!(cookie(&answer, "portal").is_none());
    }
    for page in ["code-request", "code", "letter-code", "unsafe-contact", "withdrawal", "leave"] {
        let path = format!("{PLACE}/{page}");
        let answer = app.anonymous().post_form(&path, &[("csrf", ""), ("code", "")]).await;
        assert_eq!(answer.header("location"), Some("/t/maison-exemple/en/"), "{page}");
        assert!(cookie(&answer, "portal").is_none(), "{page}");
    }
    assert_eq!(app.as_user(&dpo).events(&case).await.len(), 1);
    visitor(&app, &case.reference, &receipt).await;
}

#[actix_web::test]
async fn t_04_no_page_tells_another_site_where_its_reader_was() {
    let Scene { app, case, receipt, .. } = scene().await;
    let person = visitor(&app, &case.reference, &receipt).await;
    for page in ["", "case", "messages", "withdrawal"] {
        let answer = person.get(&format!("{PLACE}/{page}")).await.expect(200);
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{page}");
        let text = answer.text();
        for attribute in ["href=\"", "src=\"", "action=\""] {
            for link in text.split(attribute).skip(1).map(|it| it.split('"').next().unwrap()) {
                let own = link.starts_with('/') && !link.starts_with("//");
                assert!(own || link.starts_with('#'), "{page}: {link}");
            }
        }
    }
}

#[actix_web::test]
async fn t_05_no_secret_stands_in_an_address() {
    let Scene { app, case, receipt, .. } = scene().await;
    let entered = enter(&app, &case.reference, &receipt).await.expect(303);
    let session = cookie(&entered, "portal").unwrap();
    let person = app.anonymous().with("cookie", format!("portal={session}"));
    let mut addresses = vec![entered.header("location").unwrap().to_owned()];
    for page in ["", "case", "messages", "withdrawal"] {
        let text = person.get(&format!("{PLACE}/{page}")).await.expect(200).text();
        for attribute in ["href=\"", "src=\"", "action=\""] {
            let links = text.split(attribute).skip(1).map(|it| it.split('"').next().unwrap());
            addresses.extend(links.map(str::to_owned));
        }
        assert!(!text.contains("method=\"get\""), "{page}: what is typed would stand there");
    }
    assert!(addresses.len() > 10, "{addresses:?}");
    for address in &addresses {
        for secret in [case.reference.as_str(), receipt.as_str(), session.as_str()] {
            assert!(!address.contains(secret), "{address}");
        }
    }
}
