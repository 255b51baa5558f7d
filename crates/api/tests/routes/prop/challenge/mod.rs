mod buy;
mod preview;
mod promo;
