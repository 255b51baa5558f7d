//! Profits that a rule of conduct takes back. Which positions they come from is known when an order is asked about, or
//! when news come to what is held; how much they are when it is closed.

use crate::judge::Found;
use crate::{Account, Order, OrderAction, PositionId};
use serde::{Deserialize, Serialize};
use touchstone_domain::UnixMicros;
use touchstone_domain::rule_set::{ConductEffect, ConductRule};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Void {
    /// Positions whose profits do not count, each with the first rule that says so.
    positions: Vec<(PositionId, ConductRule)>,
    /// Of an order whose deals come next.
    asked: Option<Asked>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    at: UnixMicros,
    rule: ConductRule,
    /// It closes positions; else it opens one.
    closes: bool,
}

impl Void {
    pub const NONE: Self = Self {
        positions: Vec::new(),
        asked: None,
    };

    pub fn is_empty(&self) -> bool {
        self.positions.is_empty() && self.asked.is_none()
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.positions.capacity() * size_of::<(PositionId, ConductRule)>()
    }

    /// The rule against which an order was asked about at this instant.
    pub fn asked_at(&self, now: UnixMicros) -> Option<ConductRule> {
        let asked = self.asked.filter(|asked| asked.at == now);
        asked.map(|asked| asked.rule)
    }

    fn mark(&mut self, id: PositionId, rule: ConductRule) {
        if self.positions.iter().all(|(known, _)| *known != id) {
            self.positions.push((id, rule));
        }
    }

    fn rule_of(&self, id: PositionId) -> Option<ConductRule> {
        let mut known = self.positions.iter();
        known.find(|(known, _)| *known == id).map(|(_, rule)| *rule)
    }
}

impl Account {
    pub const fn void(&self) -> &Void {
        &self.void
    }

    /// Goes on with the marks that it had.
    #[must_use]
    pub fn with_void(mut self, void: Void) -> Self {
        self.void = void;
        self
    }

    /// The profit of what an order leads to does not count.
    pub(crate) fn void_what_comes(&mut self, rule: ConductRule, order: &Order, found: &mut Found) {
        match (order.action, order.position) {
            (action @ (OrderAction::Open | OrderAction::Close), _) => {
                self.void.asked.get_or_insert(Asked {
                    at: self.phase.state.now,
                    rule,
                    closes: action == OrderAction::Close,
                });
            }
            (OrderAction::Modify, Some(id)) => self.void.mark(id, rule),
            // Nothing is held by a waiting order: it is asked about again when it is filled.
            (OrderAction::Modify, None) => {
                self.broken(rule, ConductEffect::VoidProfit, None, 0, found);
            }
        }
    }

    pub(crate) fn void_held(&mut self, id: PositionId, rule: ConductRule) {
        self.void.mark(id, rule);
    }

    /// What was asked about at an earlier instant has led to all that it leads to at once.
    pub(crate) fn forget_asked(&mut self) {
        if self.void.asked_at(self.phase.state.now).is_none() {
            self.void.asked = None;
        }
    }

    /// All that an order has led to is told: what comes next belongs to something else.
    pub(crate) const fn forget_order(&mut self) {
        self.void.asked = None;
    }

    pub(crate) fn void_opened(&mut self, id: PositionId) {
        let now = self.phase.state.now;
        let opens = |asked: &mut Asked| asked.at == now && !asked.closes;
        // One order opens one position.
        if let Some(asked) = self.void.asked.take_if(opens) {
            self.void.mark(id, asked.rule);
        }
    }

    /// The rule by which a profit of closing this position now does not count.
    pub(crate) fn void_rule(&self, id: PositionId) -> Option<ConductRule> {
        let now = self.phase.state.now;
        let asked = self
            .void
            .asked
            .filter(|asked| asked.at == now && asked.closes);
        let marked = self.void.rule_of(id);
        marked.or_else(|| asked.map(|asked| asked.rule))
    }

    /// A deal has closed a position, or a part of it.
    pub(crate) fn void_closed(&mut self, id: PositionId) {
        if self.positions.iter().all(|held| held.id != id) {
            self.void.positions.retain(|(known, _)| *known != id);
        }
    }
}
