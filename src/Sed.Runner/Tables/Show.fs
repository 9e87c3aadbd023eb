namespace Sed.Runner

open Deedle

/// Frames on the screen.
module Show =
    /// Prints a frame as a table.
    let frame (title: string) (frame: Frame<'row, string>) = Table.print (Results.view title frame)
