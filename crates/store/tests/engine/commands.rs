//! One command: what it reads, what it writes, how it ends.

use touchstone_store::testing::each_engine;
use touchstone_store::{ReadOnlyStore, StoreError, StoreOptions, Tx, params};

use crate::support::{
    Gate, Outcome, amount, event, ids, open, put_purse, put_purses, runtime, set_amount, total,
};

#[test]
fn what_is_written_is_there_after_the_answer() {
    each_engine(|database| {
        let store = open(database);
        let seen = store.write_blocking(|tx| {
            put_purse(tx, 7, 5)?;
            set_amount(tx, 7, 6)?;
            amount(tx, 7)
        });
        assert_eq!(seen, Ok(6));
        assert_eq!(total(&store), 6);
        store.close_blocking();
    });
}

#[test]
fn values_come_back_as_they_were() {
    each_engine(|database| {
        let store = open(database);
        let rows = store.write_blocking(|tx| -> Outcome<_> {
            let insert =
                "INSERT INTO purse (id, amount, version, note, seal) VALUES ($1, $2, $3, $4, $5)";
            let text = String::from("naïve ✓ \"quoted\" 'text'");
            tx.put(insert, params![i64::MAX, 0, true, &text, &[0_u8, 255]])?;
            tx.put(
                insert,
                params![i64::MIN, i64::MAX, false, None::<&str>, None::<&[u8]>],
            )?;
            let select = "SELECT id, amount, version, note, seal FROM purse ORDER BY id";
            tx.query(select, &[], |row| {
                let seal = row.opt_blob(4)?.map(<[u8]>::to_vec);
                Ok((
                    row.int(0)?,
                    row.int(1)?,
                    row.bool(2)?,
                    row.opt_string(3)?,
                    seal,
                ))
            })
        });
        let text = "naïve ✓ \"quoted\" 'text'".to_owned();
        assert_eq!(
            rows,
            Ok(vec![
                (i64::MIN, i64::MAX, false, None, None),
                (i64::MAX, 0, true, Some(text), Some(vec![0, 255])),
            ])
        );
        store.close_blocking();
    });
}

#[test]
fn placeholders_count_by_their_number_not_by_their_place() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 2, 5);
        let sql = "SELECT id, $3 FROM purse WHERE amount = $2 AND id = $1 AND amount = $2";
        let row = store.read_blocking(move |tx| -> Outcome<_> {
            tx.query_one(sql, params![2, 5, "x"], |row| {
                Ok((row.int(0)?, row.string(1)?))
            })
        });
        assert_eq!(row, Ok((2, "x".to_owned())));
        store.close_blocking();
    });
}

#[test]
fn a_refusal_undoes_what_was_written_before_it() {
    #[derive(Debug, PartialEq)]
    enum Refusal {
        TooLittle,
        Store(StoreError),
    }
    impl From<StoreError> for Refusal {
        fn from(error: StoreError) -> Self {
            Refusal::Store(error)
        }
    }
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 1, 5);
        let refused = store.write_blocking(|tx| -> Result<(), Refusal> {
            set_amount(tx, 1, 0)?;
            put_purse(tx, 2, 1)?;
            tx.execute("DELETE FROM label WHERE purse_id = $1", params![1])?;
            Err(Refusal::TooLittle)
        });
        assert_eq!(refused, Err(Refusal::TooLittle));
        assert_eq!((ids(&store), total(&store)), (vec![1], 5));
        store.close_blocking();
    });
}

#[test]
fn a_panic_is_an_error_of_its_own_command_only() {
    each_engine(|database| {
        let store = open(database);
        let panicked = store.write_blocking(|tx| -> Outcome<()> {
            put_purse(tx, 1, 1)?;
            panic!("a bug in a use case");
        });
        assert_eq!(panicked, Err(StoreError::Panicked));
        put_purses(&store, 1, 9);
        assert_eq!(total(&store), 9);
        store.close_blocking();
    });
}

#[test]
fn after_a_failed_statement_nothing_is_kept_whatever_the_closure_says() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 1, 5);
        let swallowed = store.write_blocking(|tx| -> Outcome<()> {
            set_amount(tx, 1, 6)?;
            let below = tx.execute("UPDATE purse SET amount = $1 WHERE id = 1", params![-1]);
            assert!(
                matches!(below, Err(StoreError::Constraint { .. })),
                "{below:?}"
            );
            assert_eq!(amount(tx, 1), Err(StoreError::Aborted));
            Ok(())
        });
        assert!(
            matches!(swallowed, Err(StoreError::Constraint { .. })),
            "{swallowed:?}"
        );
        assert_eq!(total(&store), 5);
        store.close_blocking();
    });
}

#[test]
fn each_kind_of_refusal_by_the_database_has_its_own_error() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 1, 5);
        let twice = store.write_blocking(|tx| put_purse(tx, 1, 5));
        assert!(
            matches!(twice, Err(StoreError::Duplicate { .. })),
            "{twice:?}"
        );
        let orphan = store.write_blocking(|tx| {
            tx.put(
                "INSERT INTO label (purse_id, word) VALUES ($1, $2)",
                params![9, "w"],
            )
        });
        assert!(
            matches!(orphan, Err(StoreError::Constraint { .. })),
            "{orphan:?}"
        );
        let stale = store.write_blocking(|tx| set_amount(tx, 9, 1));
        assert!(matches!(stale, Err(StoreError::Stale { .. })), "{stale:?}");
        let many = store.write_blocking(|tx| -> Outcome<()> {
            put_purse(tx, 2, 5)?;
            tx.put("UPDATE purse SET amount = $1", params![1])
        });
        assert!(matches!(many, Err(StoreError::Stale { .. })), "{many:?}");
        let none = store.write_blocking(|tx| amount(tx, 9));
        assert!(
            matches!(none, Err(StoreError::RowCount { found: 0, .. })),
            "{none:?}"
        );
        assert_eq!((ids(&store), total(&store)), (vec![1], 5));
        store.close_blocking();
    });
}

#[test]
fn an_update_and_the_inserts_after_it_are_kept_together_or_not_at_all() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 1, 5);
        let missed = store.write_blocking(|tx| {
            set_amount(tx, 9, 1)?;
            put_purse(tx, 2, 5)?;
            put_purse(tx, 3, 5)
        });
        assert!(
            matches!(missed, Err(StoreError::Stale { .. })),
            "{missed:?}"
        );
        let refused = store.write_blocking(|tx| {
            set_amount(tx, 1, 6)?;
            put_purse(tx, 2, 5)?;
            put_purse(tx, 3, -5)
        });
        assert!(
            matches!(refused, Err(StoreError::Constraint { .. })),
            "{refused:?}"
        );
        assert_eq!((ids(&store), total(&store)), (vec![1], 5));
        store
            .write_blocking(|tx| {
                set_amount(tx, 1, 6)?;
                put_purse(tx, 2, 10)?;
                set_amount(tx, 2, 20)?;
                put_purse(tx, 3, 100)
            })
            .unwrap();
        assert_eq!((ids(&store), total(&store)), (vec![1, 2, 3], 126));
        store.close_blocking();
    });
}

#[test]
fn a_statement_that_is_wrong_says_so() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 1, 5);
        let wrong = |result: Outcome<i64>| {
            assert!(
                matches!(result, Err(StoreError::Statement { .. })),
                "{result:?}"
            );
        };
        let read = |sql, values: &'static [(i64, &'static str)]| {
            store.read_blocking(move |tx| {
                let values: Vec<_> = values.iter().map(|(n, _)| (*n).into()).collect();
                tx.query_one(sql, &values, |row| row.int(0))
            })
        };
        wrong(read("SELECT nothing FROM purse", &[]));
        wrong(read("SELECT id FROM purse WHERE id = $1", &[]));
        wrong(read(
            "SELECT id FROM purse WHERE id = $1",
            &[(1, ""), (2, "")],
        ));
        wrong(store.write_blocking(|tx| {
            let sql = "UPDATE purse SET note = $1 WHERE id = 1";
            tx.put(sql, params!["a\0b"]).map(|()| 0)
        }));
        let column = read("SELECT 'word' FROM purse", &[]);
        let expected = StoreError::Column {
            index: 0,
            expected: "a number",
        };
        assert_eq!(column, Err(expected));
        store.close_blocking();
    });
}

#[test]
fn a_read_cannot_write() {
    each_engine(|database| {
        let store = open(database);
        let tries: [fn(&mut touchstone_store::Tx<'_>) -> Outcome<()>; 3] = [
            |tx| put_purse(tx, 1, 1),
            |tx| tx.next_id(touchstone_store::Counter("purse")).map(|_| ()),
            |tx| {
                let sql = "INSERT INTO purse (id, amount, version) VALUES (1, 1, 1) RETURNING id";
                tx.query(sql, &[], |row| row.int(0)).map(|_| ())
            },
        ];
        for write in tries {
            assert_eq!(store.read_blocking(write), Err(StoreError::ReadOnly));
        }
        assert_eq!(ids(&store), Vec::<i64>::new());
        store.close_blocking();
    });
}

#[test]
fn a_store_for_reads_alone_reads_beside_one_that_writes() {
    each_engine(|database| {
        let store = database.store();
        let tell = |subject| {
            let work = move |tx: &mut Tx<'_>| tx.append_event(&event(subject, None));
            store.write_blocking(work).unwrap();
        };
        tell(1);
        let gate = Gate::hold(&store);
        let options = StoreOptions::default();
        let reading = ReadOnlyStore::open(database.url(), &options).unwrap();
        gate.open();
        tell(2);
        let count = "SELECT COUNT(*) FROM event";
        let seen = runtime().block_on(async {
            let work = move |tx: &mut Tx<'_>| tx.query_one(count, &[], |row| row.int(0));
            let seen = reading.read(work).await;
            let write = reading.read(|tx| tx.append_event(&event(3, None))).await;
            assert_eq!(write, Err(StoreError::ReadOnly));
            reading.close().await;
            seen
        });
        assert_eq!(seen, Ok(2));
        store.close_blocking();
    });
}
