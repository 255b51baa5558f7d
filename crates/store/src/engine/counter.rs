//! Numbers that the store gives out.

/// A sequence of numbers that people see (purchases, logins, orders), kept in the table `counter`.
///
/// On SQLite numbers follow each other without a gap; on PostgreSQL unused ones of a block are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counter(pub &'static str);
