//! A released answer after its thirty days, as the person sees it.

use chrono::Duration;
use guichet::worker::keeping;

use super::Released;
use crate::support::visit::PLACE;

#[actix_web::test]
async fn an_answer_whose_time_is_over_is_told_with_its_day_and_the_way_to_have_it_again() {
    let case = Released::new().await;
    let shop = &case.shop;
    let page = async || {
        let page = case.person().await.get(&format!("{PLACE}/case")).await.expect(200).text();
        let date = page.split("<strong>").nth(1).and_then(|it| it.split("</strong>").next());
        (page.clone(), date.unwrap_or_default().to_owned())
    };
    let (open, until) = page().await;
    let day = until.strip_prefix("You can download it until ").unwrap().to_owned();
    assert!(!open.contains("could be downloaded"), "{open}");
    let over = format!(
        "The answer could be downloaded until {day} Write to us, and we give it to you again."
    );
    shop.app.advance(Duration::days(30) + Duration::seconds(1));
    for swept in [false, true] {
        if swept {
            shop.app.advance(Duration::days(3));
            keeping::sweep(&shop.app.app).await.unwrap();
        }
        let (shown, date) = page().await;
        assert_eq!(date, over, "swept: {swept}");
        assert!(shown.contains("We have answered your request of"), "{shown}");
        assert!(!shown.contains("is closed") && shown.contains(&format!("{PLACE}/messages")));
    }
    // Given again, it can be fetched again; taken back, it is not told of.
    let anew = shop.package(&case.id, &case.search, "access", Some("essai")).await;
    case.release(&shop.dpo(), &anew, Some("Elle le demande")).await.expect(200);
    assert!(page().await.1.starts_with("You can download it until "));
    let reason = serde_json::json!({ "reason": "Une page d'autrui" });
    shop.dpo().post(&case.of(&anew, "/revocation"), reason).await.expect(200);
    assert!(!page().await.0.contains("could be downloaded"));
    shop.app.assert_replays().await;
}
