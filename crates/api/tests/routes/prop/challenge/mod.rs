mod addon;
mod buy;
mod conversion;
mod preview;
mod promo;
