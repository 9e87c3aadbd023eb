namespace Sed.Runner

/// A column of a table.
type Heading = {
    Text: string
    /// Numbers stand on the right of their column, with digits of one width.
    Number: bool
}

/// A table as it is shown: in a terminal, in a report, in a paper.
type TableView = {
    Title: string
    Headings: Heading list
    /// A cell for each heading.
    Rows: string list list
    /// Lines below it.
    Notes: string list
}
