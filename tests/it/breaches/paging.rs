//! A register of more breaches than a page holds: none is left out.

use chrono::Duration;
use guichet::db::conn::Conn;
use guichet::domain::actor::{Actor, Role, StaffMember};
use guichet::domain::breach::{BreachKind, BreachRecord, BreachRisk};
use guichet::workflow::breaches::record::{self, Informed, Told};
use serde_json::Value;

use super::register;
use crate::letters::desk::Desk;
use crate::pages::browser;
use crate::support::client::Client;

/// Records so many breaches, each known an hour before the one that was recorded before it.
async fn recorded(desk: &Desk, count: i64) {
    let (key, controller) =
        (desk.app.app.controller_key(&desk.controller).unwrap(), desk.controller.id);
    let memberships = vec![(controller, Role::Dpo)];
    let member = StaffMember { id: desk.dpo.id, is_operator: false, memberships };
    let ctx = desk.app.app.ctx(Actor::Staff(member));
    let write = move |conn: &mut Conn| {
        for number in 0..count {
            let record =
                BreachRecord { nature: format!("canari-{number}."), ..BreachRecord::default() };
            let told = Told {
                kind: BreachKind::Integrity,
                risk: BreachRisk::Unassessed,
                // Two of each instant: they are told apart by their ids.
                aware_at: Some(ctx.now - Duration::hours(number / 2)),
                aware_reason: String::new(),
                informed: Informed::Unsaid,
                record,
            };
            record::record(conn, &ctx, controller, &told, &key)?;
        }
        Ok(())
    };
    desk.app.app.write(write).await.unwrap();
}

async fn page(client: &Client<'_>, place: &str) -> (Vec<String>, Value) {
    let found: Value = client.get(place).await.expect(200).json();
    let all = found["breaches"].as_array().unwrap().iter();
    let all = all.map(|it| it["record"]["nature"].as_str().unwrap().to_owned());
    (all.collect(), found["next_cursor"].clone())
}

#[actix_web::test]
async fn an_old_breach_is_found_on_a_later_page() {
    let desk = Desk::new().await;
    recorded(&desk, 103).await;
    let client = desk.client();
    let (mut seen, mut cursor) = page(&client, &register(&desk, "?limit=25")).await;
    while let Some(next) = cursor.as_str() {
        let (more, after) =
            page(&client, &register(&desk, &format!("?limit=25&cursor={next}"))).await;
        assert!(more.len() <= 25, "{more:?}");
        seen.extend(more);
        cursor = after;
    }
    assert_eq!(seen.len(), 103);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 103, "none twice");
    let (whole, next) = page(&client, &register(&desk, "")).await;
    assert_eq!((whole.len(), next), (103, Value::Null));
    for wrong in ["1", "x.y", "1.019aac8e"] {
        let refused = client.get(&register(&desk, &format!("?cursor={wrong}"))).await.expect(422);
        assert_eq!(refused.problem().1, ["cursor: wrong-cursor"]);
    }
    for wrong in ["0", "1001", "many"] {
        let refused = client.get(&register(&desk, &format!("?limit={wrong}"))).await.expect(422);
        assert_eq!(refused.problem().1, ["limit: out-of-range"]);
    }
    on_the_pages(&desk).await;
}

async fn on_the_pages(desk: &Desk) {
    let reader = browser(&desk.app, &desk.dpo).await;
    let list = format!("/controllers/{}/breaches", desk.controller.id);
    let first = reader.get(&list).await.expect(200).text();
    let lines = |text: &str| text.matches("<th scope=\"row\">").count();
    assert_eq!(lines(&first), 100);
    let (_, next) = first.split_once("?cursor=").expect("a link to the older ones");
    let (cursor, _) = next.split_once('"').unwrap();
    let last = reader.get(&format!("{list}?cursor={cursor}")).await.expect(200).text();
    assert_eq!((lines(&last), last.contains("?cursor=")), (3, false));
    let printed = reader.get(&format!("{list}/print")).await.expect(200).text();
    assert!(printed.contains("canari-102.") && printed.contains("canari-0."));
    let csv = reader.get(&format!("{list}.csv")).await.expect(200).text();
    assert_eq!(csv.matches("canari-").count(), 103);
}
