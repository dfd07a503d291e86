//! Holds each answer that a test sees to what the API promises.

use guichet::web::Operation;
use serde_json::Value;

use crate::support::client::{Answer, Call};

/// Called by the client of the tests with every answer. `operation` is nothing where the path is
/// no operation's.
pub fn check(operation: Option<&Operation>, call: &Call, answer: &Answer) {
    let of = || {
        format!(
            "{} {} ({:?})",
            call.method,
            call.path,
            operation.map(|o| o.id)
        )
    };
    if call.path.starts_with("/api/") && answer.status >= 400 {
        let kind = answer.header("content-type").unwrap_or_default();
        assert_eq!(kind, "application/problem+json", "{}", of());
        let problem: Value = answer.json();
        assert_eq!(problem["status"], answer.status, "{}", of());
        for field in ["type", "title", "detail"] {
            let text = problem[field].as_str().unwrap_or_default();
            assert!(
                !text.is_empty() && !text.contains('['),
                "{} {field}: {text}",
                of()
            );
        }
    }
}
