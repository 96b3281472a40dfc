//! The visit of a web server as a transcript keeps it: what facts are read from, and nothing secret. Values
//! of cookies, what stands behind a question mark, fields of forms and the text of pages are not in it.
//! Facts are read from this form, live and again later.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::transcript::{Silence, is_false};

/// What one address showed to a visitor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// What went along with every request.
    pub sent: Vec<Header>,
    /// SHA-256 of the list by which open addresses were looked for: by another they would have been others.
    pub list: String,
    /// The pages that are said to be published, by the end of their fact's key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub published: BTreeMap<String, String>,
    /// By address and by what was looked for.
    pub requests: Vec<Request>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Issuer>,
    #[serde(default, skip_serializing_if = "SignIn::is_empty")]
    pub sign_in: SignIn,
}

/// One request and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Always `GET`.
    pub method: String,
    /// Where something secret may stand in the address, `hidden` and a number stand in its place: the same
    /// number for the same address.
    pub url: String,
    pub purpose: Purpose,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Why there is no answer, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Nothing>,
}

/// What the body of an answer is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// What a page shows and loads.
    Page,
    /// An address on the list of what should not be open.
    Listed,
    /// An address that cannot exist, to compare with.
    Nowhere,
    /// A folder that may list its contents.
    Folder,
    /// A script, for the name of its source map.
    Script,
    SourceMap,
    SecurityTxt,
    PasskeyEndpoints,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<Header>,
    pub body: Body,
    /// When its head was there, RFC 3339.
    pub time: String,
    /// Milliseconds from the question to the head.
    pub took: u64,
}

/// A header, with its name in lower case. Of headers that no fact is read from, the name alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// What a body was, and what was found in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Bytes that were read.
    pub length: u64,
    /// Of what was read.
    pub sha256: String,
    /// There was more than was read.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_cut: bool,
    /// Nothing but space.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_blank: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Words of the list of what should not be open that stand in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Beginnings on that list that it has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begins: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// The source map that a script names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_map: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_txt: Option<SecurityTxt>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub names_passkey_endpoints: bool,
}

/// What stands on a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Page {
    /// How many parts it loads.
    #[serde(skip_serializing_if = "is_zero")]
    pub count: u64,
    /// Their addresses; of those that say the same, one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Those of them that are scripts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scripts: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub has_password: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub has_one_time_code: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub has_passkey_field: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub has_passkey_script: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub has_form: bool,
    /// More stands on it than was looked at.
    #[serde(skip_serializing_if = "is_false")]
    pub is_cut: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// Policies that it states itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The fields of a security.txt that facts are read from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityTxt {
    /// Of each contact, the kind of address: `mailto:`.
    pub contacts: Vec<String>,
    pub expires: Vec<String>,
}

/// Why nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nothing {
    /// Something was said, and it was no HTTP.
    NotHttp,
    /// It was HTTP, and could not be read to its end.
    Broken,
    /// Nobody who is trusted says that it is the server it should be.
    Untrusted,
    #[serde(untagged)]
    Silence(Silence),
}

/// Ports that were tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ports {
    pub tried: Vec<Port>,
    /// The time was up before all were tried.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_late: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Port {
    pub port: u16,
    /// Why there is no connection; an open port has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Silence>,
}

/// What the service that signs people in says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    pub url: String,
    pub discovery: Discovery,
}

/// What came of asking for its discovery document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Discovery {
    /// The methods and contexts that it advertises.
    Advertises(Vec<String>),
    Status(u16),
    /// It was answered, and not with such a document.
    NoDocument,
    Nothing(Nothing),
}

/// What files that were handed in show of a sign-in. Of a file its digest, never the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<Recording>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// What became of a test account that had nothing but its password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial: Option<Trial>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    pub account: Account,
    pub ended: Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    Doctor,
    Staff,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The password was taken, and did not open the page.
    Refused,
    /// The password alone opened it.
    LetIn,
    /// Why, is not kept: an answer may repeat what was sent.
    Unclear,
}

impl SignIn {
    fn is_empty(&self) -> bool {
        *self == SignIn::default()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub sha256: String,
    pub issuer: String,
    pub methods: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factors: Option<Factors>,
    pub algorithm: String,
    pub signature: Signature,
}

/// Whether the issuer signed a token; what the keys said that it publishes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    Good,
    Bad,
    /// Too old, or without a date: not looked at.
    NotChecked,
    /// Nobody is named who could be asked, or what he says could not be had.
    NoIssuer,
    /// It names another issuer.
    OtherIssuer,
    NoKey,
    /// An algorithm that cannot be checked from outside.
    Unsupported,
    Status(u16),
    Nothing(Nothing),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    pub sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factors: Option<Factors>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    pub sha256: String,
    pub names_several_factors: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Factors {
    One,
    Several,
}
