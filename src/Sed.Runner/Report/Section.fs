namespace Sed.Runner

/// The audio of a clip in a report.
[<RequireQualifiedAccess>]
type internal Sound =
    /// A data URI, and a description of the encoding.
    | Embedded of uri: string * encoding: string
    /// No audio, with the reason as a sentence.
    | Missing of reason: string

/// Figures of a report and their layout.
[<RequireQualifiedAccess>]
type internal FigureLayout =
    /// Side by side if there is room.
    | SideBySide of Figure list
    /// Named alternatives, of which the reader chooses one.
    | Choice of what: string * (string * Figure list) list
    /// Named clips, of which the reader chooses one, each with its audio unless the report leaves audio out.
    | Clips of (string * Figure * Sound option) list

/// An element of a section.
[<RequireQualifiedAccess>]
type internal Content =
    | Text of string
    | Figures of FigureLayout
    | Table of TableView
    /// A table that is initially collapsed.
    | Folded of TableView
    /// Preformatted text.
    | Verbatim of string

/// A section of a report.
type internal Section = {
    Id: string
    Heading: string
    /// Whether the figures show the table's rows, each in its own colour.
    ByRow: bool
    Contents: Content list
}

/// The beginning of a report: question, answer, plot and table.
type internal ReportHeader = {
    Name: string
    Title: string
    /// The corpus, the profile and the version of the software.
    Origin: string
    /// The question of the experiment; may be empty.
    Question: string
    /// The answer to the question of the experiment in a few sentences.
    Answer: string
    /// All comparisons between rows, as sentences.
    Verdicts: string list
    /// The scores of all rows with their intervals, by metric.
    Plots: IntervalPlot list
    Table: TableView
    /// The series of each table row in the figures; None for rows that the figures do not show.
    Rows: Series option list
    /// Sentences on limitations of the results.
    Warnings: string list
}
