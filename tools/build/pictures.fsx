// Pictures of the README: the table of table2 as a terminal shows it, and the first screen of its report.
#load "steps.fsx"
open System
open System.IO
open System.Net
open Steps

let private browser () =
    let folders =
        (string (Environment.GetEnvironmentVariable "PATH")).Split Path.PathSeparator
    let names = [ "chromium"; "chromium-browser"; "google-chrome"; "google-chrome-stable" ]
    match Seq.allPairs folders names |> Seq.map Path.Combine |> Seq.tryFind File.Exists with
    | Some program -> program
    | None -> fail "chromium" [] 1 "Chromium is needed to draw the pictures (Debian: apt-get install chromium)."

/// Saves a picture of a page's first screen. A palette of few colours makes the file four times smaller.
let private photograph (page: string) (width: int, height: int) (file: string) =
    let full = Path.Combine(Path.GetTempPath(), $"sed-picture-{Guid.NewGuid():N}.png")
    try
        runQuietly (browser ()) [
            "--headless=new"
            "--no-sandbox"
            "--disable-gpu"
            "--hide-scrollbars"
            $"--window-size={width},{height}"
            "--virtual-time-budget=10000"
            $"--screenshot={full}"
            Uri(page).AbsoluteUri
        ]
        runQuietly "ffmpeg" [
            "-y"
            "-loglevel"
            "error"
            "-i"
            full
            "-vf"
            "split[a][b];[a]palettegen=max_colors=24[p];[b][p]paletteuse=dither=none"
            file
        ]
    finally
        File.Delete full

/// A page that looks like a terminal with this text.
let private terminal (text: string) =
    let text = WebUtility.HtmlEncode text
    $"""<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; background: #14171a; color: #e6e9ec }}
pre {{ margin: 12px 16px; font: 13px/1.35 "DejaVu Sans Mono", monospace }}
</style><pre>{text}</pre>"""

// The size of a character and the margins of the page above, in pixels.
let private characterWidth, lineHeight, margins = 7.83, 17.6, 32.0

/// Runs table2 and writes experiments/pictures/table.png and report.png. Takes minutes unless its results are stored.
let pictures () =
    let folder = path "experiments/pictures"
    Directory.CreateDirectory folder |> ignore
    let output =
        (outputOf root "dotnet" [ "fsi"; path "experiments/table2.fsx"; "--report" ]).ReplaceLineEndings "\n"
    let shown =
        output.Split '\n'
        |> Array.skipWhile (fun line -> not (line.StartsWith "table2:"))
        |> Array.takeWhile (fun line -> not (line.StartsWith "--answers"))
    let page = Path.Combine(Path.GetTempPath(), $"sed-pictures-{Guid.NewGuid():N}.html")
    try
        File.WriteAllText(page, terminal (String.concat "\n" shown))
        let columns = shown |> Array.map _.Length |> Array.max
        let size =
            int (characterWidth * float columns + margins), int (lineHeight * float shown.Length + margins)
        photograph page size (Path.Combine(folder, "table.png"))
    finally
        File.Delete page
    photograph (path "runs/reports/table2.html") (1400, 480) (Path.Combine(folder, "report.png"))
    printfn $"Written: {folder}"
