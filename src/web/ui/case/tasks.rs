//! What somebody is to look after in a case: its open tasks, each with what to do.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse};

use super::history::Reading;
use super::posted::Posted;
use crate::db::alerts::AlertRow;
use crate::db::conn::Conn;
use crate::db::tasks::{self, Task};
use crate::domain::actor::Permission;
use crate::domain::alert::AlertKind;
use crate::domain::ids::{RequestId, TaskId};
use crate::domain::job::{BUILD_PACKAGE, SEARCH_GROUP};
use crate::error::{Error, Result};
use crate::language::{Language, text, text_with};
use crate::web::problem::Problem;
use crate::web::ui::wording;
use crate::web::{Front, alerts};
use crate::workflow::alert_mail::{Told, sentence};
use crate::workflow::closing::ACKNOWLEDGE_TASK;
use crate::workflow::codes::CONTACT_TASK;
use crate::workflow::collection::ANSWER_TASK;
use crate::workflow::mails::UNDELIVERED_TASK;
use crate::workflow::messages::READ_TASK;
use crate::workflow::provider_sign_ins::SIGN_IN_TASK;
use crate::workflow::record::Case;
use crate::workflow::tasks::{self as verbs, FAILED_TASK, is_of_verb};

/// Kinds of which an alert says less than the task does: it names no system and no reason.
const SAYS_MORE: [&str; 3] = [ANSWER_TASK, FAILED_TASK, UNDELIVERED_TASK];

/// One alert: when, what to do and why, and whether anybody was told.
pub struct AlertView {
    pub at: String,
    pub text: String,
    pub told: bool,
    /// The open task that it is about, where a person may say that it is done.
    pub task: Option<String>,
}

/// One open task: what to do.
pub struct TaskView {
    pub id: String,
    pub text: String,
    /// Whether a person may say that it is done.
    pub by_hand: bool,
}

/// The open tasks of a case, oldest first.
async fn open(front: &Front, id: RequestId) -> Result<Vec<Task>> {
    let read = move |conn: &mut Conn| Ok(tasks::of_request(conn, id)?);
    let mut open = front.app.read(read).await?;
    open.retain(|task| task.done_at.is_none());
    Ok(open)
}

/// The alerts of a case in words, and its open tasks for whoever `works` on it.
///
/// # Errors
/// When the database fails.
pub async fn views(
    front: &Front,
    case: &Case,
    reading: &Reading<'_>,
    works: bool,
) -> Result<(Vec<AlertView>, Vec<TaskView>)> {
    let alerts = alerts::list(front, &case.row).await?;
    let open = if works { open(front, case.row.id).await? } else { Vec::new() };
    Ok(in_words(reading, &alerts, &open))
}

/// A task that an alert says already is not said again.
fn in_words(
    reading: &Reading<'_>,
    alerts: &[Told],
    open: &[Task],
) -> (Vec<AlertView>, Vec<TaskView>) {
    let by_id: BTreeMap<String, &Task> =
        open.iter().map(|task| (task.id.to_string(), task)).collect();
    // What is told as it was asks for nothing.
    let asks = |told: &Told| told.holds || !told.row.kind.is_scheduled();
    let is_said = |task: &Task| alerts.iter().any(|told| asks(told) && says(&told.row, task));
    let tasks = open.iter().filter(|task| !is_said(task)).map(|task| TaskView {
        id: task.id.to_string(),
        text: what_to_do(reading.language, task),
        by_hand: !is_of_verb(&task.kind),
    });
    let alerts = alerts.iter().map(|told| AlertView {
        at: wording::instant(reading.language, told.row.raised_at.utc(), reading.zone),
        text: sentence(reading.language, told),
        told: told.row.told,
        task: by_id
            .get(&told.row.about)
            .filter(|task| says(&told.row, task) && !is_of_verb(&task.kind))
            .map(|task| task.id.to_string()),
    });
    (alerts.collect(), tasks.collect())
}

/// Whether an alert says what a task asks for.
fn says(alert: &AlertRow, task: &Task) -> bool {
    if task.kind == ACKNOWLEDGE_TASK {
        return alert.kind == AlertKind::AcknowledgementDue;
    }
    alert.about == task.id.to_string() && !SAYS_MORE.contains(&task.kind.as_str())
}

/// The sentence of a task, without anything of the person.
fn what_to_do(language: Language, task: &Task) -> String {
    let kind = task.kind.as_str();
    let detail = task.detail.as_str();
    let work = detail.split('/').next().unwrap_or_default();
    let key = match kind {
        CONTACT_TASK | SIGN_IN_TASK => format!("task-{kind}-{detail}"),
        READ_TASK if !detail.is_empty() => "task-proof".to_owned(),
        FAILED_TASK if work == SEARCH_GROUP => "task-failed-search".to_owned(),
        FAILED_TASK if work == BUILD_PACKAGE => "task-failed-package".to_owned(),
        kind => format!("task-{kind}"),
    };
    let system = task.system.as_deref().unwrap_or_default();
    let told = text_with(language, &key, &[("system", system)]);
    if told.starts_with('[') { text(language, "task-other") } else { told }
}

/// `POST /requests/{id}/tasks/{task_id}`
pub async fn complete(
    request: HttpRequest,
    posted: Posted,
) -> std::result::Result<HttpResponse, Problem> {
    posted.permit(Permission::WorkCase)?;
    let task = request.match_info().get("task_id").and_then(|id| id.parse().ok());
    let outcome = record_done(&posted, task.ok_or(Error::NotFound)?).await;
    posted.back("form-task-done", outcome).await
}

async fn record_done(posted: &Posted, task: TaskId) -> Result<()> {
    let (ctx, scope, id) = (posted.ctx(), posted.signed.member.scope(), posted.opened.row.id);
    let write = move |conn: &mut Conn| {
        // The address names the case: its page shows no task of another.
        if tasks::get(conn, &scope, task)?.request_id != Some(id) {
            return Err(Error::NotFound);
        }
        verbs::complete(conn, &ctx, &scope, task).map(drop)
    };
    posted.front.app.write(write).await
}

#[cfg(test)]
mod tests {
    use super::what_to_do;
    use crate::db::column::Instant;
    use crate::db::tasks::Task;
    use crate::domain::code::NotSent;
    use crate::domain::contact::Condition;
    use crate::domain::ids::Id;
    use crate::domain::provider_sign_in::Unmatched;
    use crate::language::{Language, text};

    fn task(kind: &str, detail: &str, system: Option<&str>) -> Task {
        let at: chrono::DateTime<chrono::Utc> = "2026-11-23T09:00:00Z".parse().unwrap();
        Task {
            id: Id::from_uuid(uuid::Uuid::nil()),
            controller_id: Id::from_uuid(uuid::Uuid::nil()),
            request_id: None,
            kind: kind.to_owned(),
            system: system.map(str::to_owned),
            detail: detail.to_owned(),
            created_at: Instant::from(at),
            done_at: None,
            done_by: None,
        }
    }

    /// Every kind that the workflow writes, with every detail that it is written with.
    fn all() -> Vec<Task> {
        let contact = NotSent::ALL.iter().map(|why| why.name());
        let contact = contact.chain(Condition::ALL.iter().map(|why| why.name()));
        let mut all: Vec<Task> = contact.map(|why| task("find_contact", why, None)).collect();
        all.extend(Unmatched::ALL.iter().map(|why| task("check_sign_in", why.name(), None)));
        for (kind, detail, system) in [
            ("acknowledge", "2026-11-26", None),
            ("answer_system", "019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a13", Some("archive")),
            ("check_identity_document", "2026-11-26T09:00:00Z", None),
            ("code_unused", "", None),
            ("decide_again", "access", None),
            ("deliver_mail", "portal_notice/refused", None),
            ("identity_document_over", "", None),
            ("identity_document_reused", "7K4M-Q2XD-5", None),
            ("job_failed", "SearchGroup/given-up", None),
            ("job_failed", "BuildPackage/given-up", None),
            ("job_failed", "SendCode/given-up", None),
            ("letter_code_unused", "", None),
            ("reach_colleague", "019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a13/smtp-550", None),
            ("read_message", "", None),
            ("read_message", "provider_sign_in", None),
            ("several_people", "", None),
            ("tell_person", "", None),
        ] {
            all.push(task(kind, detail, system));
        }
        all
    }

    #[test]
    fn every_task_says_what_to_do() {
        for language in [Language::En, Language::Fr] {
            let other = text(language, "task-other");
            for task in all() {
                let said = what_to_do(language, &task);
                let name = format!("{} {}", task.kind, task.detail);
                assert!(said != other && !said.contains('[') && !said.contains('{'), "{name}");
                assert!(task.system.is_none() || said.contains("archive"), "{said}");
                assert!(!said.contains("7K4M"), "{said}");
            }
            assert_eq!(what_to_do(language, &task("of_tomorrow", "", None)), other);
        }
    }
}
