namespace Sed.Runner

/// How figures stand in a report.
[<RequireQualifiedAccess>]
type internal Shown =
    /// Side by side where there is room.
    | Side of Figure list
    /// One of several, each with its name, which the reader chooses.
    | Choice of what: string * (string * Figure list) list

/// What a part of a report is made of.
[<RequireQualifiedAccess>]
type internal Content =
    | Text of string
    | Figures of Shown
    | Table of TableView
    /// A table that the reader opens.
    | Folded of TableView
    /// Text in which every space counts.
    | Verbatim of string

/// A part of a report under a heading of its own.
type internal Section = {
    Id: string
    Heading: string
    /// True when its figures show the table's rows, each in its colour.
    ByRow: bool
    Contents: Content list
}

/// What the first screen of a report says.
type internal Opening = {
    Name: string
    Title: string
    /// What the table is to answer; may be empty.
    Question: string
    /// A sentence each.
    Answers: string list
    Table: TableView
    /// What a reader must know before believing the numbers.
    Warnings: string list
}
