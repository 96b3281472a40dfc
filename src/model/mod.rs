//! The vocabulary: what a checklist, a rule, an answer, a fact and a verdict are. No input, no
//! output, no clock. Everything here is already checked; raw forms live in `load`.

pub mod answer;
pub mod assessment;
pub mod checklist;
pub mod column;
pub mod criterion;
pub mod crosswalk;
pub mod diagnostic;
pub mod fact;
pub mod feature;
pub mod fold;
pub mod inherited;
pub mod message;
pub mod name;
pub mod origin;
pub mod policy;
pub mod profile;
pub mod questionnaire;
pub mod received;
pub mod reference;
pub mod scoring;
pub mod sign_in;
pub mod text;
pub mod verdict;
pub mod waiver;
pub mod workspace;

/// An enum whose values have a fixed spelling in files: the spelling, the id of its label among the
/// texts, and a list of all of them, from one table.
macro_rules! keyword {
    ($(#[$meta:meta])* $name:ident in $group:literal { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// As it is spelt in files.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// The id of the text that names it for people.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => concat!($group, ".", $word)),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}
pub(crate) use keyword;
