//! The columns of a questionnaire, by which it is written and read. What they are called stands in
//! the texts; a column is found by that name in either language, wherever it has been moved.

use super::keyword;

keyword! {
    Column in "column" {
        /// `checklist/id`, hidden: what a row is found by.
        Item = "item",
        /// A digest of the question as it was asked, hidden.
        Asked = "asked",
        Number = "number",
        Level = "level",
        Theme = "theme",
        Title = "title",
        Question = "question",
        /// The wording of the official document, where the user has imported it.
        Official = "official",
        Status = "status",
        /// What is still missing in the row; a formula.
        Check = "check",
        /// Answers that others carry to this item.
        Carried = "carried",
        Measure = "measure",
        Document = "document",
        Page = "page",
        File = "file",
        /// The last day on which a document counts, line by line beside it.
        ValidUntil = "valid_until",
        Improvement = "improvement",
        Due = "due",
        By = "by",
        On = "on",
        Verdict = "verdict",
        Note = "note",
        Reviewer = "reviewer",
        Reviewed = "reviewed",
    }
}

impl Column {
    /// Whether people write into it; the rest is ours, and is written anew.
    pub fn is_for_answers(self) -> bool {
        use Column as C;
        matches!(
            self,
            C::Status
                | C::Measure
                | C::Document
                | C::Page
                | C::File
                | C::ValidUntil
                | C::Improvement
                | C::Due
                | C::By
                | C::On
        ) || self.is_for_reviews()
    }

    /// Whether it belongs to the evaluator.
    pub fn is_for_reviews(self) -> bool {
        matches!(self, Column::Verdict | Column::Note | Column::Reviewer | Column::Reviewed)
    }

    /// Whether it holds a date.
    pub fn is_date(self) -> bool {
        matches!(self, Column::Due | Column::On | Column::Reviewed)
    }
}

/// What the head of the hidden column of names says, by which a questionnaire is recognised.
pub const MARK: &str = "tenken-item";

/// What the head of the hidden column of digests says.
pub const ASKED: &str = "tenken-asked";

/// How the name of a row begins that is not an item: the heading of a theme.
pub const HEADING: char = '#';

/// How the name of a document property begins that tells the edition of a checklist.
pub const EDITION: &str = "tenken-edition-";

/// What the first cell of the start sheet says, by which it is recognised.
pub const START: &str = "tenken-start";
