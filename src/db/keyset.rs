//! Lists that go on where they ended: by an instant, and by the id among equals.

use super::column::Instant;

/// Where a list goes on: after this instant and id.
pub type After<Id> = Option<(Instant, Id)>;

/// The next rows of a boxed query by an instant that may be missing, and an id: after what was read, the
/// earliest first, at most `limit`.
macro_rules! next_page {
    ($query:expr, $at:expr, $id:expr, $after:expr, $limit:expr) => {{
        let mut query = $query;
        if let Some((at, id)) = $after {
            let later = $at.gt(at).assume_not_null();
            let same = $at.eq(at).assume_not_null().and($id.gt(id));
            query = query.filter(later.or(same));
        }
        query.order(($at, $id)).limit($limit)
    }};
}

pub(super) use next_page;
