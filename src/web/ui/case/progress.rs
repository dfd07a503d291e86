//! How far a case has come, and the one thing to do next.

use crate::domain::next_step::Stage;
use crate::language::Language;
use crate::web::ui::queue::rows::{NextView, place, standing};
use crate::web::ui::wording::named;
use crate::workflow::record::Case;

pub struct Progress {
    pub stages: Vec<StageView>,
    pub next: Option<NextView>,
}

pub struct StageView {
    pub word: String,
    pub current: bool,
    pub passed: bool,
}

/// How far a case has come; what comes next only for those who may do it. A package is built from
/// a search, where there is one.
#[must_use]
pub fn of(language: Language, case: &Case, works: bool, has_search: bool) -> Progress {
    let rights = case.state.rights.iter().map(|right| right.exercised.right);
    let standing = standing(&case.row, case.state.has_reply_to_read(), rights);
    let stage = standing.stage();
    let stages = Stage::ALL.iter().map(|one| StageView {
        word: named(language, "stage", one.name()),
        current: *one == stage,
        passed: *one < stage,
    });
    let next = standing.next_step().filter(|_| works).map(|step| NextView {
        word: named(language, "next", step.name()),
        place: match place(step) {
            "scope" if has_search => "search",
            place => place,
        },
    });
    Progress { stages: stages.collect(), next }
}
