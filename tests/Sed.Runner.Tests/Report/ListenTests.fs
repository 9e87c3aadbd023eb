namespace Sed.Runner.Tests

open System
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open Xunit
open Sed.Core.Audio
open Sed.Runner

module private Clip =
    /// The elements of the first clip.
    let parts =
        "const clip = document.querySelector('#clip-1'), audio = clip.querySelector('audio'), "
        + "head = clip.querySelector('.playhead'), plot = clip.querySelector('.drawing'); "

    /// Evaluates an expression of the first clip's elements, awaiting promises.
    let value (browser: Browser) expression =
        browser.Evaluate $"(async () => {{ {parts} return {expression}; }})()"

    let number browser expression =
        Double.Parse(value browser expression, CultureInfo.InvariantCulture)

    let isTrue browser expression =
        Assert.True((value browser expression = "true"), expression)

    /// The position in the window of a time (s) in the clip, at half the height of the figure.
    let position browser (seconds: float) =
        let at = seconds.ToString CultureInfo.InvariantCulture
        let box = "plot.getBoundingClientRect()"
        number browser $"{box}.left + plot._fullLayout._size.l + plot._fullLayout.xaxis.l2p({at})",
        number browser $"{box}.top + {box}.height / 2"

    /// Waits until the duration is known, and scrolls the figure into view.
    let ready (browser: Browser) =
        isTrue
            browser
            ("await new Promise(done => audio.readyState > 0 ? done(true) : "
             + "audio.addEventListener('loadedmetadata', () => done(true)))")
        value browser "clip.scrollIntoView({ block: 'center', behavior: 'instant' })"
        |> ignore

    /// The distance of the playhead from the position of the current time (pixels).
    let error browser =
        number
            browser
            ("Math.abs(head.getBoundingClientRect().left + head.offsetWidth / 2 - plot.getBoundingClientRect().left "
             + "- plot._fullLayout._size.l - plot._fullLayout.xaxis.l2p(audio.currentTime))")

/// Playing clips in a real browser.
[<Collection "torch">]
type ListenTests(browser: OneBrowser) =
    interface IClassFixture<OneBrowser>

    [<Fact>]
    member _.``a clip plays from embedded audio, and the playhead follows over all panels``() =
        browser.Act(fun browser file ->
            browser.Show(1280, 1000, false, false)
            browser.Open file
            Clip.ready browser
            Assert.Equal(10.0, Clip.number browser "audio.duration", 0.05)
            let before = Clip.number browser "head.getBoundingClientRect().left"
            Clip.isTrue
                browser
                ("await audio.play().then(() => new Promise(done => audio.addEventListener('timeupdate', "
                 + "() => { if (audio.currentTime > 0.3) { audio.pause(); done(true); } })))")
            // The page handles the pause event in the next frame.
            Clip.isTrue browser "await new Promise(done => requestAnimationFrame(() => done(true)))"
            Assert.True(Clip.number browser "head.getBoundingClientRect().left" > before + 5.0)
            Assert.True(Clip.error browser < 1.0)
            for edge, expected in [ "top", "_size.t"; "bottom", "_size.t + plot._fullLayout._size.h" ] do
                Clip.isTrue
                    browser
                    $"Math.abs(head.getBoundingClientRect().{edge} - plot.getBoundingClientRect().top - (plot._fullLayout.{expected})) < 1"
            Assert.Empty browser.Complaints
            for address in browser.Requests do
                Assert.True(address.StartsWith "data:" || address = Uri(file).AbsoluteUri, address))

    [<Theory>]
    [<InlineData(1280, 1000, false)>]
    [<InlineData(390, 1000, true)>]
    member _.``clicking, dragging the playhead and pressing keys seek``(width: int, height: int, isPhone: bool) =
        browser.Act(fun browser file ->
            browser.Show(width, height, isPhone, false)
            browser.Open file
            Clip.ready browser
            let time () = Clip.number browser "audio.currentTime"
            let x, y = Clip.position browser 4.0
            browser.Click(x, y)
            Assert.Equal(4.0, time (), 0.1)
            Assert.True(Clip.error browser < 1.0)
            let toX, _ = Clip.position browser 7.0
            browser.Drag(x, y, toX, y)
            Assert.Equal(7.0, time (), 0.1)
            Clip.value browser "head.focus()" |> ignore
            for key, expected in
                [
                    "ArrowRight", 7.5
                    "ArrowLeft", 7.0
                    "Home", 0.0
                    "ArrowLeft", 0.0
                    "End", 10.0
                ] do
                browser.Press key
                Assert.Equal(expected, time (), 0.1)
            Assert.Equal("\"10.0 s of 10.0 s\"", Clip.value browser "head.getAttribute('aria-valuetext')")
            Assert.True(Clip.error browser < 1.0))

    [<Fact>]
    member _.``only one clip plays at a time, and hidden clips are paused``() =
        browser.Act(fun browser file ->
            browser.Show(1280, 1000, false, false)
            browser.Open file
            Clip.ready browser
            let choose index =
                Clip.value
                    browser
                    ($"(select => {{ select.selectedIndex = {index}; "
                     + "select.dispatchEvent(new Event('change', { bubbles: true })); })(clip.closest('.choice').querySelector('select'))")
                |> ignore
            Clip.isTrue browser "await audio.play().then(() => !audio.paused)"
            Clip.isTrue browser "await document.querySelector('#clip-2 audio').play().then(() => audio.paused)"
            choose 0
            Clip.isTrue browser "document.querySelector('#clip-2 audio').paused")

    [<Fact>]
    member _.``a row's link hides the other rows, and a button shows all rows again``() =
        browser.Act(fun browser file ->
            browser.Show(1280, 1000, false, false)
            browser.Open file
            let isTrue expression =
                Assert.True((browser.Evaluate expression = "true"), expression)
            isTrue "document.querySelectorAll('tbody a[data-only]').length === 2"
            isTrue "[...document.querySelectorAll('a[data-only]')].every(link => document.querySelector(link.hash))"
            let shown row =
                int (
                    browser.Evaluate(
                        "[...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => plot.data)"
                        + $".filter(trace => trace.legendgroup === '{row}' && trace.visible !== false).length"
                    )
                )
            browser.Evaluate "document.querySelector('a[data-only=baseline]').click()"
            |> ignore
            Assert.Equal(0, shown "crnn")
            Assert.True(shown "baseline" > 4)
            isTrue
                "location.hash === '#learning' && document.querySelector('#learning').getBoundingClientRect().top < innerHeight"
            // The reference is not a row and stays visible.
            Assert.True(shown "reference" > 0)
            browser.Evaluate "document.querySelector('.legend .all').click()" |> ignore
            Assert.True(shown "crnn" > 4)
            isTrue "document.querySelector('.legend .all').hidden")

    [<Fact>]
    member _.``an address shows its clip even if another one is selected``() =
        browser.Act(fun browser file ->
            browser.Show(1280, 1000, false, false)
            browser.Open file
            browser.Evaluate
                "location.hash = 'clip-3'; new Promise(done => addEventListener('hashchange', () => done(true)))"
            |> ignore
            Assert.Equal("true", browser.Evaluate "document.querySelector('#clip-3').offsetParent !== null"))

/// Audio embedded in a report.
[<Collection "torch">]
type ClipSoundTests() =
    let inPage (page: string) = [
        for found in Regex.Matches(page, "src=\"data:(audio/[^;\"]+)[^,\"]*base64,([^\"]+)\"") ->
            found.Groups[1].Value, Convert.FromBase64String found.Groups[2].Value
    ]

    /// The RMS level of each 10 ms.
    let levels (file: string) = [|
        for part in AudioFile.Read(file, 48000) |> Array.chunkBySize 480 ->
            part |> Array.averageBy (fun sample -> float sample * float sample) |> sqrt
    |]

    /// The correlation of two level curves, the second one delayed by `lag` (10 ms).
    let correlation (original: float[]) (embedded: float[]) lag =
        let pairs = [|
            for at in 20 .. min original.Length embedded.Length - 21 -> original[at], embedded[at + lag]
        |]
        let mean pick = Array.averageBy pick pairs
        let left, right = mean fst, mean snd
        let together pick other =
            pairs |> Array.sumBy (fun pair -> pick pair * other pair)
        let left pair = fst pair - left
        let right pair = snd pair - right
        together left right / sqrt (together left left * together right right)

    [<Fact>]
    member _.``the embedded audio equals the clip's, in a tenth of its size``() =
        let workspace, outcome, file = TinySweep.report.Value
        let page = File.ReadAllText file
        let sounds = inPage page
        let names = [
            for found in Regex.Matches(page, "<figcaption>\\d+\\. [^<]*\\(([^<()]+)\\)</figcaption>") ->
                found.Groups[1].Value
        ]
        Assert.Equal(names.Length, sounds.Length)
        Assert.NotEmpty sounds
        Assert.Contains("This page contains the audio of these clips", page)
        let manifest = workspace.Manifest outcome.Plan.Trials.Head.Specification
        for name, (media, bytes) in List.zip names sounds do
            let clip = manifest.Clips |> Seq.find (fun clip -> clip.Name = name)
            Assert.Equal("audio/webm", media)
            Assert.True(int64 bytes.Length * 10L < clip.AudioBytes)
            // The levels agree without a delay of 10 ms or more, so the playhead is correct.
            let webm = Path.Combine(workspace.Folder, "sound.webm")
            File.WriteAllBytes(webm, bytes)
            let original, embedded = levels clip.AudioPath, levels webm
            let correlations = [ for lag in -10 .. 10 -> lag, correlation original embedded lag ]
            Assert.Equal(0, fst (List.maxBy snd correlations))
            Assert.True(snd (List.maxBy snd correlations) > 0.8, $"{name}: {correlations}")

    [<Fact>]
    member _.``encoding is deterministic``() =
        let sound = [| for k in 0..24000 -> 0.5f * sin (float32 k * 0.05f) |]
        match OpusEncoder.TryEncode(ReadOnlySpan sound, 48000) with
        | null -> Assert.Skip "No ffmpeg with Opus is installed."
        | bytes -> Assert.Equal<byte>(bytes, OpusEncoder.TryEncode(ReadOnlySpan sound, 48000))

    [<Fact>]
    member _.``a page without audio has no player and no notice``() =
        let workspace, outcome, file = TinySweep.report.Value
        let silent = Path.Combine(nonNull (Path.GetDirectoryName file), "silent.html")
        Report.write workspace outcome false "again" silent
        let page = File.ReadAllText silent
        Assert.Empty(inPage page)
        Assert.DoesNotContain("<audio", page)
        Assert.DoesNotContain("contains the audio", page)
        Assert.Contains("id=\"clip-1\"", page)

    [<Fact>]
    member _.``unreadable and excessive audio is replaced by a message``() =
        let folder = Directory.CreateTempSubdirectory("sed-sounds-").FullName
        let noise = Path.Combine(folder, "noise.wav")
        let random = Random 1
        let samples = [| for _ in 1 .. 48000 * 60 -> float32 (random.NextDouble() - 0.5) |]
        WavWriter.Write(noise, ReadOnlySpan samples, 48000)
        let missing = Path.Combine(folder, "gone.wav")
        let sounds = ClipSounds.embed ((missing, 60.0) :: [ for _ in 1..12 -> noise, 60.0 ])
        Directory.Delete(folder, true)
        Assert.Equal(Sound.Missing $"The audio cannot be read. {missing}: there is no such file.", sounds.Head)
        let embedded, omitted =
            sounds.Tail
            |> List.partition (fun sound ->
                match sound with
                | Sound.Embedded _ -> true
                | Sound.Missing _ -> false)
        let bytes =
            embedded
            |> List.sumBy (fun sound ->
                match sound with
                | Sound.Embedded(uri, _) -> uri.Length
                | Sound.Missing _ -> 0)
        Assert.NotEmpty embedded
        Assert.True(bytes <= ClipSounds.mostBytes + 100 * embedded.Length)
        Assert.NotEmpty omitted
        for sound in omitted do
            Assert.Equal(Sound.Missing "The audio is left out because the page would exceed 3 MB of audio.", sound)
