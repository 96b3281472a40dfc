//! Reference data: a published table that decides nothing, shown with the items that speak of it.

use super::checklist::Source;
use super::name::ItemName;
use super::text::Text;

#[derive(Debug, Clone)]
pub struct Reference {
    pub id: String,
    pub edition: String,
    pub title: Text,
    pub source: Source,
    /// What the table says as a whole.
    pub says: Text,
    /// The items it is shown with.
    pub items: Vec<ItemName>,
    pub groups: Vec<Group>,
}

#[derive(Debug, Clone)]
pub struct Group {
    pub field: Text,
    /// The source calls the group an example: there are more.
    pub open: bool,
    pub medicines: Vec<Medicine>,
}

#[derive(Debug, Clone)]
pub struct Medicine {
    pub name: Text,
    pub note: Option<Text>,
}
