//! The identity provider of a controller: what is set, whether it answers, and what it is told of us.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use secrecy::SecretString;

use super::form::Form;
use super::frame::{Frame, page};
use super::setting::{Outcome, Setting};
use super::signed::SignedPage;
use super::wording::named;
use crate::domain::actor::Permission;
use crate::domain::ids::ControllerId;
use crate::domain::provider_sign_in::ClaimRule;
use crate::error::{FieldError, Result};
use crate::language::{Language, text};
use crate::web::Front;
use crate::web::identity_provider::{self, Provider, Wanted, redirect_uri};
use crate::web::problem::Problem;
use crate::workflow::settings::{identity_provider as verbs, permission};

type Answer = std::result::Result<HttpResponse, Problem>;

/// The claims that stand for themselves, each with its kind and its box.
const VERIFIED: [(&str, &str); 2] = [("email", "email"), ("phone_number", "phone")];

#[derive(Template)]
#[template(path = "web/ui/templates/identity_provider.html")]
struct ProviderPage {
    frame: Frame,
    id: String,
    controller: String,
    redirect_uri: String,
    may_edit: bool,
    is_set: bool,
    state: String,
    /// Why the last test failed.
    why: Option<String>,
    typed: Typed,
    told: Vec<String>,
}

/// What stands in the fields.
#[derive(Default)]
struct Typed {
    issuer: String,
    client_id: String,
    email: bool,
    phone: bool,
    /// A line each: `claim = kind`.
    others: String,
    scopes: String,
}

impl Typed {
    fn of_form(form: &Form) -> Self {
        let field = |name: &str| form.field(name).to_owned();
        Self {
            issuer: field("issuer"),
            client_id: field("client_id"),
            email: form.field("email") == "yes",
            phone: form.field("phone_number") == "yes",
            others: field("others"),
            scopes: field("scopes"),
        }
    }

    fn of_provider(provider: &Provider) -> Self {
        let settings = &provider.settings;
        let has = |claim: &str| settings.claims.iter().any(|rule| rule.claim == claim);
        let others = settings.claims.iter().filter(|rule| !is_verified(rule));
        let others = others.map(|rule| format!("{} = {}", rule.claim, rule.kind));
        Self {
            issuer: settings.issuer.clone(),
            client_id: settings.client_id.clone(),
            email: has("email"),
            phone: has("phone_number"),
            others: others.collect::<Vec<_>>().join("\n"),
            scopes: settings.scopes.join(" "),
        }
    }

    fn wanted(&self, secret: &str) -> Wanted {
        let boxes = [self.email, self.phone].into_iter().zip(VERIFIED);
        let boxes = boxes.filter(|(is_checked, _)| *is_checked);
        let rule = |claim: &str, kind: &str| ClaimRule {
            claim: claim.trim().to_owned(),
            kind: kind.trim().to_owned(),
        };
        let mut claims: Vec<ClaimRule> =
            boxes.map(|(_, (claim, kind))| rule(claim, kind)).collect();
        for line in self.others.lines().filter(|line| !line.trim().is_empty()) {
            // A claim may be a URL, with a sign in it; a kind has none.
            let (claim, kind) = line.rsplit_once('=').unwrap_or((line, ""));
            claims.push(rule(claim, kind));
        }
        Wanted {
            issuer: self.issuer.trim().to_owned(),
            client_id: self.client_id.trim().to_owned(),
            client_secret: (!secret.is_empty()).then(|| SecretString::from(secret)),
            claims,
            scopes: self.scopes.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

fn is_verified(rule: &ClaimRule) -> bool {
    VERIFIED.iter().any(|(claim, _)| rule.claim == *claim)
}

/// `GET /controllers/{id}/identity-provider`
pub async fn show(front: Data<Front>, signed: SignedPage, id: Path<ControllerId>) -> Answer {
    answer(&front, &signed, *id, None).await
}

/// `POST /controllers/{id}/identity-provider`: saves, tries or removes, as the button says.
pub async fn write(
    front: Data<Front>,
    signed: SignedPage,
    id: Path<ControllerId>,
    form: Form,
) -> Answer {
    let (controller, page, permission) = (*id, "identity-provider", Permission::Administer);
    let setting = Setting { signed: &signed, controller, form: &form, page, permission };
    let storing = act(&front, &signed, controller, &form);
    let name = |field: &FieldError| {
        let name = field.field.split('[').next().unwrap_or_default().replace('_', "-");
        text(signed.language, &format!("provider-field-{name}"))
    };
    let (status, told) = match setting.store(storing, name).await? {
        Outcome::Taken(page) => return Ok(page),
        Outcome::Refused(told) => told,
    };
    answer(&front, &signed, controller, Some((form, status, told))).await
}

async fn act(front: &Front, signed: &SignedPage, id: ControllerId, form: &Form) -> Result<()> {
    let ctx = front.app.ctx(signed.actor());
    match form.field("act") {
        "test" => front.app.write(move |conn| verbs::test(conn, &ctx, id).map(drop)).await,
        "remove" => front.app.write(move |conn| verbs::remove(conn, &ctx, id)).await,
        _ => {
            let wanted = Typed::of_form(form).wanted(form.field("client_secret"));
            identity_provider::store(front, signed.actor(), id, wanted).await.map(drop)
        }
    }
}

async fn answer(
    front: &Front,
    signed: &SignedPage,
    id: ControllerId,
    refused: Option<(Form, StatusCode, Vec<String>)>,
) -> Answer {
    let (language, actor) = (signed.language, signed.actor());
    let (controller, provider) = identity_provider::read(front, &actor, id).await?;
    let (status, told, typed) = match &refused {
        // A button without fields leaves what is stored.
        Some((form, status, told)) if form.field("act") == "save" => {
            (*status, told.clone(), Some(Typed::of_form(form)))
        }
        Some((_, status, told)) => (*status, told.clone(), None),
        None => (StatusCode::OK, Vec::new(), None),
    };
    let stored = provider.as_ref().map(Typed::of_provider);
    let template = ProviderPage {
        frame: signed.frame(),
        id: id.to_string(),
        redirect_uri: redirect_uri(&front.app.config().base_url, &controller.slug),
        controller: controller.name,
        may_edit: permission::on_controller(&actor, id, Permission::Administer).is_ok(),
        is_set: provider.is_some(),
        state: state(language, provider.as_ref()),
        why: provider.and_then(|it| it.row.test_detail).map(|code| text(language, &code)),
        typed: typed.or(stored).unwrap_or_default(),
        told,
    };
    page(status, language, &template)
}

fn state(language: Language, provider: Option<&Provider>) -> String {
    let state = provider.map_or("none", |provider| provider.row.test_state.as_str());
    named(language, "provider-state", state)
}
