-- The calendar of news. What was taken out again stays, for who asks later what was told to whom.
CREATE TABLE news (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    at {bigint} NOT NULL,
    impact TEXT NOT NULL,
    currency TEXT,
    title TEXT NOT NULL,
    created_by {bigint} NOT NULL REFERENCES staff (id),
    created_at {bigint} NOT NULL,
    removed_by {bigint} REFERENCES staff (id),
    removed_at {bigint}
) {strict};

CREATE INDEX news_by_time ON news (brand_id, at, id);
