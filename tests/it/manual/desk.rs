//! Answers by hand in a browser: the question, files and rows, nothing found, taken back.

use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use super::{Searched, files, map_with_cabinet};
use crate::collection::shop::Shop;
use crate::collection::{entry, open_zip};
use crate::pages::{browser, token};
use crate::support::builders::User;
use crate::support::client::{Answer, Client};

const PROVED: (&str, &[&str]) = ("v2", &["in_person", "known_facts"]);

/// The address of a system's page.
fn page_of(case: &Searched, system: &str) -> String {
    case.system(system).trim_start_matches("/api/v1").to_owned()
}

/// Sends the form of a page as it stands now.
async fn send(
    desk: &Client<'_>,
    path: &str,
    fields: &[(&str, &str)],
    given: &[(&str, &[u8])],
) -> Answer {
    let page = desk.get(path).await.expect(200);
    let text = page.text();
    let seen = text.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let csrf = token(&page, path);
    let mut all = vec![("csrf", csrf.as_str()), ("seen", seen)];
    all.extend_from_slice(fields);
    desk.post_files(path, &all, given, usize::MAX).await
}

/// A data owner to whom the map gives the paper file.
async fn owner(shop: &Shop) -> User {
    let owner = shop.app.user(&[(shop.controller.id, Role::DataOwner)]).await;
    let map =
        map_with_cabinet().replace("owner: dpo@maison.example", &format!("owner: {}", owner.email));
    shop.app.put_map(&shop.dpo, &shop.controller, &map).await.expect(200);
    owner
}

#[actix_web::test]
async fn a_data_owner_finds_the_question_and_answers_it_with_files_and_rows() {
    let shop = Shop::open().await;
    let owner = owner(&shop).await;
    let case = Searched::new(&shop, PROVED.0, PROVED.1).await;
    let desk = browser(&shop.app, &owner).await;
    let path = page_of(&case, "paper");
    let home = desk.get("/").await.expect(200).text();
    assert!(home.contains(&format!("href=\"{path}\"")) && home.contains(&case.reference), "{home}");
    assert!(!home.contains("systems/cabinet"), "somebody else's: {home}");
    desk.get("/waiting-systems").await.expect(200);
    let page = desk.get(&path).await.expect(200).text();
    for shown in
        ["Paper file", "Client folders", "Zoé Canari", "zoe.canari@example.org", &owner.email]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    // The question, and nothing else of the case.
    for hidden in ["canari-note", &format!("href=\"/requests/{}\"", case.id)] {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
    desk.get(&format!("/requests/{}", case.id)).await.expect(403);
    desk.get(&page_of(&case, "cabinet")).await.expect(403);
    desk.post_files(&path, &[("csrf", "forged")], &[], usize::MAX).await.expect(403);

    // What is wrong stands beside its field, nothing is kept, and nothing that was typed is lost.
    let before = files(&shop);
    let typed = [("rows-0", "page;note\r\n3;canari-typed;too much"), ("note", "Deux classeurs")];
    let given: [(&str, &[u8]); 2] = [("scan.exe", b"MZ"), ("lettre.txt", b"papier-canari")];
    let refused = send(&desk, &path, &typed, &given).await.expect(422).text();
    for shown in [
        "<title>Error:",
        "href=\"#rows-0\">Line 2 has 3 values",
        "id=\"rows-0-wrong\"",
        "id=\"files-wrong\"",
        "3;canari-typed;too much</textarea>",
        "Deux classeurs</textarea>",
    ] {
        assert!(refused.contains(shown), "{shown}: {refused}");
    }
    assert_eq!(files(&shop), before);
    assert_eq!(case.now(&shop, "paper").await["outcome"], "waits_for_person");

    let typed = [("rows-0", "page\tnote\r\n3\tune, deux\r\n4\t=SUM(A1)"), ("note", "Tout y est")];
    let given: [(&str, &[u8]); 2] =
        [("lettre.txt", b"papier-canari"), ("note.txt", b"papier-deux")];
    let done = send(&desk, &path, &typed, &given).await.expect(303);
    assert_eq!(done.header("location"), Some(path.as_str()));
    let paper = case.now(&shop, "paper").await;
    assert_eq!(
        (&paper["outcome"], &paper["rows"], &paper["uploads"]),
        (&json!("answered"), &json!(2), &json!(2))
    );
    let page = desk.get(&path).await.expect(200).text();
    assert!(page.contains("lettre.txt") && page.contains("Client folders: 2 rows"), "{page}");
    assert!(desk.get("/").await.text().contains("No system waits"));
    // Whoever handles the case reads the note, and is led to the page.
    let dpo = browser(&shop.app, &shop.dpo).await;
    let page = dpo.get(&format!("/requests/{}", case.id)).await.expect(200).text();
    assert!(page.contains("Tout y est") && page.contains(&format!("href=\"{path}\"")), "{page}");
    assert!(dpo.get("/").await.text().contains("href=\"/waiting-systems\""));

    let package = shop.package(&case.id, &case.search, "access", None).await;
    let content = format!(
        "/api/v1/requests/{}/packages/{}/content",
        case.id,
        package["id"].as_str().unwrap()
    );
    let mut zip = open_zip(&shop.dpo().get(&content).await.expect(200).body);
    assert_eq!(entry(&mut zip, "files/paper/lettre.txt"), "papier-canari");
    let rows: Value = serde_json::from_str(&entry(&mut zip, "data/paper.folder.json")).unwrap();
    let expected =
        json!([{ "page": "3", "note": "une, deux" }, { "page": "4", "note": "=SUM(A1)" }]);
    assert_eq!(rows, expected);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn an_answer_is_taken_back_and_another_given_until_the_case_ends() {
    let shop = Shop::open().await;
    let owner = owner(&shop).await;
    let case = Searched::new(&shop, PROVED.0, PROVED.1).await;
    let desk = browser(&shop.app, &owner).await;
    let path = page_of(&case, "paper");
    let empty = send(&desk, &path, &[("do", "answer")], &[]).await.expect(422).text();
    assert!(empty.contains("Give rows or upload a file"), "{empty}");
    let nothing = [("do", "nothing_found"), ("rows-0", "page\n3")];
    let refused = send(&desk, &path, &nothing, &[]).await.expect(422).text();
    assert!(refused.contains("page\n3</textarea>"), "{refused}");
    let early = send(&desk, &path, &[("do", "take_back")], &[]).await.expect(409).text();
    assert!(early.contains("nothing to take back"), "{early}");
    send(&desk, &path, &[("do", "nothing_found")], &[]).await.expect(303);
    assert_eq!(case.now(&shop, "paper").await["outcome"], "nothing_found");

    // Replaced after it was taken back; who looked at what stood before is told.
    send(&desk, &path, &[("do", "take_back")], &[]).await.expect(303);
    send(&desk, &path, &[("rows-0", "page\n3\n4")], &[("a.txt", b"wrong file")]).await.expect(303);
    let stale = [("seen", "nothing_found.0.0."), ("rows-0", "page\n5")];
    let page = desk.get(&path).await.expect(200);
    let csrf = token(&page, &path);
    let stale = [("csrf", csrf.as_str()), stale[0], stale[1]];
    let told = desk.post_files(&path, &stale, &[], usize::MAX).await.expect(409).text();
    assert!(told.contains("page\n5</textarea>"), "{told}");
    send(&desk, &path, &[("do", "take_back")], &[]).await.expect(303);
    let paper = case.now(&shop, "paper").await;
    let state = (&paper["outcome"], &paper["rows"], &paper["uploads"]);
    assert_eq!(state, (&json!("waits_for_person"), &json!(0), &json!(0)));
    let tasks: Value = shop.app.as_user(&owner).get("/api/v1/tasks").await.expect(200).json();
    assert_eq!(tasks["tasks"].as_array().unwrap().len(), 1, "{tasks}");
    // The same by the API, by whoever answers for the system alone; twice is once too often.
    let api = shop.app.as_user(&owner).with("if-match", "*");
    let refused = api.delete(&format!("{}/answer", case.system("paper"))).await.expect(409);
    assert!(refused.text().contains("nothing-to-take-back"));
    case.answer(&api, "paper", json!({ "outcome": "nothing_found" })).await.expect(200);
    let back = api.delete(&format!("{}/answer", case.system("paper"))).await.expect(200);
    assert_eq!(back.json::<Value>()["systems"][0]["outcome"], "waits_for_person");
    api.delete(&format!("{}/answer", case.system("cabinet"))).await.expect(403);

    // Once the case has ended nobody learns here whose data it was about.
    let reason = json!({ "reason": "Elle a changé d'avis" });
    shop.dpo().post(&format!("/api/v1/requests/{}/withdrawal", case.id), reason).await.expect(200);
    worker::drain(&shop.app.app).await.unwrap();
    let page = desk.get(&path).await.expect(200).text();
    assert!(!page.contains("canari") && !page.contains("name=\"files\""), "{page}");
    let before = files(&shop);
    let late = send(&desk, &path, &[("rows-0", "page\n7")], &[("a.txt", b"late")]);
    let late = late.await.expect(409).text();
    assert!(late.contains("page\n7</textarea>"), "{late}");
    assert_eq!(files(&shop), before);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn rows_beyond_the_limit_are_named_and_come_back_with_the_fields_beside_them() {
    let shop = Shop::open().await;
    let owner = owner(&shop).await;
    let case = Searched::new(&shop, PROVED.0, PROVED.1).await;
    let desk = browser(&shop.app, &owner).await;
    let path = page_of(&case, "paper");
    let before = files(&shop);
    let line = "3;canari-typed\n";
    let long = format!("page;note\n{}", line.repeat((2 << 20) / line.len() + 1));
    let fields = [("rows-0", long.as_str()), ("note", "Deux classeurs")];
    let given: [(&str, &[u8]); 1] = [("lettre.txt", b"papier-canari")];
    let refused = send(&desk, &path, &fields, &given).await.expect(413).text();
    for shown in ["The rows are more than 2 MB together", "Deux classeurs</textarea>", &long] {
        assert!(refused.contains(shown), "{}", &shown[..30.min(shown.len())]);
    }
    assert!(!refused.contains("file is larger"), "it speaks of rows");
    // However much stands before it, the note comes back.
    let long = line.repeat((5 << 20) / line.len());
    let fields = [("rows-0", long.as_str()), ("note", "Deux classeurs")];
    let refused = send(&desk, &path, &fields, &given).await.expect(413).text();
    assert!(refused.contains("Deux classeurs</textarea>"));
    assert_eq!(files(&shop), before);
    assert_eq!(case.now(&shop, "paper").await["outcome"], "waits_for_person");

    // What a lenient reader would join is told with its line.
    let joined = [("rows-0", "page;note\n3;\"ill\n4;well"), ("note", "Deux classeurs")];
    let refused = send(&desk, &path, &joined, &[]).await.expect(422).text();
    assert!(refused.contains("In line 2 a quotation mark opens"), "{refused}");
    let short = [("rows-0", "page;note\n3;ill\n4")];
    let refused = send(&desk, &path, &short, &[]).await.expect(422).text();
    assert!(refused.contains("Line 3 has 1 value, but there are 2 columns"), "{refused}");
    assert_eq!(files(&shop), before);
}
