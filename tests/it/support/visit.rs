//! Visits to the portal, in a browser without script.

use super::app::TestApp;
use super::client::{Answer, Client};

/// The portal of the controller of most tests, in English.
pub const PLACE: &str = "/t/maison-exemple/en";

/// The hidden token of the first form that leads to `action`.
pub fn token(page: &Answer, action: &str) -> String {
    let text = page.text();
    let form = text.split(&format!("action=\"{action}\"")).nth(1).expect("the form");
    let value = form.split("name=\"csrf\" value=\"").nth(1).expect("its token");
    value.split('"').next().unwrap().to_owned()
}

/// The value of a cookie that an answer sets.
pub fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all("set-cookie");
    set.filter_map(|value| value.to_str().ok())
        .find_map(|value| value.strip_prefix(&format!("{name}=")))
        .map(|value| value.split(';').next().unwrap().to_owned())
}

/// Fills in the form at the entry.
pub async fn enter(app: &TestApp, reference: &str, receipt: &str) -> Answer {
    enter_at(app, PLACE, reference, receipt).await
}

async fn enter_at(app: &TestApp, place: &str, reference: &str, receipt: &str) -> Answer {
    let action = format!("{place}/");
    let form = app.anonymous().get(&action).await.expect(200);
    let sent = format!("form={}", cookie(&form, "form").unwrap());
    let csrf = token(&form, &action);
    let fields = [("csrf", csrf.as_str()), ("reference", reference), ("receipt", receipt)];
    app.anonymous().with("cookie", sent).post_form(&action, &fields).await
}

/// A browser in which a case is opened.
pub async fn visitor<'a>(app: &'a TestApp, reference: &str, receipt: &str) -> Client<'a> {
    visitor_of(app, "maison-exemple", reference, receipt).await
}

/// As [`visitor`], at the controller of this slug.
pub async fn visitor_of<'a>(
    app: &'a TestApp,
    slug: &str,
    reference: &str,
    receipt: &str,
) -> Client<'a> {
    let place = format!("/t/{slug}/en");
    let entered = enter_at(app, &place, reference, receipt).await.expect(303);
    assert_eq!(entered.header("location"), Some(format!("{place}/case").as_str()));
    app.anonymous().with("cookie", format!("portal={}", cookie(&entered, "portal").unwrap()))
}
