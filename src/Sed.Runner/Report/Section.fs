namespace Sed.Runner

/// What a clip sounds like, in a page.
[<RequireQualifiedAccess>]
type internal Sound =
    /// As a data URI, and how it is encoded, in words.
    | Embedded of uri: string * how: string
    /// Why it cannot be heard, in a sentence.
    | Missing of why: string

/// How figures stand in a report.
[<RequireQualifiedAccess>]
type internal Shown =
    /// Side by side where there is room.
    | Side of Figure list
    /// One of several, each with its name, which the reader chooses.
    | Choice of what: string * (string * Figure list) list
    /// One of several clips, each with its name and, unless the reader is to do without, with what it sounds like.
    | Clips of (string * Figure * Sound option) list

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
    /// What each row of the table is drawn as in the figures; None for rows that are not in them.
    Rows: Series option list
    /// What a reader must know before believing the numbers.
    Warnings: string list
}
