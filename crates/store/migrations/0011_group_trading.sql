-- What a group trades by, where it is not as in the catalogue: JSON that the desk reads.
CREATE TABLE account_group_trading (
    group_id {bigint} PRIMARY KEY REFERENCES account_group (id),
    body TEXT NOT NULL
) {strict};
