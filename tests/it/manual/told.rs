//! Whoever answers for a system is told by mail that it waits: once, then every seven days.

use chrono::Duration;
use guichet::db::mails;
use guichet::domain::actor::Role;
use guichet::mail::message::Message;
use guichet::worker::alerts::sweep;
use serde_json::json;

use super::{Searched, map_with_cabinet};
use crate::collection::shop::Shop;

/// The mails that a sweep writes to an address.
async fn told(shop: &Shop, address: &str, before: usize) -> Vec<Message> {
    sweep(&shop.app.app, false).await.unwrap();
    let all = shop.app.app.read(|conn| Ok(mails::newest(conn, 1000)?)).await.unwrap();
    let key = shop.app.app.vault().staff_key().clone();
    let staff = all.iter().filter(|mail| mail.controller_id.is_none());
    let opened = staff.map(|mail| guichet::workflow::mails::open(&key, mail).unwrap());
    let mut mine: Vec<Message> = opened.filter(|message| message.to.text() == address).collect();
    mine.truncate(mine.len() - before);
    mine
}

#[actix_web::test]
async fn the_owner_of_a_system_is_told_once_and_reminded_after_seven_days() {
    let shop = Shop::open().await;
    let owner = shop.app.user(&[(shop.controller.id, Role::DataOwner)]).await;
    let other = shop.app.user(&[(shop.controller.id, Role::DataOwner)]).await;
    let map =
        map_with_cabinet().replace("owner: dpo@maison.example", &format!("owner: {}", owner.email));
    shop.app.put_map(&shop.dpo, &shop.controller, &map).await.expect(200);
    let case = Searched::new(&shop, "v2", &["in_person", "known_facts"]).await;
    let first = told(&shop, &owner.email, 0).await;
    let [mail] = first.as_slice() else { panic!("{first:?}") };
    assert!(mail.text.contains(&case.reference), "{}", mail.text);
    assert!(mail.text.contains("/waiting-systems"), "{}", mail.text);
    for hidden in ["Zoé", "zoe", "Canari", "paper", "Paper file", &case.id] {
        assert!(!mail.text.contains(hidden), "{hidden}: {}", mail.text);
        assert!(!mail.subject.contains(hidden), "{hidden}: {}", mail.subject);
    }
    assert_eq!(told(&shop, &other.email, 0).await.len(), 0, "of what others answer for, nobody");
    // The page that it leads to asks who one is.
    let page = shop.app.anonymous().get("/waiting-systems").await;
    assert_eq!((page.status, page.header("location")), (303, Some("/sign-in")));
    assert_eq!(told(&shop, &owner.email, 1).await.len(), 0, "told once");
    shop.app.advance(Duration::days(7) - Duration::minutes(1));
    assert_eq!(told(&shop, &owner.email, 1).await.len(), 0);
    shop.app.advance(Duration::minutes(1));
    assert_eq!(told(&shop, &owner.email, 1).await.len(), 1, "reminded");
    let client = shop.app.as_user(&owner).with("if-match", "*");
    case.answer(&client, "paper", json!({ "outcome": "nothing_found" })).await.expect(200);
    shop.app.advance(Duration::days(30));
    assert_eq!(told(&shop, &owner.email, 2).await.len(), 0, "answered");
}
