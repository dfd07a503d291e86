//! A client that speaks to the instance in process. Every answer goes through the contract.

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use guichet::domain::ids::UserId;
use guichet::web::Operation;
use guichet::web::api::OPERATIONS;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::app::TestApp;
use super::builders::credential;
use crate::contract;

/// What is sent.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    /// With its query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Bytes>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Calls as one user, or as nobody. Cheap to make; `with` adds a header for the calls that follow.
#[derive(Clone)]
pub struct Client<'a> {
    app: &'a TestApp,
    user: Option<UserId>,
    headers: Vec<(String, String)>,
}

impl<'a> Client<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, user: None, headers: Vec::new() }
    }

    /// The instance that it calls.
    pub const fn app(&self) -> &TestApp {
        self.app
    }

    /// The same client with a token of this user at each call.
    #[must_use]
    pub fn signed_in(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }

    /// The same client with a header more, in the place of one of that name.
    #[must_use]
    pub fn with(&self, name: &str, value: impl Into<String>) -> Self {
        let mut changed = self.clone();
        // A browser keeps all of its cookies.
        changed.headers.retain(|(known, _)| known != name || name == "cookie");
        changed.headers.push((name.to_owned(), value.into()));
        changed
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: impl Serialize) -> Answer {
        self.send_json(Method::POST, path, &body).await
    }

    pub async fn put(&self, path: &str, body: impl Serialize) -> Answer {
        self.send_json(Method::PUT, path, &body).await
    }

    pub async fn patch(&self, path: &str, body: impl Serialize) -> Answer {
        self.send_json(Method::PATCH, path, &body).await
    }

    /// Posts a form, as a browser does.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, Some(body.into()), &kind).await
    }

    /// Posts a form with files (name, content), as a browser does. Cut off after `length` bytes.
    pub async fn post_files(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
        length: usize,
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--EDGE\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(format!("{part}{value}\r\n").as_bytes());
        }
        for (name, content) in files {
            let part = format!(
                "--EDGE\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 content-type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(part.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--EDGE--\r\n");
        body.truncate(length);
        let kind = [("content-type", "multipart/form-data; boundary=EDGE")];
        self.send(Method::POST, path, Some(body.into()), &kind).await
    }

    async fn send_json(&self, method: Method, path: &str, body: &impl Serialize) -> Answer {
        let body = serde_json::to_vec(body).unwrap();
        let kind = [("content-type", "application/json")];
        self.send(method, path, Some(body.into()), &kind).await
    }

    /// Sends any bytes with any headers beside the client's own.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut all = self.headers.clone();
        all.extend(headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        if let Some(user) = self.user {
            let token =
                self.app.front.tokens.issue(user, credential(), self.app.app.now()).unwrap();
            all.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        let call = Call { method, path: path.to_owned(), headers: all, body };
        let answer = self.exchange(&call).await;
        contract::check(operation(&call), &call, &answer);
        answer
    }

    async fn exchange(&self, call: &Call) -> Answer {
        let mut request = TestRequest::with_uri(&call.path).method(call.method.clone());
        for (name, value) in &call.headers {
            request = request.append_header((name.as_str(), value.as_str()));
        }
        if let Some(body) = &call.body {
            request = request.set_payload(body.clone());
        }
        let response = self.app.serve(request).await;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = actix_web::test::read_body(response).await;
        Answer { status, headers, body }
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("not the JSON expected ({error}): {} {}", self.status, self.text())
        })
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The one header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The answer itself, once its status is the one expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// What a problem says it is, and the rules broken as `field: code`.
    pub fn problem(&self) -> (String, Vec<String>) {
        let body: Value = self.json();
        let kind = body["type"].as_str().unwrap_or_default();
        let kind = kind.trim_start_matches("urn:guichet:problem:").to_owned();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        let text = |error: &Value, key: &str| error[key].as_str().unwrap_or_default().to_owned();
        let errors =
            errors.iter().map(|error| format!("{}: {}", text(error, "field"), text(error, "code")));
        (kind, errors.collect())
    }
}

/// The operation that a call is of.
fn operation(call: &Call) -> Option<&'static Operation> {
    let path = call.path.split('?').next().unwrap_or_default();
    OPERATIONS.iter().find(|operation| {
        let parts = operation.path.split('/');
        operation.method == call.method.as_str()
            && operation.path.split('/').count() == path.split('/').count()
            && parts
                .zip(path.split('/'))
                .all(|(wanted, found)| wanted.starts_with('{') || wanted == found)
    })
}
