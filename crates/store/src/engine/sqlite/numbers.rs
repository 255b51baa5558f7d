//! The counters of one batch, kept in memory between its begin and its commit.

/// Counters are read when a batch first asks for them and written back once, with its commit.
/// What a command took is given back when the command is undone: numbers have no gap.
#[derive(Default)]
pub(super) struct Numbers {
    slots: Vec<Slot>,
    /// What the running command changed: the slot and its number before.
    taken: Vec<(usize, i64)>,
}

struct Slot {
    name: &'static str,
    next: i64,
    stored: i64,
}

impl Numbers {
    /// Forgets everything: another process may have changed the counters since.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.taken.clear();
    }

    pub(super) fn begin_command(&mut self) {
        self.taken.clear();
    }

    pub(super) fn undo_command(&mut self) {
        for (slot, before) in self.taken.drain(..).rev() {
            self.slots[slot].next = before;
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.slots.iter().position(|slot| slot.name == name)
    }

    pub(super) fn load(&mut self, name: &'static str, stored: i64) -> usize {
        self.slots.push(Slot {
            name,
            next: stored,
            stored,
        });
        self.slots.len() - 1
    }

    pub(super) fn next(&self, slot: usize) -> i64 {
        self.slots[slot].next
    }

    pub(super) fn set_next(&mut self, slot: usize, next: i64) {
        self.taken.push((slot, self.slots[slot].next));
        self.slots[slot].next = next;
    }

    /// The counters whose number is no longer the stored one.
    pub(super) fn changed(&self) -> impl Iterator<Item = (&'static str, i64)> {
        self.slots
            .iter()
            .filter(|slot| slot.next != slot.stored)
            .map(|slot| (slot.name, slot.next))
    }
}
