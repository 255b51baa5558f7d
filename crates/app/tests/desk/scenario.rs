//! A text that says what is done, each line followed by what was seen.
//!
//! ```text
//! steps
//! [{"name": "Evaluation", "group": "PROP-DEMO-100K", "initial_balance_minor": 10000000, "rules": {...}}]
//! end
//! buy a
//! = account 2000100
//! price EURUSD 1.10000 1.10010
//! order a long EURUSD 1 sl 1.09000 id first
//! = done 1
//! advance 1h
//! ```

use crate::fees::Offer;
use crate::words::{micros, order, price, volume};
use crate::world::{BRAND, PROGRAM, STAFF, Sold, WALLET, World};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use touchstone_app::breaches::{ReplayError, Replayed, replay};
use touchstone_app::check::check;
use touchstone_app::desk::settings::TurnLimits;
use touchstone_app::desk::{Answer, Asked, Evidence, Instruments, Restore, ReviewOutcome};
use touchstone_app::news::AddNews;
use touchstone_app::purchase::{BuyRequest, Choice};
use touchstone_app::transactions::Decision;
use touchstone_domain::rule_set::Impact;
use touchstone_domain::*;
use touchstone_rules::Origin;
use touchstone_store::repo::desk::{accounts as desk_accounts, breaches, curves, history};
use touchstone_store::repo::{self, accounts};
use touchstone_store::{NewEvent, Store, StoreError, Tx};
use touchstone_trading::{ClientId, Command, Protection, Tick};

/// When the program is ended without a warning, and started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crashes {
    Never,
    /// After every line.
    After,
    /// After every line, before what comes for several accounts at once is done for more than one or two.
    Between,
    /// Never, but what comes for several accounts at once is still being done when the next line comes.
    NeverAndBehind,
}

/// What is done, in order, and the steps of the program.
pub struct Script {
    /// Lines "reset_fee 9900" and "addons [...]" before the steps say more than these.
    pub sold: Sold,
    /// A line "price 49900" before the steps, and one "refund 14 1000": days, and what is kept.
    offer: Offer,
    head: String,
    pub lines: Vec<String>,
}

impl Script {
    /// Lines that begin with "=" were seen; the others are done.
    pub fn parse(text: &str) -> Self {
        let (before, rest) = text.split_once("steps\n").expect("steps");
        let (json, rest) = rest.split_once("\nend\n").expect("the steps' end");
        let steps = serde_json::from_str(json).expect("steps in JSON");
        let lines = rest.lines().filter(|line| !line.starts_with('='));
        let lines_before = before.lines();
        let said = |word| {
            lines_before
                .clone()
                .find_map(|line: &str| line.strip_prefix(word))
        };
        let fee = said("reset_fee ");
        let addons = said("addons ").map(|json| serde_json::from_str(json).expect("add-ons"));
        Self {
            sold: Sold {
                steps,
                addons: addons.unwrap_or_default(),
                reset_fee_minor: fee.map(|minor| minor.parse().expect("minor units")),
            },
            offer: Offer::of(before),
            head: format!("{before}steps\n{json}\nend\n"),
            lines: lines.map(str::to_owned).collect(),
        }
    }

    /// Does it all, and writes down what was seen.
    pub async fn run(&self, store: Store, crashes: Crashes) -> String {
        let limits = match crashes {
            Crashes::Never | Crashes::After => TurnLimits::default(),
            Crashes::Between | Crashes::NeverAndBehind => TurnLimits {
                calm_accounts: 1,
                nights: 1,
                boards: 1,
            },
        };
        let mut play = Play {
            world: World::made(store, self.sold.clone(), limits).await,
            crashes,
            accounts: BTreeMap::new(),
            told: 0,
            deals: BTreeMap::new(),
            sequence: 0,
        };
        self.offer.sell(&play.world).await;
        let mut seen = self.head.clone();
        for line in &self.lines {
            writeln!(seen, "{line}").unwrap();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            for line in play.line(line).await {
                writeln!(seen, "= {line}").unwrap();
            }
            if crashes == Crashes::After {
                play.world.crash().await;
            }
        }
        play.world.settle().await;
        assert_replays(&play.world.store).await;
        let report = play.world.store.read(|tx| check(tx, 100)).await.unwrap();
        assert!(report.is_clean(), "{report}");
        seen
    }
}

/// Every breach is reached again from what is stored.
async fn assert_replays(store: &Store) {
    for replayed in replay_all(store).await {
        assert_eq!(replayed.difference, None, "{:?}", replayed.lines());
    }
}

pub async fn replay_all(store: &Store) -> Vec<Replayed> {
    let replayed = store.read(|tx| {
        let instruments = Instruments::built_in();
        let all = breaches::chain_after(tx, BreachId(0), 1_000)?;
        let again = all.iter().map(|breach| replay(tx, &instruments, breach.id));
        again.collect::<Result<Vec<_>, ReplayError>>()
    });
    replayed.await.expect("what is stored can be judged again")
}

pub struct Play {
    pub world: World,
    crashes: Crashes,
    pub accounts: BTreeMap<String, Login>,
    /// The last event that was told, and the last deal of each account.
    told: i64,
    deals: BTreeMap<Login, i64>,
    sequence: u64,
}

impl Play {
    async fn line(&mut self, line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut seen = match words.as_slice() {
            ["buy", name] => self.buy(name).await,
            ["price", symbol, bid, ask] => self.price(symbol, bid, ask).await,
            ["order", name, rest @ ..] => {
                let (command, client_id) = order(rest);
                self.command(name, command, client_id).await
            }
            ["close", name, position, rest @ ..] => {
                let command = Command::Close {
                    position: PositionId(position.parse().unwrap()),
                    volume: rest.first().map(|lots| volume(lots)),
                };
                self.command(name, command, None).await
            }
            ["protect", name, position, rest @ ..] => {
                let stop_loss = match rest {
                    [] => None,
                    ["sl", level] => Some(price(level)),
                    other => panic!("what is {other:?}?"),
                };
                let command = Command::Protect {
                    position: PositionId(position.parse().unwrap()),
                    protection: Protection {
                        stop_loss,
                        ..Protection::default()
                    },
                };
                self.command(name, command, None).await
            }
            ["close_all", name] => {
                let command = Command::CloseAll { symbol: None };
                self.command(name, command, None).await
            }
            ["cancel", name, order] => {
                let order = OrderId(order.parse().unwrap());
                self.command(name, Command::Cancel { order }, None).await
            }
            ["advance", span] => self.advance(span).await,
            ["show", name] => self.show(name).await,
            ["days", name] => self.days(name).await,
            ["deals", name] => self.deals(name).await,
            ["settle"] => {
                self.world.settle().await;
                Vec::new()
            }
            ["trading", body] => self.trading(body).await,
            ["news", in_span, impact, currency @ ..] => {
                self.add_news(in_span, impact, currency.first()).await
            }
            ["drop_news", id] => {
                let (staff, id) = (self.world.staff(), NewsId(id.parse().unwrap()));
                let dropped = self.world.app.remove_news(staff, id).await;
                self.world.events_are_numbered().await;
                dropped.err().map(|e| e.to_string()).into_iter().collect()
            }
            ["revert", breach, restore] => self.revert(breach, restore).await,
            ["reset", challenge] => self.reset(challenge).await,
            ["approve", transaction] => self.decide(transaction, Decision::Approve).await,
            ["decline", transaction] => self.decide(transaction, Decision::Decline).await,
            other => match self.fee_line(other).await {
                Some(seen) => seen,
                None => self.payout_line(other).await,
            },
        };
        if self.crashes == Crashes::Between {
            self.world.crash().await;
        }
        if self.crashes != Crashes::NeverAndBehind {
            self.world.settle().await;
        }
        seen.extend(self.told().await);
        seen
    }

    async fn buy(&mut self, name: &str) -> Vec<String> {
        let request = BuyRequest {
            program_id: PROGRAM,
            payer_login: WALLET,
            idempotency_key: None,
            choice: Choice::default(),
        };
        let bought = self.world.app.buy(self.world.customer(), request).await;
        let (account, _) = bought.expect("a purchase").account.expect("an account");
        self.accounts.insert(name.to_owned(), account.login);
        vec![format!("account {}", account.login)]
    }

    async fn advance(&mut self, span: &str) -> Vec<String> {
        self.world.clock.advance_micros(micros(span));
        let desk = self.world.app.desk.clone();
        let woken = self.world.ask(async move { desk.wake().await }).await;
        woken.err().map(|e| e.to_string()).into_iter().collect()
    }

    async fn price(&mut self, symbol: &str, bid: &str, ask: &str) -> Vec<String> {
        self.sequence += 1;
        let tick = Tick {
            symbol: symbol.parse().unwrap(),
            bid: price(bid),
            ask: price(ask),
            fed_at: self.world.app.now(),
            sequence: Some(self.sequence),
        };
        let desk = self.world.app.desk.clone();
        let fed = async move { desk.feed(Arc::from("test"), vec![tick]).await };
        match self.world.ask(fed).await {
            Ok(report) => {
                let refused = report.refused.keys();
                let refused = refused.map(|fault| format!("refused {}", fault.code()));
                let flagged = report.flagged.keys();
                refused
                    .chain(flagged.map(|fault| format!("flagged {}", fault.code())))
                    .collect()
            }
            Err(error) => vec![error.to_string()],
        }
    }

    async fn command(
        &mut self,
        name: &str,
        command: Command,
        client_id: Option<ClientId>,
    ) -> Vec<String> {
        let asked = Asked {
            login: self.accounts[name],
            client_id,
            command,
            origin: Origin::Manual,
        };
        let desk = self.world.app.desk.clone();
        let asked = async move { desk.command(asked).await };
        vec![match self.world.ask(asked).await {
            Ok(Answer::Done {
                order,
                waits,
                not_closed,
                ..
            }) => {
                let waits = if waits { " waits" } else { "" };
                let not_closed: String = not_closed
                    .iter()
                    .map(|(position, code)| format!(", {position} not closed: {}", code.code()))
                    .collect();
                format!("done {order}{waits}{not_closed}")
            }
            Ok(Answer::Repeated(order)) => format!("repeated {order}"),
            Ok(Answer::Refused(code)) => format!("refused {}", code.code()),
            Ok(Answer::AgainstRule { rule, .. }) => format!("against {}", rule.name()),
            Ok(Answer::Paused) => "paused".to_owned(),
            Ok(Answer::NotTraded) => "not traded".to_owned(),
            Err(error) => error.to_string(),
        }]
    }

    async fn add_news(
        &mut self,
        in_span: &str,
        impact: &str,
        currency: Option<&&str>,
    ) -> Vec<String> {
        let add = AddNews {
            at: self.world.app.now().plus_micros(micros(in_span)),
            impact: Impact::from_name(impact).expect("an impact"),
            currency: currency.map(|code| code.parse().expect("a currency")),
            title: "Something".to_owned(),
        };
        let added = self.world.app.add_news(self.world.staff(), add).await;
        self.world.events_are_numbered().await;
        vec![format!("news {}", added.expect("news").id)]
    }

    /// The group of the first phase trades by this from now on.
    async fn trading(&mut self, body: &str) -> Vec<String> {
        let (body, now) = (body.to_owned(), self.world.app.now());
        let wrote = self.world.store.write(move |tx| {
            let group = repo::groups::by_name(tx, BRAND, "PROP-DEMO-100K")?.expect("a group");
            repo::groups::set_trading(tx, group.id, &body)?;
            tx.append_event(&NewEvent {
                at_us: now.0,
                brand_id: BRAND.0,
                kind: "group.changed",
                subject_kind: "group",
                subject_id: group.id.0,
                challenge_id: None,
                customer_id: None,
                body: "{}",
            })
        });
        wrote.await.expect("a group with another trading");
        self.world.events_are_numbered().await;
        Vec::new()
    }

    async fn show(&mut self, name: &str) -> Vec<String> {
        let (desk, login) = (self.world.app.desk.clone(), self.accounts[name]);
        let view = self.world.ask(async move { desk.view(login).await }).await;
        let Some(view) = view.expect("a view") else {
            return vec!["not traded".to_owned()];
        };
        let mut lines = vec![format!(
            "balance {} equity {} margin {}",
            usd(view.figures.balance_minor),
            usd(view.figures.equity_minor),
            usd(view.figures.margin_minor)
        )];
        for held in &view.positions {
            let position = held.position;
            lines.push(format!(
                "position {} {:?} {} {} profit {}",
                position.id,
                position.side,
                position.symbol,
                position.volume.0,
                held.profit_minor.map_or("unknown".to_owned(), usd)
            ));
        }
        for order in &view.orders {
            let (id, side, symbol) = (order.id, order.side, order.symbol);
            lines.push(format!("order {id} {side:?} {symbol}"));
        }
        if let Some(rules) = view.rules {
            lines.extend(rules.limits.iter().map(|limit| limit.text(Currency::USD)));
            lines.push(rules.progress.text(Currency::USD));
            if rules.is_suspended {
                lines.push("suspended".to_owned());
            }
        }
        lines
    }

    /// The days that have ended.
    async fn days(&mut self, name: &str) -> Vec<String> {
        let login = self.accounts[name];
        let days = self
            .world
            .store
            .read(move |tx| match desk_accounts::saved_of(tx, login)? {
                Some(saved) => curves::days(tx, login, saved.phase_id),
                None => Ok(Vec::new()),
            });
        let line = |day: &curves::Day| {
            format!(
                "day {} closed at {} balance {} equity {} profit {}",
                day.day,
                day.closed_at.rfc3339(),
                usd(day.balance_minor),
                usd(day.equity_minor),
                usd(day.profit_minor)
            )
        };
        days.await.expect("days").iter().map(line).collect()
    }

    /// What was dealt, without the numbers.
    async fn deals(&mut self, name: &str) -> Vec<String> {
        let login = self.accounts[name];
        let read = move |tx: &mut Tx<'_>| history::deals(tx, login, i64::MAX, 1_000);
        let line = |deal: &history::Deal| {
            format!(
                "{} {} {} {} profit {} commission {} swap {}, {}",
                deal.kind,
                deal.side,
                deal.volume,
                deal.symbol,
                deal.profit_minor,
                deal.commission_minor,
                deal.swap_minor,
                deal.reason
            )
        };
        let deals = self.world.store.read(read).await.expect("deals");
        let mut lines: Vec<String> = deals.iter().map(line).collect();
        lines.sort();
        lines
    }

    async fn revert(&mut self, breach: &str, restore: &str) -> Vec<String> {
        let restore = match restore {
            "none" => Restore::None,
            "equity_before" => Restore::EquityBefore,
            other => panic!("what is {other:?}?"),
        };
        let breach = BreachId(breach.parse().unwrap());
        let desk = self.world.app.desk.clone();
        let reverted = async move {
            desk.revert(BRAND, breach, STAFF, "why".into(), restore)
                .await
        };
        vec![match self.world.ask(reverted).await {
            Ok(ReviewOutcome::Reverted { correction_minor }) => {
                format!("reverted, correction {correction_minor}")
            }
            Ok(ReviewOutcome::Unchanged) => "unchanged".to_owned(),
            Err(error) => error.to_string(),
        }]
    }

    async fn reset(&mut self, challenge: &str) -> Vec<String> {
        let id = ChallengeId(challenge.parse().unwrap());
        let staff = self.world.staff();
        let reset = self.world.app.reset_journey(staff, id, "why".into());
        vec![match reset.await {
            Ok(reset) => match (reset.login, reset.pending) {
                (Some(login), None) if reset.is_activated => {
                    format!("{} begins again on {login}", reset.phase)
                }
                (None, Some(fee)) => format!("{} waits for transaction {fee}", reset.phase),
                other => panic!("what is {other:?}?"),
            },
            Err(error) => error.to_string(),
        }]
    }

    async fn decide(&mut self, transaction: &str, decision: Decision) -> Vec<String> {
        let id = TransactionId(transaction.parse().unwrap());
        let (app, staff) = (self.world.app.clone(), self.world.staff());
        let decided = async move {
            app.decide_transaction(staff, id, decision, String::new())
                .await
        };
        match self.world.ask(decided).await {
            Ok(view) => {
                let t = view.transaction;
                vec![format!(
                    "{} {} {}",
                    t.kind.name(),
                    t.state.name(),
                    t.amount.fixed()
                )]
            }
            Err(error) => vec![error.to_string()],
        }
    }

    /// What is in the database and was not told yet.
    async fn told(&mut self) -> Vec<String> {
        self.world.events_are_numbered().await;
        let (told, accounts) = (self.told, self.accounts.clone());
        let (mut deals, customer) = (self.deals.clone(), self.world.customer().customer_id);
        let read = move |tx: &mut Tx<'_>| {
            let mut lines = Vec::new();
            for login in accounts.values() {
                lines.extend(deal_lines(tx, *login, &mut deals)?);
            }
            let (events, last) = event_lines(tx, told)?;
            lines.extend(events);
            let own = accounts::of_customer(tx, customer)?;
            Ok::<_, StoreError>((lines, last, deals.clone(), own))
        };
        let (lines, last, deals, own) = self.world.store.read(read).await.unwrap();
        (self.told, self.deals) = (last, deals);
        // Accounts of further phases are called by their logins.
        for (account, _) in own {
            let is_known = self.accounts.values().any(|login| *login == account.login);
            if account.kind == AccountKind::Challenge && !is_known {
                let name = account.login.to_string();
                self.accounts.insert(name, account.login);
            }
        }
        lines
    }
}

pub fn usd(minor: i64) -> String {
    Money::new(minor, Currency::USD).fixed()
}

fn deal_lines(
    tx: &mut Tx<'_>,
    login: Login,
    newest: &mut BTreeMap<Login, i64>,
) -> Result<Vec<String>, StoreError> {
    let after = newest.get(&login).copied().unwrap_or(0);
    let mut found = history::deals(tx, login, i64::MAX, 100)?;
    found.retain(|deal| deal.id > after);
    found.reverse();
    let line = |deal: history::Deal| {
        newest.insert(login, deal.id);
        format!(
            "deal {} of {login}: {} {} {} {} at {} profit {} commission {} swap {}, {}, balance {}",
            deal.id,
            deal.kind,
            if deal.side == 0 { "bought" } else { "sold" },
            deal.volume,
            deal.symbol,
            deal.price,
            deal.profit_minor,
            deal.commission_minor,
            deal.swap_minor,
            deal.reason,
            deal.balance_minor
        )
    };
    Ok(found.into_iter().map(line).collect())
}

fn event_lines(tx: &mut Tx<'_>, told: i64) -> Result<(Vec<String>, i64), StoreError> {
    let (mut lines, mut last) = (Vec::new(), told);
    for event in tx.events_after(told, 1_000)? {
        last = event.seq;
        if event.kind != "challenge.activated" {
            let (kind, of, id) = (event.kind, event.subject_kind, event.subject_id);
            lines.push(format!("event {kind} of {of} {id}"));
            if kind.starts_with("breach.") {
                lines.extend(breach_lines(tx, &event.body)?);
            }
        }
    }
    Ok((lines, last))
}

fn breach_lines(tx: &mut Tx<'_>, body: &str) -> Result<Vec<String>, StoreError> {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let id = BreachId(body["breach_id"].as_i64().unwrap());
    let breach = breaches::get(tx, id)?.expect("the breach");
    let evidence: Evidence = serde_json::from_str(&breach.evidence).unwrap();
    let mut lines = vec![format!(
        "breach {id} {} at {} after tick {}: {}",
        breach.rule,
        breach.at.rfc3339(),
        breach.seq,
        evidence.finding.text(Currency::USD, &TradingDay::utc())
    )];
    if let Some(tick) = &evidence.tick {
        let previous = evidence.previous_tick.as_ref();
        let previous = previous.map_or("none".to_owned(), |tick| tick.seq.to_string());
        lines.push(format!(
            "  tick {} {} {} {}, before it {previous}",
            tick.seq, tick.symbol, tick.bid.0, tick.ask.0
        ));
    }
    lines.push(format!(
        "  equity {} to {}, closed {}, not closed {}",
        usd(evidence.equity_before_minor),
        usd(evidence.equity_after_minor),
        evidence.closed.len(),
        evidence.not_closed.len()
    ));
    Ok(lines)
}
