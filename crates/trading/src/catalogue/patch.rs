//! The text of what a group changes: the words and decimals of the catalogue, each of them optional.

use super::file::{Lots, SwapEntry, decimal_of};
use super::{CatalogueFault, Swap, Trading};
use serde::{Deserialize, Serialize};
use touchstone_domain::basis_points::format_decimal;
use touchstone_domain::{BasisPoints, Volume};

/// What a group changes; everything else stays as in the catalogue. In JSON or TOML:
/// `{"margin_percent": "5", "lots": {"min": "0.01", "max": "5", "step": "0.01"}, "trading": "close_only"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct TermsPatch {
    pub margin_rate: Option<BasisPoints>,
    pub lot_min: Option<Volume>,
    pub lot_max: Option<Volume>,
    pub lot_step: Option<Volume>,
    pub commission_ppm: Option<i64>,
    pub swap: Option<Swap>,
    pub stops_distance: Option<i64>,
    pub trading: Option<Trading>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    margin_percent: Option<String>,
    #[serde(default, skip_serializing_if = "SomeLots::is_none")]
    lots: SomeLots,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commission_ppm: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    swap: Option<SwapEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stops_distance: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trading: Option<Trading>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SomeLots {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<String>,
}

impl SomeLots {
    const fn is_none(&self) -> bool {
        self.min.is_none() && self.max.is_none() && self.step.is_none()
    }
}

impl TryFrom<Wire> for TermsPatch {
    type Error = CatalogueFault;

    fn try_from(wire: Wire) -> Result<Self, CatalogueFault> {
        let decimal = |field, text: Option<String>, decimals| {
            text.map(|text| decimal_of(None, field, &text, decimals))
                .transpose()
        };
        let lots = |text| decimal("lots", text, Lots::DECIMALS).map(|lots| lots.map(Volume));
        Ok(Self {
            margin_rate: decimal("margin_percent", wire.margin_percent, 2)?.map(BasisPoints),
            lot_min: lots(wire.lots.min)?,
            lot_max: lots(wire.lots.max)?,
            lot_step: lots(wire.lots.step)?,
            commission_ppm: wire.commission_ppm,
            swap: wire.swap.map(|swap| swap.read(None)).transpose()?,
            stops_distance: wire.stops_distance,
            trading: wire.trading,
        })
    }
}

impl From<TermsPatch> for Wire {
    fn from(patch: TermsPatch) -> Self {
        let lots = |lots: Option<Volume>| lots.map(|lots| format_decimal(lots.0, Lots::DECIMALS));
        Self {
            margin_percent: patch.margin_rate.map(BasisPoints::percent),
            lots: SomeLots {
                min: lots(patch.lot_min),
                max: lots(patch.lot_max),
                step: lots(patch.lot_step),
            },
            commission_ppm: patch.commission_ppm,
            swap: patch.swap.map(SwapEntry::from),
            stops_distance: patch.stops_distance,
            trading: patch.trading,
        }
    }
}
