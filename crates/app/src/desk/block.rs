//! Market steps as bytes: the prices before the block, then each step as its difference to the one before.
//!
//! Numbers are written as LEB128, signed ones in zigzag. A tick takes about ten bytes.

use super::market::{Known, Step, Taken};
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::{Price, Symbol, UnixMicros};

const FORMAT: u64 = 1;
const TICK: u64 = 0;
const FLAGGED: u64 = 1;
const STALE: u64 = 2;
const CLOSED: u64 = 3;

/// The prices before a block, and its steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub before: BTreeMap<Symbol, Known>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the block of ticks is damaged at byte {0}")]
pub struct Damaged(pub usize);

/// Names of symbols and sources, by their places.
struct Names<T> {
    list: Vec<T>,
}

impl<T: PartialEq + Clone> Names<T> {
    fn place(&mut self, name: &T) -> u64 {
        let found = self.list.iter().position(|known| known == name);
        let place = found.unwrap_or_else(|| {
            self.list.push(name.clone());
            self.list.len() - 1
        });
        u64::try_from(place).unwrap_or(u64::MAX)
    }
}

/// What the next tick of a symbol is written against.
#[derive(Clone, Copy, Default)]
struct Last {
    bid: i64,
    fed_sequence: i64,
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    seq: i64,
    at: i64,
    last: BTreeMap<u64, Last>,
}

impl Writer {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value & 0x7F) as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn signed(&mut self, value: i64) {
        self.number(((value << 1) ^ (value >> 63)).cast_unsigned());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn head(&mut self, kind: u64, seq: i64, at: UnixMicros, symbol: u64) {
        self.number(kind);
        self.signed(seq.wrapping_sub(self.seq));
        self.signed(at.0.wrapping_sub(self.at));
        self.number(symbol);
        (self.seq, self.at) = (seq, at.0);
    }

    fn tick(&mut self, tick: &Taken, symbol: u64, source: u64) {
        let kind = if tick.is_flagged { FLAGGED } else { TICK };
        self.head(kind, tick.seq, tick.at, symbol);
        let last = self.last.get(&symbol).copied().unwrap_or_default();
        self.signed(tick.bid.0.wrapping_sub(last.bid));
        self.signed(tick.ask.0.wrapping_sub(tick.bid.0));
        self.number(source);
        self.signed(tick.fed_at.0.wrapping_sub(tick.at.0));
        // 0 is none; every other one is one above its difference.
        match tick.fed_sequence {
            None => self.number(0),
            Some(sequence) => {
                let step = sequence
                    .cast_signed()
                    .wrapping_sub(last.fed_sequence)
                    .cast_unsigned();
                self.number(1);
                self.number(step);
            }
        }
        let now = Last {
            bid: tick.bid.0,
            fed_sequence: tick
                .fed_sequence
                .map_or(last.fed_sequence, u64::cast_signed),
        };
        self.last.insert(symbol, now);
    }
}

/// Writes a block.
pub fn write(block: &Block) -> Vec<u8> {
    let (mut symbols, mut sources) = (Names { list: vec![] }, Names { list: vec![] });
    let mut body = Writer::default();
    body.number(block.before.len() as u64);
    for (symbol, known) in &block.before {
        let place = symbols.place(symbol);
        body.number(u64::from(known.is_stale) | (u64::from(known.previous.is_some()) << 1));
        for tick in known.previous.iter().chain([&known.last]) {
            let source = sources.place(&tick.source);
            body.tick(tick, place, source);
        }
    }
    body.number(block.steps.len() as u64);
    for step in &block.steps {
        match step {
            Step::Tick(tick) => {
                let (symbol, source) = (symbols.place(&tick.symbol), sources.place(&tick.source));
                body.tick(tick, symbol, source);
            }
            Step::Stale { seq, at, symbol } => {
                let symbol = symbols.place(symbol);
                body.head(STALE, *seq, *at, symbol);
            }
            Step::Closed { seq, at, symbol } => {
                let symbol = symbols.place(symbol);
                body.head(CLOSED, *seq, *at, symbol);
            }
        }
    }
    let mut head = Writer::default();
    head.number(FORMAT);
    head.number(symbols.list.len() as u64);
    for symbol in &symbols.list {
        head.text(symbol.as_str());
    }
    head.number(sources.list.len() as u64);
    for source in &sources.list {
        head.text(source);
    }
    head.bytes.extend_from_slice(&body.bytes);
    head.bytes
}

struct Reader<'a> {
    bytes: &'a [u8],
    place: usize,
    seq: i64,
    at: i64,
    symbols: Vec<Symbol>,
    sources: Vec<Arc<str>>,
    last: BTreeMap<Symbol, Last>,
}

impl Reader<'_> {
    const fn damaged(&self) -> Damaged {
        Damaged(self.place)
    }

    fn number(&mut self) -> Result<u64, Damaged> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(self.place).ok_or(self.damaged())?;
            self.place += 1;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.damaged())
    }

    fn signed(&mut self) -> Result<i64, Damaged> {
        let value = self.number()?;
        Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    fn count(&mut self) -> Result<usize, Damaged> {
        let count = usize::try_from(self.number()?).map_err(|_| self.damaged())?;
        // Each takes a byte at least, so that a damaged number asks for no memory.
        if count > self.bytes.len() {
            return Err(self.damaged());
        }
        Ok(count)
    }

    fn text(&mut self) -> Result<&str, Damaged> {
        let length = self.count()?;
        let end = self.place + length;
        let bytes = self.bytes.get(self.place..end).ok_or(self.damaged())?;
        let text = std::str::from_utf8(bytes).map_err(|_| self.damaged())?;
        self.place = end;
        Ok(text)
    }

    fn step(&mut self) -> Result<Step, Damaged> {
        let kind = self.number()?;
        self.seq = self.seq.wrapping_add(self.signed()?);
        self.at = self.at.wrapping_add(self.signed()?);
        let (seq, at) = (self.seq, UnixMicros(self.at));
        let place = usize::try_from(self.number()?).map_err(|_| self.damaged())?;
        let symbol = *self.symbols.get(place).ok_or(self.damaged())?;
        match kind {
            STALE => return Ok(Step::Stale { seq, at, symbol }),
            CLOSED => return Ok(Step::Closed { seq, at, symbol }),
            kind if kind > CLOSED => return Err(self.damaged()),
            _ => {}
        }
        let last = self.last.get(&symbol).copied().unwrap_or_default();
        let bid = last.bid.wrapping_add(self.signed()?);
        let ask = bid.wrapping_add(self.signed()?);
        let source = usize::try_from(self.number()?).map_err(|_| self.damaged())?;
        let source = self.sources.get(source).cloned().ok_or(self.damaged())?;
        let fed_at = at.0.wrapping_add(self.signed()?);
        let fed_sequence = match self.number()? {
            0 => None,
            1 => {
                let step = self.number()?.cast_signed();
                Some(last.fed_sequence.wrapping_add(step).cast_unsigned())
            }
            _ => return Err(self.damaged()),
        };
        let now = Last {
            bid,
            fed_sequence: fed_sequence.map_or(last.fed_sequence, u64::cast_signed),
        };
        self.last.insert(symbol, now);
        Ok(Step::Tick(Taken {
            seq,
            at,
            symbol,
            bid: Price(bid),
            ask: Price(ask),
            source,
            fed_at: UnixMicros(fed_at),
            fed_sequence,
            is_flagged: kind == FLAGGED,
        }))
    }

    fn tick(&mut self) -> Result<Taken, Damaged> {
        match self.step()? {
            Step::Tick(tick) => Ok(tick),
            Step::Stale { .. } | Step::Closed { .. } => Err(self.damaged()),
        }
    }
}

/// Reads what [`write`] has written.
///
/// # Errors
/// Anything else.
pub fn read(bytes: &[u8]) -> Result<Block, Damaged> {
    let mut reader = Reader {
        bytes,
        place: 0,
        seq: 0,
        at: 0,
        symbols: Vec::new(),
        sources: Vec::new(),
        last: BTreeMap::new(),
    };
    if reader.number()? != FORMAT {
        return Err(Damaged(0));
    }
    for _ in 0..reader.count()? {
        let symbol = reader.text()?.parse().map_err(|_| reader.damaged())?;
        reader.symbols.push(symbol);
    }
    for _ in 0..reader.count()? {
        let source = Arc::from(reader.text()?);
        reader.sources.push(source);
    }
    let mut block = Block::default();
    for _ in 0..reader.count()? {
        let flags = reader.number()?;
        let previous = match flags & 2 {
            0 => None,
            _ => Some(reader.tick()?),
        };
        let last = reader.tick()?;
        let known = Known {
            previous,
            is_stale: flags & 1 == 1,
            last,
        };
        block.before.insert(known.last.symbol, known);
    }
    for _ in 0..reader.count()? {
        let step = reader.step()?;
        block.steps.push(step);
    }
    if reader.place == bytes.len() {
        Ok(block)
    } else {
        Err(reader.damaged())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken() -> impl Strategy<Value = Taken> {
        (
            0..3_usize,
            any::<i32>(),
            any::<i64>(),
            (1..i64::MAX / 2, 0..1_000_i64),
            (
                0..2_usize,
                any::<i64>(),
                any::<Option<u64>>(),
                any::<bool>(),
            ),
        )
            .prop_map(
                |(symbol, seq, at, (bid, spread), (source, fed, sequence, flagged))| Taken {
                    seq: i64::from(seq),
                    at: UnixMicros(at),
                    symbol: ["EURUSD", "USDJPY", "XAUUSD"][symbol].parse().unwrap(),
                    bid: Price(bid),
                    ask: Price(bid + spread),
                    source: Arc::from(["feed-a", "replay"][source]),
                    fed_at: UnixMicros(fed),
                    fed_sequence: sequence,
                    is_flagged: flagged,
                },
            )
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => taken().prop_map(Step::Tick),
            1 => taken().prop_map(|t| Step::Stale { seq: t.seq, at: t.at, symbol: t.symbol }),
            1 => taken().prop_map(|t| Step::Closed { seq: t.seq, at: t.at, symbol: t.symbol }),
        ]
    }

    fn block() -> impl Strategy<Value = Block> {
        let known = (taken(), proptest::option::of(taken()), any::<bool>());
        let before = proptest::collection::vec(known, 0..4).prop_map(|list| {
            list.into_iter()
                .map(|(last, previous, is_stale)| {
                    let previous = previous.map(|previous| Taken {
                        symbol: last.symbol,
                        ..previous
                    });
                    let known = Known {
                        previous,
                        is_stale,
                        last,
                    };
                    (known.last.symbol, known)
                })
                .collect()
        });
        (before, proptest::collection::vec(step(), 0..40))
            .prop_map(|(before, steps)| Block { before, steps })
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(block in block()) {
            prop_assert_eq!(read(&write(&block)).unwrap(), block);
        }

        #[test]
        fn damaged_bytes_are_an_error_or_another_block(
            block in block(), place in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let mut bytes = write(&block);
            let place = place.index(bytes.len());
            bytes[place] = byte;
            let _ = read(&bytes);
            prop_assert!(read(&bytes[..place]).is_err());
        }
    }
}
