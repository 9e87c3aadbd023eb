/// Tells who runs a script in the repository that the build is older than the source: what was pulled or edited since would
/// be passed over in silence.
module Sed.Runner.OldBuild

open System.IO
open System.Reflection

/// The first source file below a folder that is newer than every assembly of ours in another one.
let internal newer (source: string) (built: string) : string option =
    let times = [
        for file in Directory.GetFiles(built, "Sed.*.dll") -> File.GetLastWriteTimeUtc file
    ]
    if times.IsEmpty || not (Directory.Exists source) then
        None
    else
        Seq.append
            (Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories))
            (Directory.EnumerateFiles(source, "*.fs", SearchOption.AllDirectories))
        |> Seq.tryFind (fun file -> File.GetLastWriteTimeUtc file > List.max times)

/// Says so on standard error, if this assembly was built from an older state of the source in a folder.
let tell (source: string) =
    match newer source (Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location) |> string) with
    | Some file ->
        let name = Path.GetRelativePath(Path.Combine(source, ".."), file)
        eprintfn
            $"{name} is newer than the build, which runs as if it had not changed. Build first: dotnet fsi build.fsx"
    | None -> ()
