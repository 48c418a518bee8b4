//! The keys of a service: one that signs, and those that verify, the current one first.

mod seen;

use seen::SeenTokens;

use super::{
    Algorithm, Compact, Header, JwsError, KeyError, KeyId, MAX_TOKEN_LEN, Signature, SigningKey,
    TokenType, VerifyingKey, base64url,
};

#[derive(Debug)]
pub(crate) struct KeySet {
    signing: Option<Signer>,
    /// In the order in which they are tried.
    verifying: Vec<(VerifyingKey, Option<KeyId>)>,
    /// The headers that the configured keys write, recognised by their bytes without parsing.
    known: Vec<(String, Header)>,
    has_ids: bool,
    token_type: TokenType,
    seen: Option<SeenTokens>,
}

#[derive(Debug)]
struct Signer {
    key: SigningKey,
    /// The header segment of every token that the key signs.
    header: String,
}

impl KeySet {
    /// Creates a key set. `verifying` lists every key whose tokens are accepted, in order: the
    /// public half of the signing key is not added.
    pub(crate) fn new(
        signing: Option<(SigningKey, Option<KeyId>)>,
        verifying: Vec<(VerifyingKey, Option<KeyId>)>,
    ) -> Result<Self, KeyError> {
        let mut known: Vec<(String, Header)> = Vec::new();
        for (index, (key, id)) in verifying.iter().enumerate() {
            let algorithm = key.algorithm();
            if let Some(id) = id {
                let mut earlier = verifying.iter().take(index);
                if earlier.any(|(other, other_id)| {
                    other.algorithm() == algorithm && other_id.as_ref() == Some(id)
                }) {
                    return Err(KeyError::DuplicateKeyId(id.clone(), algorithm));
                }
                known.push(known_header(algorithm, Some(id)));
            }
            known.push(known_header(algorithm, None));
        }
        Ok(Self {
            signing: signing.map(|(key, id)| Signer {
                header: Header::encode(key.algorithm(), id.as_ref()),
                key,
            }),
            has_ids: verifying.iter().any(|(_, id)| id.is_some()),
            verifying,
            known,
            token_type: TokenType::Jwt,
            seen: None,
        })
    }

    /// Creates a key set that verifies access tokens of another issuer, and signs nothing.
    #[cfg(feature = "asymmetric")]
    pub(crate) fn of_issuer(
        verifying: Vec<(VerifyingKey, Option<KeyId>)>,
    ) -> Result<Self, KeyError> {
        Ok(Self {
            // These are headers of our own tokens.
            known: Vec::new(),
            token_type: TokenType::AccessToken,
            ..Self::new(None, verifying)?
        })
    }

    /// Lets the set remember tokens whose asymmetric signature it has verified. For HMAC that would
    /// cost as much as the MAC.
    pub(crate) fn remembering(mut self) -> Self {
        let mut algorithms = self.verifying.iter().map(|(key, _)| key.algorithm());
        let has_pairs = algorithms.any(|algorithm| !algorithm.is_hmac());
        self.seen = has_pairs.then(SeenTokens::new);
        self
    }

    /// Signs the payload and returns a compact JWS.
    pub(crate) fn sign(&self, payload: &[u8]) -> Result<String, SignError> {
        let signer = self.signing.as_ref().ok_or(SignError::NoSigningKey)?;
        if payload.len() > MAX_TOKEN_LEN {
            return Err(SignError::TooLong);
        }
        // Enough for every signature except those of RSA.
        let mut token = Vec::with_capacity(signer.header.len() + payload.len() * 4 / 3 + 192);
        token.extend_from_slice(signer.header.as_bytes());
        token.push(b'.');
        base64url::encode(payload, &mut token).ok_or(SignError::TooLong)?;
        let signature = signer.key.sign(&token).ok_or(SignError::Failed)?;
        token.push(b'.');
        base64url::encode(signature.as_bytes(), &mut token).ok_or(SignError::TooLong)?;
        if token.len() > MAX_TOKEN_LEN {
            return Err(SignError::TooLong);
        }
        // base64url and dots are text.
        String::from_utf8(token).map_err(|_| SignError::Failed)
    }

    /// Returns a MAC of what is no token, by the secret that signs. Returns `None` with a key pair:
    /// it has no secret for that.
    ///
    /// `input` begins with a NUL, which no token contains, so that no MAC is a signature.
    pub(crate) fn mac(&self, input: &[u8]) -> Option<Result<Signature, SignError>> {
        debug_assert_eq!(input.first(), Some(&0), "it could be a token");
        let signer = self.signing.as_ref()?;
        let is_secret = signer.key.algorithm().is_hmac();
        is_secret.then(|| signer.key.sign(input).ok_or(SignError::Failed))
    }

    /// Returns whether [`mac`](Self::mac) of one of the secrets is this one, in constant time for
    /// each.
    pub(crate) fn is_mac(&self, input: &[u8], mac: &Signature) -> bool {
        let mut secrets = self.verifying.iter().map(|(key, _)| key);
        secrets.any(|key| key.algorithm().is_hmac() && key.verify(input, mac))
    }

    /// Verifies the signature with one of the keys, then returns the payload.
    pub(crate) fn verify(&self, bytes: &[u8]) -> Result<Vec<u8>, JwsError> {
        let token = Compact::split(bytes)?;
        let known = self
            .known
            .iter()
            .find(|(segment, _)| segment.as_bytes() == token.header);
        let parsed;
        let header = if let Some((_, header)) = known {
            header
        } else {
            parsed = Header::parse(token.header, self.token_type)?;
            &parsed
        };
        let mut candidates = self.candidates(header)?;
        let is_hmac = header.algorithm.is_hmac();
        let seen = self.seen.as_ref().filter(|_| !is_hmac);
        if seen.is_some_and(|seen| seen.contains(bytes)) {
            return token.payload();
        }
        let signature = Signature::decode(token.signature)?;
        if !candidates.any(|key| key.verify(token.signing_input, &signature)) {
            return Err(JwsError::InvalidSignature);
        }
        if let Some(seen) = seen {
            seen.insert(bytes);
        }
        token.payload()
    }

    /// Returns the keys that may have signed under this header. The header selects among the
    /// configured keys, and an algorithm that none of them has is rejected ([RFC 8725, section
    /// 3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)).
    ///
    /// Lenient: previous keys count as the current one does. Risk: the holder of an old key signs
    /// tokens for any user. Covered: a previous key counts only while it is configured, and only
    /// with its own algorithm. One that leaked is to be removed at once.
    fn candidates(&self, header: &Header) -> Result<impl Iterator<Item = &VerifyingKey>, JwsError> {
        let algorithm = header.algorithm;
        let mut same_algorithm = self
            .verifying
            .iter()
            .filter(move |(key, _)| key.algorithm() == algorithm)
            .peekable();
        if same_algorithm.peek().is_none() {
            return Err(JwsError::UnsupportedAlgorithm);
        }
        // Lenient: a header without `kid` selects every key of the algorithm, and so does any `kid`
        // where no key has an id. Risk: a chosen `kid` steers to a weaker key. Covered: it is only
        // compared with configured ids, never used as a path or a query, and the signature must
        // hold under a configured key in any case
        // (RFC 8725, section 3.10: https://www.rfc-editor.org/rfc/rfc8725#section-3.10).
        let wanted = header.key_id.as_deref().filter(|_| self.has_ids);
        let mut named = same_algorithm
            .filter(move |(_, id)| wanted.is_none() || id.as_ref().map(KeyId::as_str) == wanted)
            .map(|(key, _)| key)
            .peekable();
        if named.peek().is_none() {
            return Err(JwsError::UnknownKeyId);
        }
        Ok(named)
    }
}

/// The reason why a payload is not signed.
#[derive(Debug)]
pub(crate) enum SignError {
    /// No key that signs is configured.
    NoSigningKey,
    /// The token would have more than [`MAX_TOKEN_LEN`] bytes.
    TooLong,
    /// The crypto library failed.
    Failed,
}

fn known_header(algorithm: Algorithm, id: Option<&KeyId>) -> (String, Header) {
    let header = Header {
        algorithm,
        key_id: id.map(|id| id.as_str().to_owned()),
    };
    (Header::encode(algorithm, id), header)
}

#[cfg(test)]
mod tests;
