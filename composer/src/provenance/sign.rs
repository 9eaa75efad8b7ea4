//! Signatures of records: Ed25519 (RFC 8032).

use ed25519_compact::{KeyPair, PublicKey, Seed};
use serde::{Deserialize, Serialize};

use super::record::hash;

/// What is signed begins with this, so that a signature cannot be taken for one of something else.
const PURPOSE: &[u8] = b"ripieno provenance 1\n";

/// A key to sign with. Who has it can sign as its owner.
pub struct SigningKey(KeyPair);

/// Why something is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is 64 hexadecimal digits")]
pub struct BadKey;

/// A signature of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// `ed25519`.
    algorithm: String,
    /// BLAKE3 of the record that was signed.
    record: String,
    /// Whose it is, in hexadecimal.
    public_key: String,
    /// The signature itself, in hexadecimal.
    signature: String,
}

/// What is wrong with a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Forgery {
    #[error("the record was changed after it was signed")]
    Record,
    #[error("the signature is forged: it was not made with the key that it names")]
    Signature,
    #[error("the signature is of an unknown kind, `{0}`")]
    Algorithm(String),
}

impl SigningKey {
    /// Of 32 random bytes.
    pub fn from_secret(secret: [u8; 32]) -> Self {
        Self(KeyPair::from_seed(Seed::new(secret)))
    }

    /// From the hexadecimal form.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_hex(text: &str) -> Result<Self, BadKey> {
        from_hex(text).map(Self::from_secret).ok_or(BadKey)
    }

    /// The hexadecimal form, to be kept secret.
    pub fn to_hex(&self) -> String {
        to_hex(&*self.0.sk.seed())
    }

    /// The public key in hexadecimal, for those who want to know whether a signature is of this key.
    pub fn public_key(&self) -> String {
        to_hex(&*self.0.pk)
    }

    /// Signs the text of a record.
    pub(super) fn sign(&self, record: &str) -> Signature {
        let signature = self.0.sk.sign([PURPOSE, record.as_bytes()].concat(), None);
        Signature {
            algorithm: "ed25519".into(),
            record: hash(record.as_bytes()),
            public_key: self.public_key(),
            signature: to_hex(&*signature),
        }
    }
}

impl Signature {
    /// Whose it is, in hexadecimal.
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    pub(super) fn verify(&self, record: &str) -> Result<(), Forgery> {
        if self.algorithm != "ed25519" {
            return Err(Forgery::Algorithm(self.algorithm.chars().take(20).collect()));
        }
        if self.record != hash(record.as_bytes()) {
            return Err(Forgery::Record);
        }
        let key = from_hex(&self.public_key).map(PublicKey::new).ok_or(Forgery::Signature)?;
        let signature = from_hex(&self.signature).map(ed25519_compact::Signature::new).ok_or(Forgery::Signature)?;
        key.verify([PURPOSE, record.as_bytes()].concat(), &signature).map_err(|_| Forgery::Signature)
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_standard() {
        // RFC 8032, section 7.1, test 1.
        let key = SigningKey::from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
        assert_eq!(key.public_key(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assert_eq!(SigningKey::from_hex(&key.to_hex()).unwrap().public_key(), key.public_key());
        assert!(SigningKey::from_hex("é").is_err() && SigningKey::from_hex(&"g".repeat(64)).is_err());
    }

    #[test]
    fn a_signature_is_of_one_record_and_one_key() {
        let key = SigningKey::from_secret([7; 32]);
        let signature = key.sign("a record");
        assert_eq!(signature.verify("a record"), Ok(()));
        assert_eq!(signature.verify("another"), Err(Forgery::Record));
        let forged = Signature { record: hash(b"another"), ..signature.clone() };
        assert_eq!(forged.verify("another"), Err(Forgery::Signature), "whoever also mends the hash is found, too");
        let other = SigningKey::from_secret([8; 32]).public_key();
        let forged = Signature { public_key: other, ..signature.clone() };
        assert_eq!(forged.verify("a record"), Err(Forgery::Signature));
        let forged = Signature { signature: "00".repeat(64), ..signature.clone() };
        assert_eq!(forged.verify("a record"), Err(Forgery::Signature));
        let forged = Signature { algorithm: "none".into(), ..signature };
        assert_eq!(forged.verify("a record"), Err(Forgery::Algorithm("none".into())));
    }
}
