//! A file of ticks, line by line.

use super::layout::LineFault;
use super::{DecimalFault, Layout, Tick};
use std::io::{BufRead, ErrorKind, Read};
use touchstone_domain::{Price, Symbol, UnixMicros};

/// Longer lines are no ticks, and are not read into memory.
const LONGEST_LINE: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileTick {
    /// The first line of a file is 1.
    pub line: u64,
    pub fed_at: UnixMicros,
    pub bid: Price,
    pub ask: Price,
}

impl FileTick {
    /// With its line as the feed's number.
    pub const fn of(self, symbol: Symbol) -> Tick {
        Tick {
            symbol,
            bid: self.bid,
            ask: self.ask,
            fed_at: self.fed_at,
            sequence: Some(self.line),
        }
    }
}

/// What is wrong with a line. Reading goes on after it, but for the last three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct FileFault {
    pub line: u64,
    pub kind: FileFaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFaultKind {
    #[error("{wanted} columns are wanted, {found} were found")]
    Columns { wanted: usize, found: usize },
    #[error("the time cannot be read")]
    Time,
    #[error("the {name} cannot be read: {fault}")]
    Price {
        name: &'static str,
        fault: DecimalFault,
    },
    #[error("this is neither the header of a TrueFX file nor a line of a HistData file")]
    UnknownLayout,
    #[error("it is longer than any tick")]
    TooLong,
    #[error("it cannot be read: {0}")]
    Unreadable(ErrorKind),
}

impl From<LineFault> for FileFaultKind {
    fn from(fault: LineFault) -> Self {
        match fault {
            LineFault::Columns { wanted, found } => Self::Columns { wanted, found },
            LineFault::Time => Self::Time,
            LineFault::Price { name, fault } => Self::Price { name, fault },
        }
    }
}

/// The ticks of a file in either layout. Empty lines are passed over.
#[derive(Debug)]
pub struct TickFile<R> {
    reader: R,
    digits: u32,
    layout: Option<Layout>,
    line: u64,
    bytes_read: u64,
    buffer: Vec<u8>,
    is_over: bool,
}

impl<R: BufRead> TickFile<R> {
    /// `digits` are the decimals of the symbol's price.
    pub const fn new(reader: R, digits: u32) -> Self {
        Self {
            reader,
            digits,
            layout: None,
            line: 0,
            bytes_read: 0,
            buffer: Vec::new(),
            is_over: false,
        }
    }

    /// Known after the first line.
    pub const fn layout(&self) -> Option<Layout> {
        self.layout
    }

    /// Of the whole file: how far one is.
    pub const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next line without its end; `None` after the last one.
    fn read_line(&mut self) -> Result<Option<()>, FileFaultKind> {
        self.buffer.clear();
        self.line += 1;
        let limit = LONGEST_LINE as u64 + 1;
        let read = self
            .reader
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut self.buffer)
            .map_err(|error| FileFaultKind::Unreadable(error.kind()))?;
        self.bytes_read += read as u64;
        if read == 0 {
            return Ok(None);
        }
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
        } else if read > LONGEST_LINE {
            return Err(FileFaultKind::TooLong);
        }
        if self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        Ok(Some(()))
    }

    /// The tick of the line in the buffer; `None` for a header or an empty line.
    fn tick(&mut self) -> Result<Option<FileTick>, FileFaultKind> {
        let Ok(text) = std::str::from_utf8(&self.buffer) else {
            return Err(FileFaultKind::Unreadable(ErrorKind::InvalidData));
        };
        let text = text.trim_start_matches('\u{feff}');
        if text.is_empty() {
            return Ok(None);
        }
        let layout = match self.layout {
            Some(layout) => layout,
            None => {
                let layout = Layout::of(text).ok_or(FileFaultKind::UnknownLayout)?;
                self.layout = Some(layout);
                if layout.has_header() {
                    return Ok(None);
                }
                layout
            }
        };
        let line = layout.read(text, self.digits)?;
        Ok(Some(FileTick {
            line: self.line,
            fed_at: line.fed_at,
            bid: line.bid,
            ask: line.ask,
        }))
    }
}

impl<R: BufRead> Iterator for TickFile<R> {
    type Item = Result<FileTick, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            let read = match self.read_line() {
                Ok(None) => {
                    self.is_over = true;
                    return None;
                }
                Ok(Some(())) => self.tick(),
                Err(kind) => Err(kind),
            };
            match read {
                Ok(None) => {}
                Ok(Some(tick)) => return Some(Ok(tick)),
                Err(kind) => {
                    self.is_over = matches!(
                        kind,
                        FileFaultKind::UnknownLayout
                            | FileFaultKind::TooLong
                            | FileFaultKind::Unreadable(_)
                    );
                    let line = self.line;
                    return Some(Err(FileFault { line, kind }));
                }
            }
        }
        None
    }
}
