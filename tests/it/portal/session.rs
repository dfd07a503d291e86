//! A visit says before it ends, with one script and no request of its own.

use serde_json::json;

use crate::letters::desk::Desk;
use crate::support::visit::{PLACE, visitor};

#[actix_web::test]
async fn an_open_case_tells_when_it_closes_and_the_entry_has_no_script() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let receipt = case.answer["receipt_secret"].as_str().unwrap();
    let person = visitor(&desk.app, &case.reference, receipt).await;
    let page = person.get(&format!("{PLACE}/case")).await.expect(200).text();
    let asked = format!("data-session=\"{PLACE}/case\" data-session-ms=\"1740000\"");
    assert!(page.contains(&asked) && page.contains("closes on this device in two"), "{page}");
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("<button type=\"button\" hidden>Keep it open</button>"), "{page}");
    let entry = desk.app.anonymous().get(&format!("{PLACE}/")).await.expect(200).text();
    assert!(!entry.contains("<script") && !entry.contains("data-session"), "{entry}");
}
