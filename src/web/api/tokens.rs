//! Signing in: a password or an API key against a token of ten minutes.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use crate::db::column::Instant;
use crate::db::users;
use crate::db::{conn::Conn, sessions};
use crate::domain::ids::UserId;
use crate::error::{Error, Result};
use crate::vault::secret::Token;
use crate::web::Front;
use crate::web::client;
use crate::web::credentials::sign_in;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::token::{Credential, LIFETIME_S};

/// Either a person with a password, or a program with a key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: Option<String>,
    password: Option<String>,
    api_key: Option<String>,
}

/// `POST /api/v1/tokens`
pub async fn issue(
    request: HttpRequest,
    front: Data<Front>,
    credentials: Json<Credentials>,
) -> std::result::Result<HttpResponse, Problem> {
    let network = client::network(&request, &front.app.config().trusted_proxies);
    let (user, credential) = match credentials.body {
        Credentials { email: Some(email), password: Some(password), api_key: None } => {
            sign_in(&front, network, &email, password).await?
        }
        Credentials { email: None, password: None, api_key: Some(key) } => {
            by_key(&front, network, &key).await?
        }
        _ => return Err(Error::invalid("", "password-or-key").into()),
    };
    let token = front.tokens.issue(user, credential, front.app.now())?;
    Ok(HttpResponse::Ok().json(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": LIFETIME_S,
    })))
}

async fn by_key(
    front: &Front,
    network: std::net::IpAddr,
    key: &str,
) -> Result<(UserId, Credential)> {
    let token = Token::parse(key).ok_or(Error::Unauthenticated)?;
    let hash = *token.hash().bytes();
    front.guesses.count(network, &hash)?;
    let at = Instant::from(front.app.now());
    let find = move |conn: &mut Conn| {
        let Some(key) = sessions::api_key(conn, &hash)? else {
            return Err(Error::Unauthenticated);
        };
        users::staff_member(conn, key.user_id)?.ok_or(Error::Unauthenticated)?;
        sessions::touch_api_key(conn, key.id, at)?;
        Ok((key.user_id, Credential::ApiKey(key.id)))
    };
    let found = front.app.write(find).await?;
    front.guesses.succeeded(network, &hash);
    Ok(found)
}
