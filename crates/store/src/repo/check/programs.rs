//! Programs, groups and people: everything is of a brand that there is.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "brand.exists",
        rule: "whatever belongs to a brand belongs to one that there is",
        sql: "
SELECT s.subject, s.id, 'a brand', 'brand ' || s.brand_id
FROM (
    SELECT 'staff' AS subject, id, brand_id FROM staff
    UNION ALL SELECT 'customer', id, brand_id FROM customer
    UNION ALL SELECT 'session', id, brand_id FROM session
    UNION ALL SELECT 'group', id, brand_id FROM account_group
    UNION ALL SELECT 'program', id, brand_id FROM program
    UNION ALL SELECT 'audit row', id, brand_id FROM audit
    UNION ALL SELECT 'event', id, brand_id FROM event) s
LEFT JOIN brand b ON b.id = s.brand_id
WHERE b.id IS NULL",
    },
    Draft {
        name: "program.version",
        rule: "the version that a program sells exists and is its own",
        sql: "
SELECT 'program', p.id, 'a version of its own',
    COALESCE('version ' || v.id || ' of program ' || v.program_id, 'no version ' || p.current_version_id)
FROM program p LEFT JOIN program_version v ON v.id = p.current_version_id
WHERE v.id IS NULL OR v.program_id <> p.id",
    },
    Draft {
        name: "version.program",
        rule: "a version is of a program that there is, and its number is its own",
        sql: "
SELECT 'version', v.id, 'a program of its own, number ' || v.number || ' once',
    'program ' || v.program_id || ', number ' || v.number || ' in ' || s.versions || ' versions'
FROM program_version v
JOIN (SELECT program_id, number, COUNT(*) AS versions FROM program_version GROUP BY program_id, number) s
    ON s.program_id = v.program_id AND s.number = v.number
LEFT JOIN program p ON p.id = v.program_id
WHERE p.id IS NULL OR s.versions > 1",
    },
];
