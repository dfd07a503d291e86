//! A released answer on paper: printed, and its delivery recorded.

use chrono::Duration;
use serde_json::json;

use super::Released;
use crate::pages::browser;
use crate::support::visit::token;

#[actix_web::test]
async fn a_delivery_on_paper_is_recorded_once_and_after_the_release() {
    let case = Released::ready().await;
    let shop = &case.shop;
    let path = case.of(&case.package, "/delivery");
    let at = |minutes: i64| shop.app.app.now() + Duration::minutes(minutes);
    let body = |minutes: i64| json!({ "how": "registered_letter", "delivered_at": at(minutes), "proof": "RK 1234" });
    let early = shop.dpo().post(&path, body(0)).await.expect(409);
    assert!(early.text().contains("not-released"), "{}", early.text());
    case.release(&shop.dpo(), &case.package, None).await.expect(200);
    for (minutes, wanted) in [(1, "delivered_at: in-future"), (-1, "delivered_at: before-release")]
    {
        let refused = shop.dpo().post(&path, body(minutes)).await.expect(422);
        assert_eq!(refused.problem().1, [wanted]);
    }
    shop.dpo().post(&path, body(0)).await.expect(200);
    shop.dpo().post(&path, body(0)).await.expect(409);
    let now = case.now(&case.package).await;
    assert_eq!(now["delivery"], "registered_letter");
    let event = case.events("PackageDelivered").await.remove(0);
    assert_eq!(event["words"]["proof"], "RK 1234");
}

#[actix_web::test]
async fn an_answer_on_paper_holds_every_row_and_its_delivery_is_recorded_in_a_browser() {
    let case = Released::ready().await;
    let shop = &case.shop;
    let id = case.package["id"].as_str().unwrap();
    let print = format!("/requests/{}/packages/{id}/print", case.id);
    let desk = browser(&shop.app, &shop.dpo).await;
    desk.get(&print).await.expect(409);
    case.release(&shop.dpo(), &case.package, None).await.expect(200);
    let page = desk.get(&print).await.expect(200).text();
    for shown in [
        "class=\"window right\"",
        "Zoé Canari",
        case.reference.as_str(),
        "<caption>Boutique en ligne – orders (2 lignes)</caption>",
        "19.9",
        "canari-note",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert_eq!((page.matches("<main").count(), page.matches("</main>").count()), (1, 1));
    assert!(page.trim_end().ends_with("</html>") && !page.contains("<script"), "{page}");
    assert_eq!(case.events("PackageDownloaded").await.len(), 1);

    let path = format!("/requests/{}", case.id);
    // S-08: for the post, to the address in the controller's own records, and never to another unasked.
    let shown = desk.get(&path).await.expect(200);
    assert!(shown.text().contains("The person has not fetched the answer yet"), "{}", shown.text());
    let for_post = format!("{path}/print");
    let csrf = token(&shown, &for_post);
    let version = shown.text().split("name=\"version\" value=\"").nth(1).unwrap().to_owned();
    let version = version.split('"').next().unwrap().to_owned();
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("version", version.as_str()),
        ("package_id", id),
        ("address", "25 The Green\nRennes"),
        ("found_in", "shop, address book"),
    ];
    let refused = desk.post_form(&for_post, &fields).await.expect(422).text();
    assert!(
        refused.contains("25 The Green") && refused.contains("shop, address book"),
        "{refused}"
    );
    fields.push(("is_on_file", "yes"));
    let sheet = desk.post_form(&for_post, &fields).await.expect(200).text();
    assert!(sheet.contains("<span>25 The Green</span><span>Rennes</span>"), "{sheet}");
    let printed = case.events("PackageDownloaded").await;
    assert_eq!(printed.last().unwrap()["words"]["found_in"], "shop, address book");

    let deliver = format!("{path}/delivery");
    let shown = desk.get(&path).await.expect(200);
    let csrf = token(&shown, &deliver);
    let version = shown.text().split("name=\"version\" value=\"").nth(1).unwrap().to_owned();
    let version = version.split('"').next().unwrap().to_owned();
    let fields = |at: &'static str| {
        let (csrf, version) = (csrf.clone(), version.clone());
        let id = id.to_owned();
        [
            ("csrf", csrf),
            ("version", version),
            ("package_id", id),
            ("how", "counter".to_owned()),
            ("delivered_at", at.to_owned()),
            ("proof", "Carte vue".to_owned()),
        ]
    };
    let post = async |fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        desk.post_form(&deliver, &fields).await
    };
    post(&fields("hier")).await.expect(422);
    // Ten in the morning in Paris: the clock of the test.
    post(&fields("2026-11-23T10:00")).await.expect(303);
    assert_eq!(case.now(&case.package).await["delivery"], "counter");
    assert_eq!(case.events("PackageDelivered").await[0]["words"]["proof"], "Carte vue");
}

#[actix_web::test]
async fn an_answer_whose_address_would_be_cut_off_is_not_printed() {
    let case = Released::ready().await;
    let shop = &case.shop;
    case.release(&shop.dpo(), &case.package, None).await.expect(200);
    let desk = browser(&shop.app, &shop.dpo).await;
    let page = format!("/requests/{}", case.id);
    let shown = desk.get(&page).await.expect(200);
    let csrf = token(&shown, &format!("{page}/print"));
    let version = shown.text().split("name=\"version\" value=\"").nth(1).unwrap().to_owned();
    let version = version.split('"').next().unwrap().to_owned();
    let long = "Bâtiment C de la résidence des Trois Moulins de la Vallée-aux-Loups, entrée sud";
    let print = async |address: &str| {
        let id = case.package["id"].as_str().unwrap();
        let fields = [
            ("csrf", csrf.as_str()),
            ("version", version.as_str()),
            ("package_id", id),
            ("address", address),
            ("found_in", "shop"),
            ("is_on_file", "yes"),
        ];
        desk.post_form(&format!("{page}/print"), &fields).await
    };
    let cut = print(&[long; 6].join("\n")).await.expect(409).text();
    assert!(cut.contains("the town would be cut off"), "{cut}");
    print(&["Bâtiment C"; 14].join("\n")).await.expect(422);
    assert_eq!(case.events("PackageDownloaded").await.len(), 0, "nothing left the instance");
}
