-- Words of a brand for its letters; without a row a letter has its standard words.
CREATE TABLE letter (
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    kind {text} NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    enabled {bigint} NOT NULL,
    updated_by {bigint} NOT NULL REFERENCES staff (id),
    updated_at {bigint} NOT NULL,
    PRIMARY KEY (brand_id, kind)
) {strict_clustered};

-- What a letter is about: no two are about the same.
ALTER TABLE mail ADD COLUMN about TEXT;
CREATE UNIQUE INDEX mail_by_about ON mail (about) WHERE about IS NOT NULL;
