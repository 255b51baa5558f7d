mod addon;
mod buy;
mod preview;
mod promo;
