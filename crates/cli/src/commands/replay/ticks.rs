//! A file of ticks, sent to a server as a feed would.

use std::{
    fmt::Display,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::time::Instant;
use touchstone_api::limits::TICKS_PER_BATCH_MAX;
use touchstone_app::{
    desk::Instruments,
    ports::{Clock, SystemClock},
};
use touchstone_domain::{Symbol, UnixMicros};
use touchstone_trading::{FileFaultKind, FileTick, Instrument, TickFile};
use url::Url;

use super::{
    feed::{Feed, Tally},
    progress::Progress,
};

/// Faults of lines that are told one by one; the others are only counted.
const FAULTS_TOLD: u64 = 5;
/// Ticks that wait for so long make those after them later too.
const LATE: Duration = Duration::from_secs(1);
/// Ticks are gathered for so long before they are sent.
const GATHERED: Duration = Duration::from_millis(50);

#[derive(Debug, clap::Args)]
pub struct TickArgs {
    /// A file of ticks in the layout of TrueFX or HistData
    #[arg(
        required_unless_present = "breach",
        conflicts_with = "breach",
        requires_all = ["symbol", "feed", "secret_file"]
    )]
    file: Option<PathBuf>,

    /// What the prices are of
    #[arg(long, value_name = "SYMBOL", requires = "file")]
    symbol: Option<Symbol>,

    /// How many times faster than it was, or `max`: as fast as the server answers
    #[arg(long, value_name = "N|max", default_value = "1")]
    speed: Speed,

    /// Where the server is
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    server: Url,

    /// The feed's name, as the server has it in --feed-files
    #[arg(long, value_name = "NAME", requires = "file")]
    feed: Option<String>,

    /// A file whose first line is the feed's secret
    #[arg(long, value_name = "PATH", requires = "file")]
    secret_file: Option<PathBuf>,

    /// Ticks to send, at most [default: all]
    #[arg(long, value_name = "N", requires = "file")]
    limit: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    Times(i64),
    Max,
}

impl FromStr for Speed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "max" => Ok(Self::Max),
            _ => match text.parse() {
                Ok(times @ 1..=1_000_000) => Ok(Self::Times(times)),
                _ => Err("a whole number from 1 to 1000000 is wanted, or `max`"),
            },
        }
    }
}

pub async fn run(args: TickArgs) -> anyhow::Result<ExitCode> {
    let (Some(file), Some(symbol), Some(feed), Some(secret)) =
        (args.file, args.symbol, args.feed, args.secret_file)
    else {
        bail!("FILE, --symbol, --feed and --secret-file belong together");
    };
    let instruments = Instruments::demo();
    let instrument = instruments.get(symbol).with_context(|| {
        let names: Vec<_> = instruments.symbols().iter().map(Symbol::as_str).collect();
        format!("{symbol} is no symbol here; there are {}", names.join(", "))
    })?;
    let mut lines = Lines::open(&file, instrument, args.limit)?;
    let mut feed = Feed::open(args.server, feed, &secret).await?;
    let mut progress = Progress::new(lines.bytes);
    let began = Instant::now();
    let sent = match args.speed {
        Speed::Max => at_once(&mut lines, &mut feed, &mut progress).await,
        Speed::Times(times) => paced(&mut lines, &mut feed, &mut progress, times).await,
    };
    progress.end();
    sent?;
    Ok(summary(&lines, feed.tally(), began.elapsed()))
}

/// The ticks of the file that can be read.
struct Lines<'a> {
    file: TickFile<BufReader<File>>,
    name: String,
    instrument: &'a Instrument,
    next: Option<FileTick>,
    bytes: u64,
    left: u64,
    faults: u64,
    numbers_from: u64,
}

impl<'a> Lines<'a> {
    fn open(path: &Path, instrument: &'a Instrument, limit: Option<u64>) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("{name} cannot be read"))?;
        let bytes = file.metadata().map_or(0, |about| about.len());
        let mut lines = Self {
            file: TickFile::new(BufReader::new(file), instrument.digits),
            name,
            instrument,
            next: None,
            bytes,
            left: limit.unwrap_or(u64::MAX),
            faults: 0,
            // Numbers grow, also when the file is sent again.
            numbers_from: SystemClock.now().0.unsigned_abs(),
        };
        lines.read()?;
        if lines.next.is_none() {
            bail!("{} holds no tick that can be read", lines.name);
        }
        Ok(lines)
    }

    fn read(&mut self) -> anyhow::Result<()> {
        self.next = None;
        while self.left > 0 {
            match self.file.next() {
                None => break,
                Some(Ok(tick)) => {
                    self.left -= 1;
                    self.next = Some(tick);
                    break;
                }
                Some(Err(fault)) => {
                    let is_over = matches!(
                        fault.kind,
                        FileFaultKind::UnknownLayout
                            | FileFaultKind::TooLong
                            | FileFaultKind::Unreadable(_)
                    );
                    if is_over {
                        bail!("{}: {fault}", self.name);
                    }
                    self.faults += 1;
                    if self.faults <= FAULTS_TOLD {
                        eprintln!("{}: {fault}", self.name);
                    }
                }
            }
        }
        Ok(())
    }

    /// The next tick with its time on the server, when it is due.
    fn take(
        &mut self,
        due: impl FnOnce(&FileTick) -> Option<UnixMicros>,
    ) -> anyhow::Result<Option<serde_json::Value>> {
        let Some((tick, at)) = self.next.and_then(|tick| due(&tick).map(|at| (tick, at))) else {
            return Ok(None);
        };
        self.read()?;
        Ok(Some(serde_json::json!({
            "symbol": self.instrument.symbol,
            "bid": self.instrument.written(tick.bid),
            "ask": self.instrument.written(tick.ask),
            "time": at.rfc3339(),
            "sequence": self.numbers_from.saturating_add(tick.line),
        })))
    }
}

async fn at_once(
    lines: &mut Lines<'_>,
    feed: &mut Feed,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    while lines.next.is_some() {
        let now = feed.now();
        let mut batch = Vec::new();
        while batch.len() < TICKS_PER_BATCH_MAX
            && let Some(tick) = lines.take(|_| Some(now))?
        {
            batch.push(tick);
        }
        feed.send(batch).await?;
        progress.show(lines.file.bytes_read(), feed.tally());
    }
    Ok(())
}

/// Ticks keep their distances, divided by the speed.
async fn paced(
    lines: &mut Lines<'_>,
    feed: &mut Feed,
    progress: &mut Progress,
    times: i64,
) -> anyhow::Result<()> {
    feed.require_moving_clock().await?;
    let Some(first) = lines.next else {
        return Ok(());
    };
    let mut start = feed.now();
    let offset = |tick: &FileTick| tick.fed_at.micros_since(first.fed_at).max(0) / times;
    while let Some(next) = lines.next {
        let late = feed.now().micros_since(start.plus_micros(offset(&next)));
        if late < 0 {
            let pause = Duration::from_micros(late.unsigned_abs()).min(Duration::from_secs(1));
            tokio::time::sleep(pause.max(GATHERED)).await;
            continue;
        }
        if u128::from(late.unsigned_abs()) > LATE.as_micros() {
            // The server is slower than the file: what follows comes later, and stays in order.
            start = start.plus_micros(late);
        }
        let now = feed.now();
        let mut batch = Vec::new();
        let due = |tick: &FileTick| Some(start.plus_micros(offset(tick))).filter(|at| *at <= now);
        while batch.len() < TICKS_PER_BATCH_MAX
            && let Some(tick) = lines.take(due)?
        {
            batch.push(tick);
        }
        feed.send(batch).await?;
        progress.show(lines.file.bytes_read(), feed.tally());
    }
    Ok(())
}

fn summary(lines: &Lines<'_>, tally: &Tally, took: Duration) -> ExitCode {
    let sent = tally.sent();
    let millis = took.as_millis().max(1);
    let rate = u128::from(sent) * 1_000 / millis;
    println!(
        "{sent} ticks of {} in {}.{:03} s, {rate} a second: {tally}",
        lines.instrument.symbol,
        millis / 1_000,
        millis % 1_000
    );
    told(lines.faults, "lines could not be read and were left out");
    if tally.unknown > 0 {
        println!("the server does not trade {}", lines.instrument.symbol);
    }
    if tally.refused.contains_key("FAR_OFF") {
        println!(
            "FAR_OFF: the prices are far from the last ones; perhaps another feed quotes the symbol \
             (a demo's own market does not with --no-market)"
        );
    }
    match tally.taken() {
        0 => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

fn told(count: u64, what: impl Display) {
    if count > 0 {
        println!("{count} {what}");
    }
}
