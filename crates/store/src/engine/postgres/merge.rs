//! Neighbouring INSERTs as one statement, which the server runs and answers at once.
//!
//! Only plain ones, `INSERT ... VALUES (...)`: they do not see each other's rows, so that it makes no
//! difference whether they run one after the other. Foreign keys are looked at when all of them are in.

/// Merged statements are prepared by their shape; this keeps the shapes few.
const MOST: usize = 16;

/// Whether a statement is one that may be merged. It writes its row or fails.
pub(super) fn is_plain_insert(sql: &str) -> bool {
    sql.trim_start().starts_with("INSERT")
        && sql.contains(VALUES)
        && !["ON CONFLICT", "SELECT", "RETURNING"]
            .iter()
            .any(|word| sql.contains(word))
}

const VALUES: &str = "VALUES";

/// Cuts a list of statements where a neighbour must not be merged with the one before it.
pub(super) fn groups<T>(puts: &[T], is_plain: impl Fn(&T) -> bool) -> impl Iterator<Item = &[T]> {
    puts.chunk_by(move |one, next| is_plain(one) && is_plain(next))
        .flat_map(|group| group.chunks(MOST))
}

/// One statement for several, and the order in which it takes their parameters: the rows of one text
/// stand together, in their order.
pub(super) fn merged(group: &[&'static str]) -> (String, Vec<usize>) {
    let mut arms: Vec<(&str, Vec<usize>)> = Vec::new();
    for (place, sql) in group.iter().enumerate() {
        match arms.iter_mut().find(|(text, _)| text == sql) {
            Some((_, places)) => places.push(place),
            None => arms.push((sql, vec![place])),
        }
    }
    let mut used = 0;
    let inserts: Vec<String> = arms
        .iter()
        .map(|(sql, places)| insert(sql, places.len(), &mut used))
        .collect();
    let order = arms.into_iter().flat_map(|(_, places)| places).collect();
    let Some((last, before)) = inserts.split_last() else {
        return (String::new(), order);
    };
    let before: Vec<String> = before
        .iter()
        .enumerate()
        .map(|(arm, insert)| format!("arm{arm} AS ({insert})"))
        .collect();
    match before.is_empty() {
        true => (last.clone(), order),
        false => (format!("WITH {} {last}", before.join(", ")), order),
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

    #[test]
    fn only_plain_inserts_are_merged() {
        for (sql, plain) in [
            (A, true),
            (B, true),
            (
                "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO NOTHING",
                false,
            ),
            ("INSERT INTO t (a) SELECT a FROM s WHERE b = $1", false),
            ("INSERT INTO t (a) VALUES ($1) RETURNING a", false),
            ("UPDATE t SET a = $1 WHERE b = $2", false),
            ("DELETE FROM t WHERE b = $1", false),
        ] {
            assert_eq!(is_plain_insert(sql), plain, "{sql}");
        }
    }

    #[test]
    fn others_cut_the_list() {
        let puts = [true, true, false, false, true, true, true];
        let sizes: Vec<usize> = groups(&puts, |plain| *plain).map(<[bool]>::len).collect();
        assert_eq!(sizes, [2, 1, 1, 3]);
        let many = [true; 40];
        let sizes: Vec<usize> = groups(&many, |plain| *plain).map(<[bool]>::len).collect();
        assert_eq!(sizes, [16, 16, 8]);
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
