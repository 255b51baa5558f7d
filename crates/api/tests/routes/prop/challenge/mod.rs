mod buy;
mod preview;
