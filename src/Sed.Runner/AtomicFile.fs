/// Atomic writes of text files.
module internal Sed.Runner.AtomicFile

open Sed.Core.Runtime

/// Writes a file atomically, replacing an existing one. Creates its folder if missing.
let write (file: string) (text: string) = AtomicFile.Write(file, text)

/// Writes a file atomically unless it already has this text, so that finished results may be on read-only storage.
let writeIfChanged (file: string) (text: string) = AtomicFile.WriteIfChanged(file, text)
