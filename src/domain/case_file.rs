//! The file of a case: everything about it, as one page or one archive.

use super::named::named;

named! {
    /// How a case file was opened.
    CaseFileForm {
        Page = "page",
        Archive = "archive",
    }
}
