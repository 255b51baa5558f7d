-- What the loss of a day was counted from, and the floors at its end, so that they can be drawn.
ALTER TABLE day_record ADD COLUMN day_start_minor {bigint};
ALTER TABLE day_record ADD COLUMN daily_floor_minor {bigint};
ALTER TABLE day_record ADD COLUMN max_floor_minor {bigint};
-- Until now it was the instant at which the day had begun. (The days at which clocks were changed are off by their hour.)
UPDATE day_record SET closed_at = closed_at + 86400000000;
