//! Every limit of the HTTP edge, in one place.

use std::time::Duration;

/// The largest request body, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// How long the body of one request may take to arrive.
pub const BODY_READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Requests a minute of one signed-in person when nothing else is set. One address may send twice
/// as many without signing in: 300 and 600, as Slate documents.
pub const REQUESTS_PER_MINUTE: u32 = 300;

/// API tokens on one page.
pub const API_TOKENS_PAGE_MAX: i64 = 500;

/// Networks that a token can be bound to.
pub const TOKEN_NETWORKS_MAX: usize = 50;

/// Rows of the audit on one page.
pub const AUDIT_PAGE_MAX: i64 = 500;

/// Customers on one page.
pub const CUSTOMERS_PAGE_MAX: i64 = 500;

/// Patterns of a webhook's filter.
pub const WEBHOOK_EVENTS_MAX: usize = 50;

/// Deliveries of a webhook on one page.
pub const WEBHOOK_DELIVERIES_PAGE_MAX: i64 = 500;

/// Staff on one page.
pub const USERS_PAGE_MAX: i64 = 500;

/// How many people or addresses each limiter remembers. When it is full, those who are not
/// remembered share one allowance.
pub const RATE_KEYS_MAX: usize = 100_000;

/// Failed logins in a row of one name from one address before each further attempt has to wait.
pub const FAILED_LOGINS_PER_NAME: u32 = 5;

/// The pause between attempts for a name from an address after that.
pub const FAILED_LOGIN_NAME_PAUSE: Duration = Duration::from_secs(30);

/// Failed logins in a row of one name from wherever. It is far more than one address can fail, so
/// that a stranger alone does not keep the owner out.
pub const FAILED_LOGINS_PER_NAME_ANYWHERE: u32 = 50;

/// The pause between attempts for a name after that, from addresses where nobody has signed in with
/// it before.
pub const FAILED_LOGIN_ANYWHERE_PAUSE: Duration = Duration::from_secs(10);

/// How long an address counts as one where the owner of a name signs in.
pub const LOGIN_HOME_KNOWN_FOR: Duration = Duration::from_secs(30 * 86_400);

/// Failed logins in a row from one address before each further attempt has to wait.
pub const FAILED_LOGINS_PER_ADDRESS: u32 = 30;

/// The pause between attempts from an address after that.
pub const FAILED_LOGIN_ADDRESS_PAUSE: Duration = Duration::from_secs(5);

/// When a client should come back after a 503.
pub const UNAVAILABLE_RETRY_AFTER: Duration = Duration::from_secs(1);

/// A longer `X-Request-Id` of a client is replaced by one of ours.
pub const REQUEST_ID_BYTES_MAX: usize = 64;

/// How long a browser remembers that a page of another origin may call.
pub const CORS_MAX_AGE: Duration = Duration::from_secs(600);

/// How long `/readyz` waits for the store.
pub const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the headers of one request may take to arrive.
pub const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections that are open at once; one more waits to be accepted.
pub const CONNECTIONS_MAX: usize = 16_000;

/// How long what is sent may wait for a peer who takes nothing in; then he is gone. A stream whose reader has stopped to
/// read would keep its place for ever otherwise, for his system goes on to answer.
pub const TAKE_IN_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a shutdown waits for what was accepted.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);

/// The pause after a connection could not be accepted for lack of resources.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How often idle rate limits are forgotten and metrics are tidied.
pub const UPKEEP_INTERVAL: Duration = Duration::from_secs(30);

/// Templates in one answer of `GET /prop/templates`.
pub const TEMPLATES_PAGE_MAX: i64 = 500;

/// Journeys in one answer of `GET /prop/journeys` and `GET /challenges/me`.
pub const JOURNEYS_PAGE_MAX: i64 = 500;

/// Purchases in one answer of `GET /prop/challenges`.
pub const PURCHASES_PAGE_MAX: i64 = 500;

/// Rows in one answer of `GET /prop/challenges/{id}/metrics`.
pub const METRICS_PAGE_MAX: i64 = 500;

/// Breaches in one answer of `GET /prop/breach-events` and of `GET /prop/challenges/{id}/breaches`.
pub const BREACHES_PAGE_MAX: i64 = 500;

/// Payouts on one page.
pub const PAYOUTS_PAGE_MAX: i64 = 500;

/// Agreements on one page.
pub const AGREEMENTS_PAGE_MAX: i64 = 500;

/// Certificates on one page.
pub const CERTIFICATES_PAGE_MAX: i64 = 500;

/// Pieces of news in one import.
pub const NEWS_IMPORT_MAX: usize = 2_000;

/// Characters of a title.
pub const NEWS_TITLE_MAX: usize = 200;

/// Pieces of news on one page.
pub const NEWS_PAGE_MAX: i64 = 500;

/// Promotion codes on one page.
pub const PROMO_CODES_PAGE_MAX: i64 = 500;

/// Templates that one promotion code names.
pub const PROMO_CODE_TEMPLATES_MAX: usize = 500;

/// Add-ons that one request names.
pub const ADDON_CODES_MAX: usize = 100;

/// The last second that can be asked for: of the year 9999.
pub const UNIX_SECONDS_MAX: i64 = 253_402_300_799;

/// Purchases in one answer of `GET /prop/attention`.
pub const ATTENTION_PAGE_MAX: i64 = 500;

/// How far a demo's clock moves at once: a year.
pub const CLOCK_ADVANCE_SECONDS_MAX: i64 = 366 * 86_400;

/// Transactions in one answer of `GET /transactions`.
pub const TRANSACTIONS_PAGE_MAX: i64 = 1_000;

/// Accounts in one answer of `GET /accounts`.
pub const ACCOUNTS_PAGE_MAX: i64 = 500;

/// Pages of `GET /accounts`.
pub const ACCOUNTS_PAGES_MAX: i64 = 1_000_000;

/// Accounts in one answer of `GET /prop/board`, and how far into it one may begin.
pub const BOARD_PAGE_MAX: i64 = 200;
pub const BOARD_OFFSET_MAX: i64 = 10_000;

/// Orders or deals in one answer.
pub const HISTORY_PAGE_MAX: i64 = 500;

/// Streams that one person reads at once.
pub const STREAMS_PER_PERSON_MAX: usize = 10;

/// How soon a stream may tell again how an account stands.
pub const STREAM_INTERVAL: Duration = Duration::from_millis(500);

/// How long a stream of events relies on what its reader was allowed.
pub const STREAM_RIGHTS_KEPT_FOR: Duration = Duration::from_secs(1);

/// How old the prices may be that streams tell.
pub const QUOTES_KEPT_FOR: Duration = Duration::from_millis(200);

/// Symbols that one stream watches.
pub const STREAM_SYMBOLS_MAX: usize = 200;

/// The longest message of a WebSocket's client, in bytes.
pub const SOCKET_MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// How long a WebSocket's client may take to say who he is.
pub const SOCKET_AUTHORIZATION_TIMEOUT: Duration = Duration::from_secs(10);

/// Tokens that are none before a WebSocket is closed.
pub const SOCKET_GUESSES_MAX: u32 = 3;

/// How long a message to a WebSocket's client may wait to be taken in.
pub const SOCKET_SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a stream says that it is there, when it has nothing else to say.
pub const STREAM_HEARTBEAT: Duration = Duration::from_secs(15);

/// How far into a list one may begin.
pub const OFFSET_MAX: i64 = 10_000_000;

/// Programs in one answer of `POST /prop/manage/programs/filter`, as documented.
pub const PROGRAM_ROWS_MAX: i64 = 50_000;

/// Values of one filter.
pub const FILTER_VALUES_MAX: usize = 50;

/// What a customer may say about where his money is to be paid to, in bytes of JSON.
pub const PAYMENT_DATA_BYTES_MAX: usize = 4 * 1024;

/// Ticks in one batch of `POST /feed/ticks`: as many as fit into a body.
pub const TICKS_PER_BATCH_MAX: usize = 500;
