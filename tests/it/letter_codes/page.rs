//! "Send a code by letter" on the page of a case, and the letter that it shows.

use super::{ON_FILE, scene, type_code};
use crate::pages::browser;
use crate::support::client::Answer;
use crate::support::visit::token;

fn version(page: &Answer) -> String {
    let text = page.text();
    let value = text.split("name=\"version\" value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn staff_print_the_letter_from_the_page_of_the_case() {
    let scene = scene().await;
    let case = scene
        .app
        .log_case(&scene.dpo, &scene.controller, |body| {
            body["subject"]["postal_address"] = "7, rue des archives, 31000 TOULOUSE".into();
        })
        .await;
    let browser = browser(&scene.app, &scene.dpo).await;
    let address = format!("/requests/{}", case.id);
    let action = format!("{address}/letter-code");
    let page = browser.get(&address).await.expect(200);
    let form = page.text().split(&format!("action=\"{action}\"")).nth(1).unwrap().to_owned();
    let form = form.split("</form>").next().unwrap();
    assert!(!form.contains("archives"), "the address given is not proposed: {form}");
    let (csrf, version) = (token(&page, &action), version(&page));
    let base = [("csrf", csrf.as_str()), ("version", version.as_str()), ("address", ON_FILE)];
    // Nothing is printed before somebody says where the address stands, and that it stands there.
    for (more, told) in [
        (&[("found_in", "boutique")][..], "stands in your own records"),
        (&[("is_on_file", "yes")], "Write something here"),
    ] {
        let refused = browser.post_form(&action, &[&base[..], more].concat()).await.expect(422);
        let text = refused.text();
        assert!(text.contains(told) && text.contains("31000 Toulouse</textarea>"), "{text}");
    }
    let long = ("address", "1\n2\n3\n4\n5\n6\n7");
    let all = [base[0], base[1], long, ("found_in", "boutique"), ("is_on_file", "yes")];
    let refused = browser.post_form(&action, &all).await.expect(422).text();
    assert!(refused.contains("At most 6 lines"), "{refused}");
    let said = [&base[..], &[("found_in", "boutique"), ("is_on_file", "yes")]].concat();
    let letter = browser.post_form(&action, &said).await.expect(200);
    assert_eq!(letter.header("content-language"), Some("fr"), "the language of the person");
    let text = letter.text();
    for shown in [
        "<address class=\"window right\"><span>Zoé Martin</span><span>7 rue des Archives</span>",
        "Maison Exemple SAS",
        "/t/maison-exemple/fr/",
        "Print this letter now",
        &case.reference,
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    let code = text.split("<strong>").nth(1).unwrap().split('<').next().unwrap();
    // Shown once: the same form again is about a version that is gone.
    browser.post_form(&action, &said).await.expect(409);
    let page = browser.get(&address).await.expect(200).text();
    assert!(!page.contains(code), "{page}");
    assert!(page.contains("which is the one in the request"), "{page}");
    type_code(&scene.person(&case).await, code).await.expect(303);
}
