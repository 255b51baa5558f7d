//! Prices: what feeds send, and how they stand.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Request, State},
    http::HeaderMap,
};
use serde::{Deserialize, Serialize};
use touchstone_app::{
    cashier::WebhookSignature,
    desk::{DeskError, FeedReport, FeedsError, FeedsView, SentTick, TicksError},
};
use touchstone_domain::UnixMicros;
use utoipa::ToSchema;

use crate::{
    ApiState,
    auth::{Address, Staff},
    dialect::Refusal,
    input::{self, BodyError, Decimal, Segment, Text, Within},
    limits,
    slate::error::{ApiError, Code},
};

#[derive(Debug, Deserialize, ToSchema)]
pub struct FeedTicksRequest {
    /// The feed's name, whose secret the batch is signed with.
    #[schema(inline)]
    source: Text<1, 64>,
    /// In order; at most 500.
    #[schema(min_items = 1, max_items = 500)]
    ticks: Vec<FeedTick>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct FeedTick {
    #[schema(inline)]
    symbol: Text<1, 32>,
    /// With at most as many decimals as the symbol has.
    bid: Decimal,
    ask: Decimal,
    /// The feed's own time, RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    time: Text<1, 64>,
    /// The feed's own number of the tick, each above the one before of the symbol.
    #[schema(value_type = Option<i64>, minimum = 0)]
    sequence: Option<Within<0, { i64::MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FeedTicksResponse {
    accepted: u64,
    /// Taken in although something is odd about them, by `OUT_OF_ORDER`, `STALE` and `FAR_OFF`.
    flagged: BTreeMap<&'static str, u64>,
    /// By `ZERO`, `CROSSED`, `AHEAD`, `OUT_OF_ORDER`, `STALE` and `FAR_OFF`.
    refused: BTreeMap<&'static str, u64>,
    /// Of symbols that nobody trades here.
    unknown: u64,
    /// The server's number of the last price that was taken in.
    last_seq: i64,
    /// The server's time.
    now: String,
}

/// Take Ticks
///
/// For feeds of prices; answered when the ticks are durable. The body is signed: `X-Touchstone-Signature` is `v1=` and
/// the HMAC-SHA-256, in hexadecimal digits, of `X-Touchstone-Timestamp` (unix seconds, at most five minutes from now),
/// a dot and the body's bytes, with a secret of the feed. What cannot be a price now is refused or marked tick by
/// tick, and counted; a price that the symbol cannot have refuses the whole batch. A batch that is sent again changes
/// nothing where ticks have numbers.
#[utoipa::path(post, path = "/feed/ticks", tag = "Prices", operation_id = "take_ticks",
    params(("X-Touchstone-Timestamp" = String, Header, description = "Unix seconds")),
    request_body = FeedTicksRequest,
    responses((status = 200, description = "What became of them", body = FeedTicksResponse)),
    security(("feedSignature" = [])),
    extensions(("x-errors" = json!(["invalid_signature"]))))]
pub async fn take(
    State(state): State<ApiState>,
    Address(address): Address,
    request: Request,
) -> Result<Json<FeedTicksResponse>, ApiError> {
    let headers = request.headers().clone();
    let body = input::read_bytes(request, &state).await?;
    let signature = WebhookSignature {
        timestamp: header(&headers, "x-touchstone-timestamp"),
        signatures: header(&headers, "x-touchstone-signature"),
    };
    let signers = match state.app.verify_feed(signature, &body) {
        Ok(signers) => signers,
        Err(refused) => {
            tracing::warn!(%refused, "ticks were refused");
            // Feeds may send as fast as they like; whoever guesses may not.
            let standing = state.rate_limits.count_address(address);
            return Err(match standing.and_then(|standing| standing.retry_after) {
                Some(retry_after) => Refusal::RateLimited { retry_after }.into(),
                None => Code::InvalidSignature.into(),
            });
        }
    };
    if !input::is_json(&headers) {
        return Err(BodyError::MediaType.into());
    }
    let batch: FeedTicksRequest = input::parse_json(&body)?;
    let feed = signer(&signers, batch.source.as_str())?;
    let report = state.app.take_ticks(feed, &batch.ticks()?).await?;
    Ok(Json(FeedTicksResponse::new(&report, state.app.now())))
}

/// Another feed's name is answered like a wrong secret.
fn signer(signers: &[Arc<str>], source: &str) -> Result<Arc<str>, ApiError> {
    let found = signers.iter().find(|signer| signer.as_ref() == source);
    found.cloned().ok_or_else(|| Code::InvalidSignature.into())
}

/// Empty where it is missing or no text: no signature fits then.
fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

fn place(index: usize, name: &str) -> [Segment; 3] {
    [
        Segment::Key("ticks".to_owned()),
        Segment::Index(index),
        Segment::Key(name.to_owned()),
    ]
}

impl FeedTicksRequest {
    fn ticks(self) -> Result<Vec<SentTick>, ApiError> {
        let (count, limit) = (self.ticks.len(), limits::TICKS_PER_BATCH_MAX);
        if count == 0 || count > limit {
            let path = [Segment::Key("ticks".to_owned())];
            let sentence = format!("1 to {limit} ticks are wanted, and not {count}");
            return Err(ApiError::invalid_body(path, &sentence));
        }
        let ticks = self.ticks.into_iter().enumerate();
        ticks.map(|(index, tick)| tick.sent(index)).collect()
    }
}

impl FeedTick {
    fn sent(self, index: usize) -> Result<SentTick, ApiError> {
        let fed_at = UnixMicros::parse(self.time.as_str()).ok_or_else(|| {
            let sentence = "a time as 2026-05-07T13:20:00.125Z is wanted";
            ApiError::invalid_body(place(index, "time"), sentence)
        })?;
        Ok(SentTick {
            symbol: self.symbol.into_string(),
            bid: self.bid.as_str().to_owned(),
            ask: self.ask.as_str().to_owned(),
            fed_at,
            sequence: self.sequence.map(|number| number.get().unsigned_abs()),
        })
    }
}

fn by_code<T: Copy>(
    counts: &BTreeMap<T, u64>,
    code: impl Fn(T) -> &'static str,
) -> BTreeMap<&'static str, u64> {
    let counts = counts.iter();
    counts
        .map(|(fault, count)| (code(*fault), *count))
        .collect()
}

impl FeedTicksResponse {
    fn new(report: &FeedReport, now: UnixMicros) -> Self {
        Self {
            accepted: report.accepted,
            flagged: by_code(&report.flagged, |fault| fault.code()),
            refused: by_code(&report.refused, |fault| fault.code()),
            unknown: report.unknown,
            last_seq: report.last_seq,
            now: now.rfc3339(),
        }
    }
}

impl From<TicksError> for ApiError {
    fn from(error: TicksError) -> Self {
        match error {
            TicksError::Price {
                index, name, fault, ..
            } => Self::invalid_body(place(index, name), &fault.to_string()),
            TicksError::Desk(error) => desk_away(&error),
        }
    }
}

impl From<FeedsError> for ApiError {
    fn from(error: FeedsError) -> Self {
        match error {
            FeedsError::Session(error) => error.into(),
            FeedsError::Store(error) => error.into(),
            FeedsError::Desk(error) => desk_away(&error),
        }
    }
}

/// Whatever the desk says to a feed passes by itself.
pub(super) fn desk_away(error: &DeskError) -> ApiError {
    let detail = match error {
        DeskError::Unknown => {
            "It is not known whether it was done; ticks with numbers can be sent again"
        }
        DeskError::Overloaded => "Too much waits for the desk",
        _ => "The desk is not there just now",
    };
    ApiError::new(Code::Unavailable, detail).retry_after(limits::UNAVAILABLE_RETRY_AFTER)
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FeedStatus {
    /// The server's time up to which everything was judged.
    at: String,
    /// How long this question has waited for the desk.
    lag_ms: u64,
    /// Requests that wait for the desk.
    queue: usize,
    /// Accounts of the brand that run.
    accounts: usize,
    /// The server's number of the last price that was taken in.
    last_seq: i64,
    /// When counting began: at the last start of the server.
    counted_since: String,
    symbols: Vec<SymbolStatus>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SymbolStatus {
    symbol: String,
    /// Null before the first price.
    bid: Option<String>,
    ask: Option<String>,
    /// Which feed said it.
    source: Option<String>,
    received_at: Option<String>,
    age_ms: Option<i64>,
    seq: Option<i64>,
    /// `fresh`, `stale`, `closed` or `missing`: whether one can deal, and be judged, at this price.
    freshness: &'static str,
    feeds: Vec<SourceCounts>,
}

/// What one feed has sent of the symbol.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceCounts {
    source: String,
    accepted: u64,
    flagged: BTreeMap<&'static str, u64>,
    refused: BTreeMap<&'static str, u64>,
}

/// Feed Status
///
/// The last price of every symbol, how old it is, and what became of the ticks of each feed.
#[utoipa::path(get, path = "/feed/status", tag = "Prices", operation_id = "feed_status",
    responses((status = 200, description = "Feeds and desk", body = FeedStatus)),
    security(("bearerAuth" = [])))]
pub async fn status(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<FeedStatus>, ApiError> {
    let view = state.app.feeds(caller).await?;
    Ok(Json(FeedStatus::new(&state, &view)))
}

impl FeedStatus {
    fn new(state: &ApiState, view: &FeedsView) -> Self {
        let instruments = state.app.desk.instruments();
        let symbol = |quoted: &touchstone_app::desk::QuoteView| {
            let instrument = instruments.get(quoted.symbol);
            let price = |price| instrument.map(|instrument| instrument.written(price));
            let of_symbol = view.counts.0.iter();
            let of_symbol = of_symbol.filter(|((symbol, _), _)| *symbol == quoted.symbol);
            SymbolStatus {
                symbol: quoted.symbol.to_string(),
                bid: quoted.quote.and_then(|quote| price(quote.bid())),
                ask: quoted.quote.and_then(|quote| price(quote.ask())),
                source: quoted.source.as_deref().map(str::to_owned),
                received_at: quoted.at.map(UnixMicros::rfc3339),
                age_ms: quoted.at.map(|at| view.at.micros_since(at) / 1_000),
                seq: quoted.seq,
                freshness: quoted.freshness.name(),
                feeds: of_symbol
                    .map(|((_, source), counts)| SourceCounts {
                        source: source.to_string(),
                        accepted: counts.accepted,
                        flagged: by_code(&counts.flagged, |fault| fault.code()),
                        refused: by_code(&counts.refused, |fault| fault.code()),
                    })
                    .collect(),
            }
        };
        Self {
            at: view.at.rfc3339(),
            lag_ms: u64::try_from(view.lag.as_millis()).unwrap_or(u64::MAX),
            queue: view.queue,
            accounts: view.accounts,
            last_seq: view.last_seq,
            counted_since: view.counted_since.rfc3339(),
            symbols: view.quotes.iter().map(symbol).collect(),
        }
    }
}
