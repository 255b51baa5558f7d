//! Worlds that are broken on purpose: the auditor has to name what does not hold.

use super::{Auditor, Moment, Snapshot};
use crate::ask::{Ask, PROVIDER, Reply, Seen};
use crate::firm;
use crate::network::Fate;
use crate::stage::Stage;
use crate::world::{Patience, UNPAID_AFTER_MICROS, World};
use touchstone_app::cashier::PaymentWhat;
use touchstone_app::ports::Books;
use touchstone_app::transactions::Decision;
use touchstone_domain::{Currency, Login, Money, ProgramId, PurchaseId, TransactionId};
use touchstone_store::params;

const RICH: usize = 1;
const WALLET: Login = Login(100_003);

/// Purchase 10 was bought, 11 was refunded, 12 was paid at a cashier, 13 in part and then given
/// back; all on a remote trading server. Payment 4 filled the wallet, 5 was paid out of it. Orders 500100 and 500101 are fee and deposit of 10,
/// 500102 and 500103 fee and refund of 11.
fn good_world(stage: &Stage) -> World<'_> {
    let mut world = World::begin(stage, 1, true).expect("a world");
    let rich = firm::PEOPLE[RICH].caller;
    let enroll = |key: &str| Ask::Enroll {
        by: rich,
        program: ProgramId(1),
        addons: Vec::new(),
        key: Some(key.into()),
    };
    let notice = |event: &str, transaction, minor| Ask::Notice {
        event: event.into(),
        transaction: TransactionId(transaction),
        what: PaymentWhat::Received(Money::new(minor, Currency::USD)),
        message: 1,
    };
    ask(&mut world, buy("a"), &[]);
    ask(&mut world, buy("b"), &[Fate::Done, Fate::Refused]);
    ask(&mut world, enroll("c"), &[]);
    ask(&mut world, notice("e1", 1, 49_900), &[]);
    ask(&mut world, enroll("d"), &[]);
    ask(&mut world, notice("e2", 2, 10_000), &[]);
    world.clock.advance_micros(UNPAID_AFTER_MICROS + 1);
    ask(&mut world, Ask::Sweep, &[]);
    let pay_back = Ask::Decide {
        by: firm::STAFF[0],
        transaction: TransactionId(3),
        decision: Decision::Approve,
    };
    ask(&mut world, pay_back, &[]);
    let (by, wallet, minor) = (rich, Some(WALLET), 20_000);
    ask(&mut world, Ask::Deposit { by, wallet, minor }, &[]);
    ask(&mut world, notice("e3", 4, minor), &[]);
    ask(&mut world, Ask::Withdraw { by, wallet, minor }, &[]);
    let pay_out = Ask::Decide {
        by: firm::STAFF[0],
        transaction: TransactionId(5),
        decision: Decision::Approve,
    };
    ask(&mut world, pay_out, &[]);
    world
}

fn buy(key: &str) -> Ask {
    Ask::Buy {
        by: firm::PEOPLE[RICH].caller,
        program: ProgramId(1),
        payer: WALLET,
        key: Some(key.into()),
        code: None,
    }
}

/// Asks, with the fates of the first calls; all others are done.
fn ask(world: &mut World<'_>, ask: Ask, fates: &[Fate]) {
    world.ask(ask, Patience::UntilTheEnd);
    let mut fates = fates.iter();
    while let Some(call) = world.network.waiting().first() {
        world.decide(*call, fates.next().copied().unwrap_or(Fate::Done));
    }
}

/// The invariants that a last look finds broken.
fn found(world: &mut World<'_>, rows: &Snapshot, books: &Books) -> Vec<&'static str> {
    let keys = world.keys();
    world.auditor.findings.0.clear();
    world.auditor.look(rows, &keys, Moment::AtRest);
    world.auditor.compare(rows, books);
    let violations = world.auditor.violations();
    violations.iter().map(|v| v.invariant).collect()
}

const COPY_ENTRY: &str = "INSERT INTO entry (order_no, brand_id, at, operation, book, currency,
    from_account, to_account, amount_minor, login, command, reason, comment, purchase_id,
    transaction_id, api_data)
  SELECT 900000, brand_id, at, operation, book, currency, from_account, to_account, amount_minor,
    login, command, reason, comment, purchase_id, transaction_id, api_data
  FROM entry WHERE order_no = (SELECT MIN(order_no) FROM entry WHERE operation = $1)";

/// What is done to the database, and the invariant that names it. `copy NAME` repeats the first
/// entry of an operation.
const BROKEN: &[(&[&str], &str)] = &[
    (
        &[
            "copy challenge_fee",
            "UPDATE account SET balance_minor = balance_minor - 49900 WHERE login = 100003",
        ],
        "a purchase costs its price once",
    ),
    (
        &[
            "copy challenge_fee_rollback",
            "UPDATE account SET balance_minor = balance_minor + 49900 WHERE login = 100003",
        ],
        "what goes back was taken before",
    ),
    (
        &[
            "DELETE FROM entry WHERE order_no = 500103",
            "UPDATE account SET balance_minor = balance_minor - 49900 WHERE login = 100003",
        ],
        "what was not delivered was given back",
    ),
    (
        &[
            "UPDATE purchase SET payer_login = 100002 WHERE id = 10",
            "UPDATE entry SET from_account = 100002 WHERE order_no = 500100",
        ],
        "a payer of another currency pays what the price comes to",
    ),
    (
        &["copy initial_balance"],
        "an initial balance is given once",
    ),
    (
        &[
            "INSERT INTO challenge SELECT 99, brand_id, purchase_id, customer_id, program_id, version_id, state, current_phase_index, account_login, started_at, ended_at, created_at, updated_at FROM challenge WHERE id = 12",
        ],
        "a purchase is one active challenge at most",
    ),
    (
        &[
            "INSERT INTO account (login, brand_id, customer_id, group_id, kind, currency, leverage, enabled, balance_minor, held_minor, created_at) SELECT 2000999, brand_id, customer_id, group_id, kind, currency, leverage, 1, 0, 0, created_at FROM account WHERE login = 2000100",
        ],
        "an enabled account has one active challenge",
    ),
    (
        &["UPDATE account SET balance_minor = balance_minor + 1 WHERE login = 100003"],
        "a balance follows from the entries",
    ),
    (
        &["UPDATE account SET balance_minor = balance_minor - 1 WHERE login = 2000100"],
        "an active challenge has an account that is enabled and funded",
    ),
    (
        &["DELETE FROM entry WHERE order_no = 500101"],
        "a balance follows from the entries",
    ),
    (
        &["DELETE FROM entry WHERE order_no = 500100"],
        "an active challenge was paid for",
    ),
    (
        &["UPDATE entry SET book = 1 WHERE order_no = 500100"],
        "no entry mixes the books",
    ),
    (
        &["UPDATE entry SET book = 1 WHERE order_no = 500103"],
        "each book sums to zero per currency",
    ),
    (
        &["UPDATE entry SET currency = 'EUR' WHERE order_no = 500100"],
        "an entry has its accounts' currency",
    ),
    (
        &["UPDATE entry SET purchase_id = NULL WHERE order_no = 500100"],
        "every entry belongs to a purchase or a payment",
    ),
    (
        &[
            "copy opening_balance",
            "UPDATE account SET balance_minor = balance_minor + 170000 WHERE login = 100001",
        ],
        "no money comes from nowhere",
    ),
    (
        &["UPDATE entry SET from_account = 100001 WHERE order_no = 500100"],
        "a purchase moves its payer's money and its account's",
    ),
    (
        &["UPDATE account SET held_minor = 1 WHERE login = 100003"],
        "nothing stays held back",
    ),
    (
        &["UPDATE account SET held_minor = balance_minor + 1 WHERE login = 100004"],
        "nobody spends what he does not have",
    ),
    (
        &["UPDATE challenge SET state = 4 WHERE id = 12"],
        "what was answered as active stays active",
    ),
    (
        &["UPDATE purchase SET payer_login = 100001 WHERE id = 10"],
        "every answered purchase is there",
    ),
    (
        &["UPDATE purchase SET price_minor = 1 WHERE id = 12"],
        "every answered journey is there",
    ),
    (
        &[
            "INSERT INTO purchase SELECT 99, brand_id, customer_id, program_id, version_id, funding, state, price_minor, currency, addon_codes, payer_login, account_login, challenge_id, transaction_id, granted_by, NULL, failure_reason, note, fee_order, initial_balance_order, attempt, step_calls, due_at, created_at, updated_at, NULL, promo_code, off_minor, NULL, '[]', 0, NULL, NULL, NULL, NULL, NULL FROM purchase WHERE id = 10",
        ],
        "every purchase was asked for",
    ),
    (
        &["UPDATE account SET closed_at = NULL WHERE login = 2000103"],
        "what was not delivered is closed",
    ),
    (
        &["UPDATE account SET temporary_password_hash = x'00' WHERE login = 2000100"],
        "a password that was shown opens its account",
    ),
    (
        &["DELETE FROM event WHERE seq = 2"],
        "events are numbered without a gap",
    ),
    (
        &["UPDATE event SET seq = NULL WHERE seq = (SELECT MAX(seq) FROM event)"],
        "every event gets a number",
    ),
    (
        &["DELETE FROM audit WHERE action = 'purchase.enroll'"],
        "every deed has its audit row",
    ),
    (
        &["DELETE FROM entry WHERE operation = 'cashier_received'"],
        "what a cashier took in is in the ledger",
    ),
    (&["copy cashier_received"], "no money comes from nowhere"),
    (
        &["DELETE FROM payment_event WHERE event_id = 'e1'"],
        "an acknowledged payment is never lost",
    ),
    (
        &["UPDATE payment_event SET amount_minor = 1 WHERE event_id = 'e1'"],
        "only what was told is taken in",
    ),
    (
        &["UPDATE payment_transaction SET received_minor = 0 WHERE id = 1"],
        "a transaction tells what came in for it",
    ),
    (
        &["copy cashier_refund_paid"],
        "money goes out once, when staff say so",
    ),
    (
        &["DELETE FROM entry WHERE operation = 'cashier_refund_paid'"],
        "what is held of customers is owed to them",
    ),
    (
        &["UPDATE payment_transaction SET state = 0 WHERE id = 2"],
        "no payment waits for ever",
    ),
    (
        &["UPDATE payment_transaction SET state = 0 WHERE id = 3"],
        "an answer is never taken back",
    ),
    (
        &[
            "UPDATE payment_transaction SET state = 4 WHERE id = 2",
            "UPDATE purchase SET created_at = created_at + 700000000000 WHERE id = 13",
        ],
        "nothing ends without a cause",
    ),
    (
        &[
            "copy deposit",
            "UPDATE account SET balance_minor = balance_minor + 20000 WHERE login = 100003",
        ],
        "a wallet moves once, when it is approved",
    ),
    (
        &[
            "DELETE FROM entry WHERE operation = 'withdrawal'",
            "UPDATE account SET balance_minor = balance_minor + 20000 WHERE login = 100003",
        ],
        "a wallet moves once, when it is approved",
    ),
    (
        &["UPDATE payment_transaction SET state = 0 WHERE id = 5"],
        "what is to be paid out is held back",
    ),
    (
        &["UPDATE payment_transaction SET state = 4 WHERE id = 5"],
        "nothing ends without a cause",
    ),
    (
        &["UPDATE payment_transaction SET login = 100004 WHERE id = 4"],
        "every answered payment is there",
    ),
    (
        &["UPDATE payment_transaction SET id = 99 WHERE id = 5"],
        "every payment was asked for",
    ),
    (
        &["DELETE FROM audit WHERE action = 'transaction.withdraw'"],
        "every deed has its audit row",
    ),
    (
        &["UPDATE payment_transaction SET state = 0, kind = 2, created_at = 0"],
        "what waits is capped",
    ),
];

#[test]
fn a_broken_database_is_named() {
    let stage = Stage::new().expect("a stage");
    let mut world = good_world(&stage);
    let (rows, books) = (world.snapshot().expect("rows"), world.network.books());
    assert_eq!(found(&mut world, &rows, &books), [] as [&str; 0]);
    assert!(
        rows.notices
            .iter()
            .all(|notice| notice.provider == PROVIDER)
    );
    let mut unnamed = Vec::new();
    for (statements, invariant) in BROKEN {
        let place = world.place().after_power_loss(&stage).expect("a copy");
        let store = place.open().expect("its store");
        let at = world.clock.time();
        let broken = store.write_blocking(move |tx| {
            for statement in *statements {
                let changed = match statement.strip_prefix("copy ") {
                    Some(operation) => tx.execute(COPY_ENTRY, params![operation])?,
                    None => tx.execute(statement, params![])?,
                };
                assert!(changed > 0, "{statement} changes nothing");
            }
            Snapshot::load(tx, at)
        });
        store.close_blocking();
        let names = found(&mut world, &broken.expect("broken rows"), &books);
        if !names.contains(invariant) {
            unnamed.push(format!("{statements:?} gives {names:?}, not {invariant:?}"));
        }
    }
    assert!(unnamed.is_empty(), "{}", unnamed.join("\n"));
}

type Damage = fn(&mut Books);

#[test]
fn remote_books_that_disagree_are_named() {
    let stage = Stage::new().expect("a stage");
    let mut world = good_world(&stage);
    let (rows, books) = (world.snapshot().expect("rows"), world.network.books());
    let cases: [(&str, Damage); 4] = [
        (
            "the trading server's books agree with the ledger",
            |books| {
                books.done.remove("10-1-withdraw");
            },
        ),
        (
            "the trading server's books agree with the ledger",
            |books| {
                books.done.remove("11-1-refund");
            },
        ),
        (
            "an account is open there exactly when its challenge is active here",
            |books| {
                books.done.remove("10-1-enable");
            },
        ),
        (
            "an account is open there exactly when its challenge is active here",
            |books| {
                let mut second = books.done["10-1-open_account"].clone();
                second.login = Login(2_000_999);
                books.done.insert("99-1-open_account".into(), second);
            },
        ),
    ];
    for (invariant, damage) in cases {
        let mut broken = books.clone();
        damage(&mut broken);
        assert_eq!(found(&mut world, &rows, &broken), [invariant]);
    }
}

/// The answer to a first purchase that is delivered.
fn delivered() -> Seen {
    let stage = Stage::new().expect("a stage");
    let world = World::begin(&stage, 1, false).expect("a world");
    let bought = world.ask_now(buy("a"));
    match bought {
        Reply::Purchase(seen) => *seen,
        other => panic!("{other:?}"),
    }
}

#[test]
fn answers_that_contradict_each_other_are_named() {
    let first = delivered();
    let again = Seen {
        idempotent: true,
        temporary_password: None,
        ..first.clone()
    };
    let purchase = |seen: Seen| Reply::Purchase(Box::new(seen));
    let cancel = Ask::Cancel {
        by: firm::PEOPLE[RICH].caller,
        purchase: first.purchase,
    };
    let cases: Vec<(&str, Vec<(Ask, Reply)>)> = vec![
        (
            "a temporary password is shown once",
            vec![
                (buy("a"), purchase(first.clone())),
                (
                    buy("a"),
                    purchase(Seen {
                        idempotent: true,
                        ..first.clone()
                    }),
                ),
            ],
        ),
        (
            "a repeat says that it is one",
            vec![
                (buy("a"), purchase(first.clone())),
                (
                    buy("a"),
                    purchase(Seen {
                        idempotent: false,
                        ..again.clone()
                    }),
                ),
            ],
        ),
        (
            "only a repeat is called one",
            vec![(buy("a"), purchase(again.clone()))],
        ),
        (
            "a key of a customer is one purchase",
            vec![
                (buy("a"), purchase(first.clone())),
                (
                    buy("a"),
                    purchase(Seen {
                        purchase: PurchaseId(11),
                        ..again.clone()
                    }),
                ),
            ],
        ),
        (
            "a key keeps its answer",
            vec![
                (buy("a"), purchase(first.clone())),
                (buy("a"), Reply::Refused("ProgramDisabled".into())),
            ],
        ),
        (
            "what a payer pays is settled when he buys",
            vec![
                (buy("a"), purchase(first.clone())),
                (
                    buy("a"),
                    purchase(Seen {
                        paid: Money::new(39_920, Currency::EUR),
                        ..again.clone()
                    }),
                ),
            ],
        ),
        (
            "an answer is never taken back",
            vec![
                (buy("a"), purchase(first.clone())),
                (
                    buy("a"),
                    purchase(Seen {
                        status: "paid",
                        challenge: None,
                        account: None,
                        ..again.clone()
                    }),
                ),
            ],
        ),
        (
            "a purchase stays what it was",
            vec![
                (buy("a"), purchase(first.clone())),
                (
                    buy("a"),
                    purchase(Seen {
                        challenge: first.challenge.map(|(id, _, state)| (id, Login(1), state)),
                        ..again.clone()
                    }),
                ),
            ],
        ),
        (
            "a purchase has its program's price",
            vec![(
                buy("a"),
                purchase(Seen {
                    price: Money::new(49_901, Currency::USD),
                    ..first.clone()
                }),
            )],
        ),
        (
            "what was cancelled is never delivered",
            vec![
                (
                    buy("a"),
                    purchase(Seen {
                        status: "pending",
                        challenge: None,
                        account: None,
                        temporary_password: None,
                        ..first.clone()
                    }),
                ),
                (
                    cancel,
                    purchase(Seen {
                        status: "pending",
                        challenge: None,
                        account: None,
                        temporary_password: None,
                        ..first.clone()
                    }),
                ),
                (buy("a"), purchase(again)),
            ],
        ),
        (
            "no request breaks",
            vec![(buy("a"), Reply::Broken("a bug".into()))],
        ),
    ];
    for (invariant, story) in cases {
        let mut auditor = Auditor::new(false);
        for (number, (ask, reply)) in (1..).zip(story) {
            auditor.asked(number, &ask);
            auditor.answered(number, &reply);
        }
        let names: Vec<_> = auditor.violations().iter().map(|v| v.invariant).collect();
        assert!(names.contains(&invariant), "{invariant}: {names:?}");
    }
}
