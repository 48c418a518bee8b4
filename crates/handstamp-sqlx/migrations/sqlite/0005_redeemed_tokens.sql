-- One-time tokens that were redeemed.
CREATE TABLE handstamp_redeemed_tokens (
    account TEXT NOT NULL,
    token TEXT NOT NULL,
    -- When the token expires.
    until INTEGER NOT NULL,
    PRIMARY KEY (account, token)
) STRICT, WITHOUT ROWID;

CREATE INDEX handstamp_redeemed_tokens_by_end ON handstamp_redeemed_tokens (until);
