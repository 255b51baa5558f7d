//! What is printed.

/// One row.
#[derive(Debug, serde::Serialize)]
pub struct Measured {
    pub accounts: usize,
    pub mix: &'static str,
    pub step_bp: f64,
    pub fast_ticks_per_second: f64,
    pub plain_ticks_per_second: f64,
    pub ratio: f64,
    pub looks_per_tick: f64,
    pub p999_us: f64,
    pub worst_us: f64,
    pub plain_worst_us: f64,
    pub bytes_per_account: f64,
    pub edge_bytes_per_account: f64,
    pub position_bytes_per_account: f64,
    pub history_mb: f64,
    pub plain_bytes_per_account: f64,
    pub ticks_compared: u64,
    pub verdicts_compared: usize,
    pub is_same: bool,
}

pub const HEAD: &str = "\
| Accounts | Floors | bp | Fast ticks/s | Plain ticks/s | Ratio | Looks/tick | p99.9 us | Worst us | Plain worst us | Bytes/account | + edges | + positions | History MB | Same verdicts |
|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|";

impl Measured {
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("a row of numbers")
    }

    pub fn row(&self) -> String {
        let ratio = match self.ratio {
            ratio if ratio < 10.0 => format!("{ratio:.1}"),
            ratio => with_commas(ratio),
        };
        format!(
            "| {} | {} | {} | {} | {} | {ratio} | {:.4} | {:.1} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {} {} of {} ticks |",
            with_commas(self.accounts as f64),
            self.mix,
            self.step_bp,
            with_commas(self.fast_ticks_per_second),
            with_commas(self.plain_ticks_per_second),
            self.looks_per_tick,
            self.p999_us,
            self.worst_us,
            self.plain_worst_us,
            self.bytes_per_account,
            self.edge_bytes_per_account,
            self.position_bytes_per_account,
            self.history_mb,
            if self.is_same { "yes:" } else { "NO:" },
            with_commas(self.verdicts_compared as f64),
            with_commas(self.ticks_compared as f64),
        )
    }
}

fn with_commas(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
