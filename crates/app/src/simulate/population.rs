//! Who trades: kinds of traders, and how many there are of each.

use super::chance::Chance;
use serde::{Deserialize, Deserializer, Serialize};
use touchstone_domain::BasisPoints;

/// A mix of traders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    kinds: Vec<Kind>,
}

/// One kind of trader. Shares are hundredths of a percent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    pub name: String,
    /// How many there are, beside the weights of the others.
    pub weight: u32,
    /// What a trade is expected to bring before costs, as a share of what it risks.
    #[serde(rename = "edge_pct", with = "hundredths")]
    pub edge: i64,
    /// What a trade risks.
    #[serde(rename = "risk_pct", with = "hundredths")]
    pub risk: i64,
    #[serde(default)]
    pub risk_of: RiskOf,
    /// Hundredths of a trade.
    #[serde(rename = "trades_per_day", with = "hundredths")]
    pub trades: i64,
    /// Distance of the target in hundredths of that of the stop.
    #[serde(rename = "reward_risk", with = "hundredths")]
    pub reward: i64,
    /// Distance of the stop, as a share of what the price moves by on a usual day (one standard deviation).
    #[serde(rename = "stop_pct_of_day", with = "hundredths")]
    pub stop: i64,
    /// Done for the day after so many losses on it; 0: never.
    #[serde(default)]
    pub stops_after_losses: u32,
    /// What he risks after a loss, as a share of what he risked before it.
    #[serde(rename = "martingale_pct", with = "hundredths", default = "whole")]
    pub martingale: i64,
    /// The largest share of the room above the nearest floor that a trade may risk; 100: he does not look.
    #[serde(rename = "keeps_room_pct", with = "hundredths", default = "whole")]
    pub keeps_room: i64,
    /// Holds a position over night until its stop or target, but not over a weekend.
    #[serde(default)]
    pub overnight: bool,
    /// With the target reached and only days missing he trades the least there is.
    #[serde(default = "yes")]
    pub coasts: bool,
}

/// What the risk of a trade is a share of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskOf {
    #[default]
    Balance,
    Initial,
    /// What lies between the equity and the nearest floor.
    Room,
}

/// Why a population cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PopulationFault {
    #[error("{}", .0.trim_end())]
    Syntax(String),
    #[error("there is no [[traders]] with a weight above 0")]
    Nobody,
    #[error("there are more than {MOST_KINDS} kinds of traders")]
    TooMany,
    #[error("the trader {name:?}: {key} must be {wanted}")]
    OutOfRange {
        name: String,
        key: &'static str,
        wanted: &'static str,
    },
    #[error("the trader {0:?} stands twice")]
    Twice(String),
}

pub const MOST_KINDS: usize = 20;
const HIGHEST_WEIGHT: u32 = 1_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    traders: Vec<Kind>,
}

const fn whole() -> i64 {
    BasisPoints::WHOLE.0
}

const fn yes() -> bool {
    true
}

impl Population {
    pub const DEFAULT: &str = include_str!("population.toml");

    /// Those that come with the program.
    ///
    /// # Panics
    /// Never: a test reads them.
    pub fn standard() -> Self {
        Self::read(Self::DEFAULT).expect("the standard population can be read")
    }

    /// # Errors
    /// What is wrong with the file, the first of it.
    pub fn read(text: &str) -> Result<Self, PopulationFault> {
        let file: File =
            toml::from_str(text).map_err(|error| PopulationFault::Syntax(error.to_string()))?;
        Self::of(file.traders)
    }

    /// # Errors
    /// What is wrong with the kinds, the first of it.
    pub fn of(kinds: Vec<Kind>) -> Result<Self, PopulationFault> {
        if kinds.len() > MOST_KINDS {
            return Err(PopulationFault::TooMany);
        }
        for (place, kind) in kinds.iter().enumerate() {
            kind.check()?;
            if kinds[..place].iter().any(|other| other.name == kind.name) {
                return Err(PopulationFault::Twice(kind.name.clone()));
            }
        }
        if kinds.iter().all(|kind| kind.weight == 0) {
            return Err(PopulationFault::Nobody);
        }
        Ok(Self { kinds })
    }

    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The place of a kind, each as often as its weight says.
    pub(super) fn pick(&self, chance: &mut Chance) -> usize {
        let weights = || self.kinds.iter().map(|kind| u64::from(kind.weight));
        let mut left = chance.below(weights().sum());
        for (place, weight) in weights().enumerate() {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return place,
            }
        }
        0
    }
}

impl Kind {
    fn check(&self) -> Result<(), PopulationFault> {
        let length = self.name.chars().count();
        let ranges = [
            ("name", (1..=40).contains(&length), "1 to 40 characters"),
            ("weight", self.weight <= HIGHEST_WEIGHT, "0 to 1,000,000"),
            (
                "edge_pct",
                (-10_000..=10_000).contains(&self.edge),
                "-100 to 100",
            ),
            ("risk_pct", (1..=10_000).contains(&self.risk), "0.01 to 100"),
            (
                "trades_per_day",
                (1..=10_000).contains(&self.trades),
                "0.01 to 100",
            ),
            (
                "reward_risk",
                (10..=2_000).contains(&self.reward),
                "0.1 to 20",
            ),
            (
                "stop_pct_of_day",
                (100..=100_000).contains(&self.stop),
                "1 to 1000",
            ),
            (
                "martingale_pct",
                (1_000..=50_000).contains(&self.martingale),
                "10 to 500",
            ),
            (
                "keeps_room_pct",
                (1..=10_000).contains(&self.keeps_room),
                "0.01 to 100",
            ),
        ];
        let wrong = ranges.into_iter().find(|(_, is_right, _)| !is_right);
        match wrong {
            None => Ok(()),
            Some((key, _, wanted)) => Err(PopulationFault::OutOfRange {
                name: self.name.clone(),
                key,
                wanted,
            }),
        }
    }
}

/// A whole number, or a text with at most two decimals, in hundredths.
mod hundredths {
    use super::{BasisPoints, Deserialize, Deserializer};
    use serde::{Serializer, de::Error};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Whole(i64),
        Text(String),
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        let wanted = || D::Error::custom("a whole number or a text like \"2.5\" is wanted");
        let read = match Written::deserialize(from).map_err(|_| wanted())? {
            Written::Whole(whole) => whole.checked_mul(100),
            Written::Text(text) => BasisPoints::from_percent(&text).map(|read| read.0),
        };
        read.ok_or_else(wanted)
    }

    pub fn serialize<S: Serializer>(hundredths: &i64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BasisPoints(*hundredths).percent())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn with(line: &str) -> String {
        let standing = "name = \"a\"\nweight = 1\nedge_pct = 0\nrisk_pct = 1\ntrades_per_day = 1\n\
                        reward_risk = \"1.5\"\nstop_pct_of_day = 20\n";
        let key = line.split(' ').next().unwrap_or_default();
        let kept: Vec<&str> = standing
            .lines()
            .filter(|own| !own.starts_with(&format!("{key} ")))
            .collect();
        format!("[[traders]]\n{}\n{line}\n", kept.join("\n"))
    }

    #[test]
    fn the_standard_population_is_whole() {
        let standard = Population::standard();
        assert_eq!(standard.kinds().len(), 4);
        assert_eq!(standard.kinds()[1].risk, 150);
        assert_eq!(standard.kinds()[1].keeps_room, 10_000);
    }

    #[rstest]
    #[case("weight = 0", "there is no [[traders]] with a weight above 0")]
    #[case("risk_pct = 0", "the trader \"a\": risk_pct must be 0.01 to 100")]
    #[case("reward_risk = 21", "the trader \"a\": reward_risk must be 0.1 to 20")]
    #[case(
        "keeps_room_pct = 101",
        "the trader \"a\": keeps_room_pct must be 0.01 to 100"
    )]
    #[case("name = \"\"", "the trader \"\": name must be 1 to 40 characters")]
    #[case("edge_pct = 1.5", "a whole number or a text like \"2.5\" is wanted")]
    #[case("risk_off = 1", "unknown field `risk_off`")]
    fn a_wrong_population_is_told(#[case] line: &str, #[case] said: &str) {
        let error = Population::read(&with(line)).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }

    #[test]
    fn kinds_come_as_often_as_they_weigh() {
        let standard = Population::standard();
        let mut chance = Chance::new(3, 0);
        let mut counts = [0_u32; 4];
        for _ in 0..10_000 {
            counts[standard.pick(&mut chance)] += 1;
        }
        for (count, kind) in counts.iter().zip(standard.kinds()) {
            assert!(count.abs_diff(kind.weight * 100) < 200, "{counts:?}");
        }
    }
}
