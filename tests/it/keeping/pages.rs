//! Keeping in a browser without script: the settings, the preview, the hold.

use guichet::domain::actor::Role;
use serde_json::json;

use super::{at, withdraw};
use crate::letters::desk::Desk;
use crate::pages::{browser, token};

#[actix_web::test]
async fn the_page_sets_the_times_shows_what_goes_and_holds_a_case() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    withdraw(&desk, &case).await;
    let page = format!("/controllers/{}/retention", desk.controller.id);
    let reader = browser(&desk.app, &desk.dpo).await;
    let shown = reader.get(&page).await.expect(200);
    let text = shown.text();
    assert!(text.contains("These are the defaults") && text.contains("Code civil, article 2224"));
    assert!(text.contains("Nothing is due in this time."), "{text}");
    let csrf = token(&shown, "/sign-out");
    let fields = |months: &'static str| {
        [
            ("case_months", months),
            ("working_copy_days", "30"),
            ("package_days", "30"),
            ("justification", "<b>our sector</b>"),
            ("version", "0"),
        ]
    };
    let with = |months| {
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields(months));
        all
    };
    let refused = reader.post_form(&page, &with("0")).await.expect(422).text();
    assert!(refused.contains("Give a number from 1 to 360."), "{refused}");
    assert!(refused.contains("&#60;b&#62;our sector"), "{refused}");
    reader.post_form(&page, &with("2")).await.expect(303);
    reader.post_form(&page, &with("3")).await.expect(409);
    let due = reader.get(&format!("{page}?days=90")).await.expect(200).text();
    assert!(due.contains(&case.reference) && due.contains("23 January 2027"), "{due}");
    assert!(due.contains("months set: 2"), "{due}");
    let csv = reader.get(&format!("{page}.csv?days=90")).await.expect(200);
    assert!(csv.text().contains(&case.reference));
    // On the page of the case: until when, and a hold.
    let place = format!("/requests/{}", case.id);
    let shown = reader.get(&place).await.expect(200).text();
    assert!(shown.contains("Destroyed from 23 January 2027"), "{shown}");
    let hold = [("csrf", csrf.as_str()), ("version", "2"), ("hold_reason", "a dispute")];
    reader.post_form(&format!("{place}/hold"), &hold).await.expect(303);
    let shown = reader.get(&place).await.expect(200).text();
    assert!(shown.contains("Held back from destruction since 23 November 2026"), "{shown}");
    assert!(shown.contains("a dispute") && shown.contains("Lift the hold"), "{shown}");
    let lift = [("csrf", csrf.as_str()), ("version", "3"), ("lift_reason", " ")];
    let refused = reader.post_form(&format!("{place}/hold-lifting"), &lift).await;
    assert!(refused.expect(422).text().contains("Write something here."));
    let due = reader.get(&format!("{page}?days=90")).await.expect(200).text();
    assert!(due.contains("held: stays"), "{due}");
    // In French, once it is destroyed; an auditor reads the page and sets nothing.
    let lift = [("csrf", csrf.as_str()), ("version", "3"), ("lift_reason", "settled")];
    reader.post_form(&format!("{place}/hold-lifting"), &lift).await.expect(303);
    desk.app.set_now(at("2027-02-01T09:00:00Z"));
    super::sweeps(&desk).await;
    let auditor = desk.app.user(&[(desk.controller.id, Role::Auditor)]).await;
    let reader = browser(&desk.app, &auditor).await;
    let shown = reader.with("accept-language", "fr").get(&place).await.expect(200).text();
    assert!(shown.contains("destroyed") || shown.contains("Détruit."), "{shown}");
    let shown = reader.get(&page).await.expect(200).text();
    assert!(!shown.contains("name=\"case_months\"") && shown.contains("our sector"), "{shown}");
    let agent = desk.app.user(&[(desk.controller.id, Role::Agent)]).await;
    browser(&desk.app, &agent).await.get(&page).await.expect(403);
}
