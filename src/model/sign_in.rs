//! What files show of a sign-in: a token, a recording, the settings of a sign-in service. Only what
//! follows from a file is kept, never the file itself.

use std::fmt;

use jiff::Timestamp;

use super::keyword;

keyword! {
    /// What kind of file it is.
    SignInFile in "sign_in" {
        IdToken = "id_token",
        Har = "har",
        Saml = "saml",
    }
}

/// How many factors somebody has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factors {
    One,
    Several,
}

/// Everything that was handed in about the sign-in of one target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignIn {
    pub token: Option<Token>,
    pub recording: Option<Recording>,
    pub metadata: Option<Metadata>,
}

/// An ID token: its claims, and what it takes to check its signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    pub digest: String,
    pub issuer: String,
    pub methods: Vec<String>,
    pub context: Option<String>,
    /// When somebody signed in, or else when the token was issued.
    pub at: Option<Timestamp>,
    /// Nothing where its claims do not say.
    pub factors: Option<Factors>,
    pub algorithm: String,
    pub key: Option<String>,
    pub signed: String,
    pub signature: Vec<u8>,
}

/// Without what would let somebody sign in with it.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("digest", &self.digest).finish_non_exhaustive()
    }
}

/// A recorded sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    pub digest: String,
    pub at: Option<Timestamp>,
    /// Nothing where no sign-in at this target is in it.
    pub factors: Option<Factors>,
}

/// SAML metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    pub digest: String,
    pub names_several_factors: bool,
}
