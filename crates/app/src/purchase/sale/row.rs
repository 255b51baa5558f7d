//! A row that is in the database already, or not yet.

#[derive(Debug)]
pub(super) struct Row<T> {
    pub(super) value: T,
    pub(super) is_new: bool,
    pub(super) changed: bool,
}

impl<T> Row<T> {
    pub(super) const fn new(value: T) -> Self {
        Self {
            value,
            is_new: true,
            changed: true,
        }
    }

    pub(super) const fn stored(value: T) -> Self {
        Self {
            value,
            is_new: false,
            changed: false,
        }
    }

    pub(super) fn change(&mut self) -> &mut T {
        self.changed = true;
        &mut self.value
    }
}
