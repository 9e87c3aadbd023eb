// Restores the packages of paket.lock and the local tools, and compares their content with the recorded hashes.
#load "steps.fsx"
open System
open System.Buffers.Binary
open System.IO
open System.Security.Cryptography
open System.Text
open System.Text.Json
open System.Text.RegularExpressions
open Steps

/// A package by name and version.
type Package = { Name: string; Version: string }

let private cache =
    Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.UserProfile, ".nuget", "packages")

let private folderOf (package: Package) =
    Path.Combine(cache, package.Name.ToLowerInvariant(), package.Version)

let private fileOf (package: Package) =
    let name = package.Name.ToLowerInvariant()
    Path.Combine(folderOf package, $"{name}.{package.Version}.nupkg")

let private isCached package = File.Exists(fileOf package)

/// The packages of paket.lock.
let private locked () = [
    for line in File.ReadLines(path "paket.lock") do
        let found = Regex.Match(line, @"^    (\S+) \(([^)]+)\)")
        if found.Success then
            {
                Name = found.Groups[1].Value
                Version = found.Groups[2].Value
            }
]

/// The local tools.
let private tools () = [
    use manifest =
        JsonDocument.Parse(File.ReadAllText(path ".config/dotnet-tools.json"))
    for tool in manifest.RootElement.GetProperty("tools").EnumerateObject() do
        {
            Name = tool.Name
            Version = tool.Value.GetProperty("version").GetString()
        }
]

// ------------------------------------------------------------------------------------------------------ content hashes

/// NuGet's content hash of a package: SHA-512, in base64, of the file as it was before a registry signed it. The signature
/// is an entry of the archive. Without this entry, the offsets of later entries are smaller, and the end record counts one
/// entry fewer.
let private contentHash (file: string) =
    let bytes = File.ReadAllBytes file
    let word at =
        int (BinaryPrimitives.ReadUInt16LittleEndian(ReadOnlySpan(bytes, at, 2)))
    let long at =
        int (BinaryPrimitives.ReadUInt32LittleEndian(ReadOnlySpan(bytes, at, 4)))
    use hash = IncrementalHash.CreateHash HashAlgorithmName.SHA512
    let add from until =
        hash.AppendData(bytes, from, until - from)
    let addLong (value: int) =
        hash.AppendData(BitConverter.GetBytes value)
    // Fields of the archive: PKWARE's APPNOTE.TXT, sections 4.3.12 (entries) and 4.3.16 (end).
    let isEnd at = long at = 0x06054b50
    let last =
        seq { bytes.Length - 22 .. -1 .. max 0 (bytes.Length - 65557) }
        |> Seq.tryFind isEnd
        |> Option.defaultWith (fun () -> raise (InvalidDataException "it is not a package"))
    let count, size, start = word (last + 10), long (last + 12), long (last + 16)
    let rec read remaining at =
        if remaining = 0 then
            []
        else
            let nameLength = word (at + 28)
            let length = 46 + nameLength + word (at + 30) + word (at + 32)
            (Encoding.UTF8.GetString(bytes, at + 46, nameLength), at, length, long (at + 42))
            :: read (remaining - 1) (at + length)
    let entries = read count start
    match entries |> List.tryFind (fun (name, _, _, _) -> name = ".signature.p7s") with
    | None -> add 0 bytes.Length
    | Some(_, signature, signatureLength, content) ->
        let next =
            entries
            |> List.map (fun (_, _, _, offset) -> offset)
            |> List.filter (fun offset -> offset > content)
            |> List.fold min start
        let removed = next - content
        add 0 content
        add next start
        for _, at, length, offset in entries do
            if at <> signature then
                add at (at + 42)
                addLong (if offset > content then offset - removed else offset)
                add (at + 46) (at + length)
        add last (last + 8)
        hash.AppendData(BitConverter.GetBytes(uint16 (count - 1)))
        hash.AppendData(BitConverter.GetBytes(uint16 (count - 1)))
        addLong (size - signatureLength)
        addLong (start - removed)
        add (last + 20) bytes.Length
    Convert.ToBase64String(hash.GetHashAndReset())

let private hashList () = path "tools/build/packages.sha512"

/// The recorded hashes, by name and version.
let private recorded () =
    dict [
        for line in File.ReadLines(hashList ()) do
            match line.Split ' ' with
            | [| name; version; hash |] -> { Name = name; Version = version }, hash
            | _ -> ()
    ]

/// Fails if the content hash of any package differs from the recorded one; the message lists all such packages.
let private verify (packages: Package list) =
    let recorded = recorded ()
    let problem package =
        match recorded.TryGetValue package with
        | false, _ ->
            Some
                $"{package.Name} {package.Version} has no recorded hash. If you have added or updated it, run: dotnet fsi build.fsx hashes"
        | true, hash ->
            let found =
                try
                    contentHash (fileOf package)
                with
                | :? InvalidDataException
                | :? ArgumentException
                | :? IOException as damage -> $"unreadable: {damage.Message}"
            if found = hash then
                None
            else
                Some
                    $"{package.Name} {package.Version} is not the recorded package. Content hash of {fileOf package}: {found}; recorded content hash: {hash}. Delete {folderOf package} and run the command again. If that does not help, the package source delivers a different file: do not use it."
    match packages |> Array.ofList |> Array.Parallel.map problem |> Array.choose id with
    | [||] -> ()
    | problems -> fail "verify packages" [] 1 (String.concat "\n" problems)

/// Records the content hashes of the packages of paket.lock and of the local tools. For use after packages were added or
/// updated.
let hashes () =
    let lines =
        locked () @ tools ()
        |> List.distinct
        |> List.map (fun package -> $"{package.Name} {package.Version} {contentHash (fileOf package)}\n")
    File.WriteAllText(hashList (), String.concat "" lines)
    printfn $"Recorded the hashes of {lines.Length} packages"

// ------------------------------------------------------------------------------------------------------------- restore

/// Downloads packages into NuGet's cache: restores a temporary project in `folder`, for at most `seconds` seconds (0:
/// no limit). The output of a failure is NuGet's output.
let private download (folder: string) (settings: (string * string) list) seconds (packages: Package list) =
    Directory.CreateDirectory folder |> ignore
    // Empty files keep the settings of the repository out of this project.
    for file in [ "Directory.Build.props"; "Directory.Build.targets" ] do
        File.WriteAllText(Path.Combine(folder, file), "<Project />\n")
    let project = Path.Combine(folder, "Packages.csproj")
    let items =
        packages
        |> List.map (fun package ->
            $"    <PackageDownload Include=\"{package.Name}\" Version=\"[{package.Version}]\" />\n")
        |> String.concat ""
    File.WriteAllText(
        project,
        $"<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n    <NuGetAudit>false</NuGetAudit>\n  </PropertyGroup>\n  <ItemGroup>\n{items}  </ItemGroup>\n</Project>\n"
    )
    tryRun settings seconds "dotnet" [ "restore"; project ]

/// The text of NuGet's first error, without the project's path and the error code.
let private firstError (output: string) =
    let found = Regex.Match(output, @"error (NU\d+): (.+)")
    if found.Success then
        found.Groups[2].Value.Trim()
    else
        output.Trim()

let private couldNotDownload (missing: Package list) output =
    let others =
        match missing.Length - 1 with
        | 0 -> ""
        | 1 -> " Another package is missing, too."
        | count -> $" {count} more packages are missing."
    fail
        "dotnet restore"
        []
        1
        $"The package {missing.Head.Name} {missing.Head.Version} is not in {cache} and cannot be downloaded: {firstError output}{others} Packages come from the sources that `dotnet nuget list source` shows; the first build needs at least one source that is reachable."

/// Downloads missing packages. The first one is downloaded without NuGet's retries, so that an unreachable source fails
/// at once rather than after minutes.
let private downloadMissing (folder: string) (packages: Package list) =
    match packages |> List.filter (isCached >> not) with
    | [] -> ()
    | missing ->
        let once = List.singleton ("NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT", "1")
        match download (Path.Combine(folder, "first")) once 60 [ missing.Head ] with
        | FailedWith output -> couldNotDownload missing output
        | Succeeded
        | OutOfTime ->
            match download folder [] 0 missing with
            | FailedWith output -> couldNotDownload (missing |> List.filter (isCached >> not)) output
            | Succeeded
            | OutOfTime -> ()

/// Restores the packages of paket.lock and the tools: NuGet downloads them from the configured sources, their content
/// is compared with the recorded hashes, and Paket reads NuGet's cache.
let restore () =
    let folder = path "artifacts/restore"
    let stamp = Path.Combine(folder, "restored")
    let state =
        [ path "paket.lock"; hashList () ]
        |> List.map (File.ReadAllBytes >> SHA256.HashData >> Convert.ToHexString)
        |> String.concat " "
    let packages = locked ()
    let upToDate =
        File.Exists stamp
        && File.ReadAllText stamp = state
        && List.forall isCached packages
        && File.Exists(path ".paket/Paket.Restore.targets")
    if not upToDate then
        timed "Restoring packages" (fun () ->
            downloadMissing folder packages
            verify packages
            runQuietly "dotnet" [ "tool"; "restore" ]
            verify (tools ())
            runQuietly "dotnet" [ "paket"; "restore" ]
            // The folder does not exist if no package was missing.
            Directory.CreateDirectory folder |> ignore
            File.WriteAllText(stamp, state))
