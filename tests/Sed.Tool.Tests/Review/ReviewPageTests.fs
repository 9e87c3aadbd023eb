namespace Sed.Tool.Tests.Review

open System
open System.Globalization
open System.IO
open System.Text.Json
open Xunit
open Sed.Core.Detection
open Sed.Core.Detection.Steps
open Sed.Core.Models
open Sed.Runner.Tests
open Sed.Tool.Tests

module private TagLists =
    /// The rows of a list of tags: recording, class and presence. A field that begins with a quote is quoted.
    let read (path: string) = [
        for line in File.ReadAllLines path |> Array.skip 1 do
            let fields = line.Split '\t'
            let unquoted (text: string) =
                if text.StartsWith '"' then
                    text.Substring(1, text.Length - 2).Replace("\"\"", "\"")
                else
                    text
            unquoted fields[0], unquoted fields[1], fields[2]
    ]

/// A row of the list of events: recording, onset, offset and label.
type private Row = string * float * float * string

/// Reviews in a real browser, with the program as a process.
type ReviewPageTests() =
    let rowsOf (folder: Folder) : Row list = [
        for line in File.ReadAllLines(folder.Path "recordings/review/events.tsv") |> Array.skip 1 do
            let fields = line.Split '\t'
            let number (text: string) =
                Double.Parse(text, CultureInfo.InvariantCulture)
            Assert.Equal("Ada", fields[4])
            fields[0], number fields[1], number fields[2], fields[3]
    ]

    let withBrowsers (count: int) (act: Browser list -> unit) =
        match Browser.Program with
        | None -> Assert.Skip "No Chromium is installed (Debian: apt-get install chromium)."
        | Some program ->
            let browsers = [ for _ in 1..count -> Browser.Start program ]
            try
                act browsers
            finally
                for browser in browsers do
                    (browser :> IDisposable).Dispose()

    let rounded (seconds: float) = Math.Round(seconds, 4)

    [<Fact>]
    member _.``thirty clips are reviewed by keys and mouse, and the lists contain exactly the decisions``() =
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test needs Linux.")
        withBrowsers 3 (fun browsers ->
            use folder = new Folder()
            let name k = $"clip{k:D2}.wav"
            for k in 0..29 do
                LoudnessModel.wav folder $"recordings/{name k}" 1.0 [ 0.2 + float (k % 5) * 0.04, 0.64 ]
                |> ignore
            let model = LoudnessModel.write (folder.Path "m.sed")
            let detections =
                use loaded = SedModel.Load(model, device = "cpu")
                [
                    for k in 0..29 ->
                        let found = loaded.Detect(folder.Path $"recordings/{name k}") |> Seq.exactlyOne
                        rounded found.Event.Onset, rounded found.Event.Offset
                ]
            let arguments = [ "m.sed"; "recordings"; "--annotator"; "Ada"; "--device"; "cpu" ]
            let horn = "Air horn, truck horn"
            let mutable expected: Row list = []

            /// Reviews a clip and goes on to the next one.
            let review (browser: Browser) k =
                let onset, offset = detections[k]
                let clip = name k
                Page.shows browser clip
                Page.waitUntil browser "document.querySelectorAll('.segment.detection').length === 1"
                let keep (row: Row) = expected <- expected @ [ row ]
                match k % 6 with
                | 0 ->
                    browser.Press "a"
                    Page.event browser "Car" onset offset
                    keep (clip, onset, offset, "Car")
                | 1 -> // a border is moved by keys, moved again, and the second move is undone
                    for key in [ "j"; "p"; "Q" ] do
                        browser.Press(key, (key = "Q"))
                    Page.event browser "Car" (onset - 0.01) (offset + 0.05)
                    browser.Press "u"
                    Page.event browser "Car" onset (offset + 0.05)
                    keep (clip, onset, rounded (offset + 0.05), "Car")
                | 2 ->
                    browser.Press "x"
                    Page.waitUntil browser "document.querySelectorAll('.rejected').length >= 2" // one is in the legend
                | 3 -> // the end is dragged
                    let x, y = Page.centre browser ".segment.detection .edge.end"
                    browser.Drag(x, y, Page.at browser 0.8, y)
                    Page.events browser 1
                    let moved =
                        Page.number
                            browser
                            "Number(/to ([0-9.]+) s/.exec(document.querySelector('.segment.event').title)[1])"
                    Assert.Equal(0.8, moved, 0.02)
                    keep (clip, onset, moved, "Car")
                | 4 -> // the class is changed, and an event is drawn in the other lane
                    browser.Press "j"
                    browser.Press "1"
                    Page.event browser horn onset offset
                    let _, y = Page.centre browser ".lane[data-label=\"Car\"] .plot"
                    browser.Drag(Page.at browser 0.75, y, Page.at browser 0.9, y)
                    Page.events browser 2
                    keep (clip, onset, offset, horn)
                    keep (clip, 0.75, 0.9, "Car")
                | _ -> // an event is drawn by keys, and the detection is accepted with the mouse
                    browser.Press "End"
                    browser.Press "n"
                    for _ in 1..2 do
                        browser.Press "ArrowLeft"
                    browser.Press "n"
                    Page.events browser 1
                    browser.Press "Escape"
                    for selector in [ ".segment.detection"; "#accept" ] do
                        browser.Click(Page.centre browser selector)
                    Page.events browser 2
                    keep (clip, onset, offset, "Car")
                    keep (clip, 0.8, 1.0, horn)
                browser.Press "Enter"

            /// The times in the list are those that the page showed with two digits.
            let isWritten (expected: Row list) =
                let rows = rowsOf folder
                Assert.Equal(expected.Length, rows.Length)
                for (clip, onset, offset, label), (own, start, stop, name) in
                    List.zip (List.sort expected) (List.sort rows) do
                    Assert.Equal((clip, label), (own, name))
                    Assert.Equal(onset, start, 0.006)
                    Assert.Equal(offset, stop, 0.006)

            let first, second, third = browsers[0], browsers[1], browsers[2]
            first.Show(1400, 900, false, false)
            (use server = new ReviewProcess(folder, arguments)
             first.Open server.Address
             Page.waitUntil first "document.querySelectorAll('#items li').length === 30"
             for k in 0..14 do
                 review first k
             Page.shows first (name 15)
             Assert.Empty first.Complaints
             for address in first.Requests do
                 Assert.True(
                     [ "http://127.0.0.1:"; "blob:http://127.0.0.1:"; "data:" ]
                     |> List.exists (fun (own: string) -> address.StartsWith own),
                     address
                 )
             server.Kill())
            // The page says that the program has ended, and does not confirm a decision.
            first.Press "a"
            Page.waitUntil first "!document.querySelector('#lost').hidden"
            Assert.Equal("Saving", Page.text first "#saved")
            isWritten expected

            use server = new ReviewProcess(folder, arguments)
            second.Show(390, 844, true, true)
            second.Open server.Address
            Page.shows second (name 15)
            Assert.Equal("15 of 30 done", Page.text second "#progress")
            for k in 15..29 do
                review second k
            Page.waitUntil second "document.querySelector('#progress').textContent === '30 of 30 done'"
            isWritten expected
            Assert.Equal<string list>(
                [ for k in 0..29 -> $"{name k}\t0\t1\t" ],
                [
                    yield! File.ReadAllLines(folder.Path "recordings/review/annotated.tsv") |> Array.skip 1
                ]
            )

            // A decision on a state that another tab has changed is not applied.
            third.Show(1400, 900, false, false)
            third.Open server.Address
            let onset, offset = detections[0]
            second.Evaluate "document.querySelector('#items button').click()" |> ignore
            for browser in [ second; third ] do
                Page.shows browser (name 0)
                Page.event browser "Car" onset offset
                browser.Press "j"
            second.Press "o"
            Page.event second "Car" onset (offset - 0.05)
            third.Press "p"
            Page.waitUntil third "document.querySelector('#notice').textContent.includes('changed in another tab')"
            Page.event third "Car" onset (offset - 0.05)
            third.Press "u"
            Page.waitUntil
                third
                "document.querySelector('#notice').textContent.includes('nothing to undo in this tab')"
            third.Press "j"
            third.Press "p"
            Page.event third "Car" onset offset
            isWritten expected

            let code, output = server.Stop()
            Assert.Equal((0, ""), (code, server.Errors))
            Assert.Contains("Stretches done: 30 of 30. Recordings with reviewed labels: 30.", output)
            Assert.Contains("Lists: events.tsv, annotated.tsv and tags.tsv in ", output))

    [<Fact>]
    member _.``names with markup are shown as text, and tags are labelled by keys``() =
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test needs Linux.")
        withBrowsers 1 (fun browsers ->
            use folder = new Folder()
            let browser = browsers.Head
            let hostile = "<img src=x onerror='document.title=1'>.wav"
            let label = "<b>\"bold\"</b> & 'co'"
            for name in [ hostile; "b.wav"; "c.wav" ] do
                LoudnessModel.wav folder $"recordings/{name}" 2.0 [ 0.5, 1.0 ] |> ignore
            let reason = "<script>document.title=2</script>"
            folder.List(
                "recordings/review/next.tsv",
                [
                    "filename onset offset reason score"
                    $"c.wav 0 2 {reason} 0.7391"
                    $"{hostile.Replace(' ', '\u00a0')} 0.5 1.5 plain 0.5"
                ]
            )
            |> ignore
            let queue = folder.Path "recordings/review/next.tsv"
            File.WriteAllText(queue, (File.ReadAllText queue).Replace('\u00a0', ' '))
            use server =
                new ReviewProcess(folder, [ "none"; "recordings"; "--tags"; "--annotator"; "Ada" ])
            browser.Show(1400, 900, false, false)
            browser.Open server.Address
            Page.shows browser "c.wav"
            Assert.Contains(reason, Page.text browser "#place")
            Assert.Contains("score: 0.739", Page.text browser "#place")
            Assert.Equal("\"true\"", browser.Evaluate "document.querySelector('#mode-tags').ariaPressed")

            // A class is added, and stated to be present, absent and unknown.
            browser.Press "c"
            browser.Send("Input.insertText", [ "text", label ]) |> ignore
            browser.Click(Page.centre browser "#add-class button")
            Page.waitUntil browser "document.querySelectorAll('.class').length === 1"
            Assert.Equal(label, Page.text browser ".class .label")
            let pressed presence =
                Page.waitUntil browser $"document.querySelector('.tags .{presence}').ariaPressed === 'true'"
            for presence in [ "present"; "absent"; "unknown" ] do
                browser.Press "v"
                pressed presence
            browser.Press "Enter"

            // Classes that are not stated are absent at the end of the review of tags.
            Page.shows browser hostile
            Page.waitUntil browser "document.querySelectorAll('.class').length === 1"
            browser.Press "Enter"
            Page.waitUntil browser "document.querySelector('#progress').textContent === '2 of 2 done'"
            Assert.Equal("0", browser.Evaluate "document.images.length")
            Assert.Equal("0", browser.Evaluate "document.querySelectorAll('b, main script').length")
            Assert.Contains("2 of 2: Review of recordings", browser.Evaluate "document.title")
            Assert.Empty browser.Complaints
            server.Stop() |> ignore
            let tags = TagLists.read (folder.Path "recordings/review/tags.tsv")
            Assert.Equal<(string * string * string) list>([ hostile, label, "0"; "c.wav", label, "" ], List.sort tags))

    [<Fact>]
    member _.``thresholds act as in the decoder, playback moves the cursor, and annotations from before are shown``() =
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test needs Linux.")
        withBrowsers 1 (fun browsers ->
            use folder = new Folder()
            let browser = browsers.Head
            let recording =
                LoudnessModel.wav folder "recordings/a.wav" 1.0 [ 0.2, 0.32; 0.4, 0.8 ]
            folder.List("recordings/a.txt", [ "0.1 0.3 Dog" ]) |> ignore
            let steps: DecodingStep list = [ DecodingStep.MinimumDuration 0.12; DecodingStep.MedianFilter 0.12 ]
            let model =
                LoudnessModel.writeWith (DetectionOptions(Steps = steps)) (folder.Path "m.sed")
            use server = new ReviewProcess(folder, [ "m.sed"; "recordings"; "--device"; "cpu" ])
            browser.Show(1400, 900, false, false)
            browser.Open server.Address
            Page.shows browser "a.wav"
            Page.event browser "Dog" 0.1 0.3
            Page.waitUntil browser "document.querySelector('.segment.event').title.endsWith('annotated before')"
            for threshold in [ 0.05; 0.3; 0.5; 0.9; 0.99 ] do
                let expected =
                    let detection = DetectionOptions(Steps = steps, Threshold = threshold)
                    use loaded = SedModel.Load(model, detection, "cpu")
                    [
                        for found in loaded.Detect recording ->
                            let event = found.Event
                            FormattableString.Invariant
                                $"{event.Label}, detection from {event.Onset:F2} s to {event.Offset:F2} s"
                    ]
                let set =
                    "(range => { range.value = "
                    + threshold.ToString CultureInfo.InvariantCulture
                    + "; range.dispatchEvent(new Event('input')); })"
                browser.Evaluate $"{set}(document.querySelector('.lane[data-label=Car] input[type=range]'))"
                |> ignore
                let shown =
                    browser.Evaluate
                        "[...document.querySelectorAll('.segment.detection')].map(own => own.title.split(', probability')[0]).sort()"
                Assert.Equal<string list>(expected, JsonSerializer.Deserialize<string list> shown)
            browser.Press " "
            Page.waitUntil browser "Number(document.querySelector('#cursor').ariaValueNow) > 0.3"
            Page.waitUntil browser "document.querySelector('#play').ariaLabel === 'Play'"
            browser.Press "Home"
            Page.waitUntil browser "Number(document.querySelector('#cursor').ariaValueNow) === 0"
            browser.Press "?"
            Page.waitUntil browser "document.querySelector('#help').open"
            Assert.Contains("Shift+Enter", Page.text browser "#help")
            Assert.Empty browser.Complaints)
