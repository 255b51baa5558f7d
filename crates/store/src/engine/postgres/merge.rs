//! Neighbouring writes as one statement, which the server runs and answers at once.
//!
//! Only plain INSERTs, `INSERT ... VALUES (...)`, and an UPDATE before them: the INSERTs do not see each other's rows,
//! and the UPDATE sees none of theirs, so that it makes no difference whether they run one after the other. Foreign
//! keys are looked at when all of them are in.

/// Merged statements are prepared by their shape; this keeps the shapes few.
const MOST: usize = 16;

/// How a write may be merged with its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It writes its row or fails.
    PlainInsert,
    /// It must hit one row, and may stand before plain INSERTs.
    Update,
    Alone,
}

impl Kind {
    pub(super) fn of(sql: &str) -> Kind {
        if is_plain_insert(sql) {
            Kind::PlainInsert
        } else if sql.trim_start().starts_with("UPDATE") {
            Kind::Update
        } else {
            Kind::Alone
        }
    }

    /// Whether the server must be asked to count the rows.
    pub(super) fn is_guarded(self) -> bool {
        self != Kind::PlainInsert
    }
}

/// A pipeline sends the COMMIT before the count of a `put` is known; so the server itself must refuse
/// to go on when it is not 1.
const GUARD: &str = "SELECT 1 / (CASE COUNT(*) WHEN 1 THEN 1 ELSE 0 END) FROM hit";

pub(super) fn with_guard(sql: &str) -> String {
    format!("WITH {} {GUARD}", counted(sql))
}

fn counted(sql: &str) -> String {
    format!("hit AS ({} RETURNING 1)", sql.trim())
}

fn is_plain_insert(sql: &str) -> bool {
    sql.trim_start().starts_with("INSERT")
        && sql.contains(VALUES)
        && !["ON CONFLICT", "SELECT", "RETURNING"]
            .iter()
            .any(|word| sql.contains(word))
}

const VALUES: &str = "VALUES";

/// Cuts a list of writes where a neighbour must not be merged with the one before it.
pub(super) fn groups<T>(puts: &[T], kind: impl Fn(&T) -> Kind) -> impl Iterator<Item = &[T]> {
    puts.chunk_by(move |one, next| kind(one) != Kind::Alone && kind(next) == Kind::PlainInsert)
        .flat_map(|group| group.chunks(MOST))
}

/// One statement for several, and the order in which it takes their parameters: the rows of one text
/// stand together, in their order.
pub(super) fn merged(group: &[&'static str]) -> (String, Vec<usize>) {
    let head = group.first().filter(|sql| Kind::of(sql) == Kind::Update);
    let inserts = usize::from(head.is_some());
    let mut arms: Vec<(&str, Vec<usize>)> = Vec::new();
    for (place, sql) in group.iter().enumerate().skip(inserts) {
        match arms.iter_mut().find(|(text, _)| text == sql) {
            Some((_, places)) => places.push(place),
            None => arms.push((sql, vec![place])),
        }
    }
    let mut used = head.map_or(0, |sql| renumbered(sql, 0, &mut String::new()));
    let mut parts: Vec<String> = arms
        .iter()
        .map(|(sql, places)| insert(sql, places.len(), &mut used))
        .collect();
    let last = match head {
        Some(_) => GUARD.to_owned(),
        None => parts.pop().unwrap_or_default(),
    };
    let arms_before = parts.iter().enumerate();
    let mut with: Vec<String> = arms_before
        .map(|(arm, insert)| format!("arm{arm} AS ({insert})"))
        .collect();
    with.extend(head.map(|sql| counted(sql)));
    let heads = 0..inserts;
    let order = heads.chain(arms.into_iter().flat_map(|(_, places)| places));
    match with.is_empty() {
        true => (last, order.collect()),
        false => (format!("WITH {} {last}", with.join(", ")), order.collect()),
    }
}

/// The INSERT with that many rows; its placeholders follow those that are used already.
fn insert(sql: &str, rows: usize, used: &mut usize) -> String {
    let (head, row) = sql.split_once(VALUES).unwrap_or((sql, ""));
    let mut text = format!("{}{VALUES}", head.trim_start());
    for place in 0..rows {
        text.push_str(if place == 0 { " " } else { ", " });
        *used += renumbered(row.trim(), *used, &mut text);
    }
    text
}

/// Appends a row with its `$n` raised by `by`; gives the highest `n`.
fn renumbered(row: &str, by: usize, into: &mut String) -> usize {
    let mut highest = 0;
    let mut parts = row.split('$');
    into.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let number: usize = number.parse().unwrap_or_default();
        highest = highest.max(number);
        into.push_str(&format!("${}{rest}", number + by));
    }
    highest
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "\n  INSERT INTO a (x, y) VALUES ($2, $1)";
    const B: &str = "INSERT INTO b (x, y, z)\n VALUES ($1, 1, $2)";

    const C: &str = "UPDATE c SET x = x + $2 WHERE id = $1";

    #[test]
    fn writes_are_told_apart() {
        for (sql, kind) in [
            (A, Kind::PlainInsert),
            (B, Kind::PlainInsert),
            (C, Kind::Update),
            (
                "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO NOTHING",
                Kind::Alone,
            ),
            (
                "INSERT INTO t (a) SELECT a FROM s WHERE b = $1",
                Kind::Alone,
            ),
            ("INSERT INTO t (a) VALUES ($1) RETURNING a", Kind::Alone),
            ("DELETE FROM t WHERE b = $1", Kind::Alone),
        ] {
            assert_eq!(Kind::of(sql), kind, "{sql}");
        }
    }

    #[test]
    fn others_cut_the_list() {
        use Kind::{Alone, PlainInsert, Update};
        let cut = |puts: &[Kind]| -> Vec<usize> {
            groups(puts, |kind| *kind).map(<[Kind]>::len).collect()
        };
        let i = PlainInsert;
        assert_eq!(cut(&[i, i, Alone, Alone, i, i, i]), [2, 1, 1, 3]);
        assert_eq!(cut(&[Update, i, i, Update, Update, i, Alone]), [3, 1, 2, 1]);
        assert_eq!(cut(&[i; 40]), [16, 16, 8]);
    }

    #[test]
    fn an_update_before_inserts_is_counted() {
        let (sql, order) = merged(&[C, A, B]);
        assert_eq!(
            sql,
            "WITH arm0 AS (INSERT INTO a (x, y) VALUES ($4, $3)), \
             arm1 AS (INSERT INTO b (x, y, z)\n VALUES ($5, 1, $6)), \
             hit AS (UPDATE c SET x = x + $2 WHERE id = $1 RETURNING 1) \
             SELECT 1 / (CASE COUNT(*) WHEN 1 THEN 1 ELSE 0 END) FROM hit"
        );
        assert_eq!(order, [0, 1, 2]);
    }

    #[test]
    fn rows_of_one_text_stand_together_in_their_order() {
        let (sql, order) = merged(&[A, B, A]);
        assert_eq!(
            sql,
            "WITH arm0 AS (INSERT INTO a (x, y) VALUES ($2, $1), ($4, $3)) \
             INSERT INTO b (x, y, z)\n VALUES ($5, 1, $6)"
        );
        assert_eq!(order, [0, 2, 1]);
        let (sql, order) = merged(&[A, A]);
        assert_eq!(sql, "INSERT INTO a (x, y) VALUES ($2, $1), ($4, $3)");
        assert_eq!(order, [0, 1]);
    }
}
