namespace Sed.Runner

/// A column of the report's table.
type ReportHeading = {
    Text: string
    /// Numbers stand on the right of their column, with digits of one width.
    Number: bool
}

/// A row of the report's table: its cells as they are shown, one for each heading.
type ReportRow = {
    Cells: string list
    /// Set in bold, for example the best row.
    Bold: bool
}

/// A table as it is shown.
type ReportTable = {
    Headings: ReportHeading list
    Rows: ReportRow list
    /// Lines below it.
    Notes: string list
}

/// What a report says and its trials do not: only the run knows it.
type ReportContext = {
    /// The answer to the experiment's question, a sentence each; what cannot be told apart is said to be so.
    Answer: string list
    /// Every row with its uncertainty, beside what was published.
    Table: ReportTable
    /// Words that start the run again.
    Command: string
    /// What a reader must know before believing the numbers: failed trials, left-out clips; a sentence each.
    Warnings: string list
}
