/// Text files that are there whole or not at all, however the process ends.
module internal Sed.Runner.WholeFile

open Sed.Core.Runtime

/// Writes a file, replacing one that is there only when all of it is written; a folder for it is made if need be.
let write (file: string) (text: string) = WholeFile.Write(file, text)

/// Writes a file unless it has this text already, so that what is finished is shown from storage that cannot be written.
let keep (file: string) (text: string) = WholeFile.Keep(file, text)
