//! UUIDs of this dialect and the keys in them.

use super::error::{ApiError, Code};
use touchstone_app::App;
use touchstone_domain::EntityKind;
use uuid::Uuid;

/// The key of a UUID that this installation gave out for this kind of thing.
pub(super) fn key(app: &App, kind: EntityKind, id: Uuid) -> Result<i64, ApiError> {
    key_or(app, kind, id, Code::NotFound)
}

/// As [`key`], with a code of its own for what there is not.
pub(super) fn key_or(
    app: &App,
    kind: EntityKind,
    id: Uuid,
    missing: Code,
) -> Result<i64, ApiError> {
    app.public_ids.key(kind, id).ok_or_else(|| missing.into())
}
