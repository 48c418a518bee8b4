-- One-time tokens that were redeemed.
CREATE TABLE handstamp_redeemed_tokens (
    account text COLLATE "C" NOT NULL,
    token text COLLATE "C" NOT NULL,
    -- When the token expires.
    until bigint NOT NULL,
    PRIMARY KEY (account, token)
);

CREATE INDEX handstamp_redeemed_tokens_by_end ON handstamp_redeemed_tokens (until);
