//! A device that holds a passkey, with the browser that asks it: what WebAuthn has them answer.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Somebody was there; they proved that it is them; a key comes with it.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const WITH_KEY: u8 = 0x40;

/// A device with one passkey.
pub struct Device {
    /// The site that its browser shows.
    pub origin: &'static str,
    /// How often it signed.
    pub counter: u32,
    /// Whether it asks for a finger, a face or a PIN.
    pub verifies: bool,
    /// Whose passkey it keeps, as the site says it.
    pub owner: Vec<u8>,
    id: Vec<u8>,
    key: EcdsaKeyPair,
}

impl Device {
    pub fn new(origin: &'static str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
        let id = Sha256::digest(key.public_key().as_ref())[..16].to_vec();
        Self { origin, counter: 0, verifies: true, owner: Vec::new(), id, key }
    }

    /// What it answers where it is to make a passkey.
    pub fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        self.owner = URL_SAFE_NO_PAD.decode(text(&options["user"]["id"])).unwrap();
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        // The public half as COSE writes it: kty EC2, alg ES256, crv P-256, x, y.
        let cose = [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat();
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let key = [[0; 16].as_slice(), &length, &self.id, &cose].concat();
        let data = self.data(text(&options["rp"]["id"]), WITH_KEY, &key);
        let size = [u8::try_from(data.len()).unwrap()];
        let attestation = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(), &size, &data].concat();
        self.answer(
            json!({"clientDataJSON": self.client("create", &options), "attestationObject": coded(&attestation)}),
        )
    }

    /// What it answers where it is to sign.
    pub fn get(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        self.counter += 1;
        let data = self.data(text(&options["rpId"]), 0, &[]);
        let client = self.client("get", &options);
        let hash = Sha256::digest(URL_SAFE_NO_PAD.decode(&client).unwrap());
        let signature = self.key.sign(&SystemRandom::new(), &[data.as_slice(), &hash].concat()).unwrap();
        self.answer(json!({
            "clientDataJSON": client,
            "authenticatorData": coded(&data),
            "signature": coded(signature.as_ref()),
            "userHandle": coded(&self.owner),
        }))
    }

    fn data(&self, site: &str, flags: u8, key: &[u8]) -> Vec<u8> {
        let flags = PRESENT | flags | if self.verifies { VERIFIED } else { 0 };
        [Sha256::digest(site).as_slice(), &[flags], &self.counter.to_be_bytes(), key].concat()
    }

    fn client(&self, does: &str, options: &Value) -> String {
        let client = json!({"type": format!("webauthn.{does}"), "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false});
        coded(client.to_string().as_bytes())
    }

    fn answer(&self, response: Value) -> String {
        let id = coded(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {}}).to_string()
    }
}

fn coded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
