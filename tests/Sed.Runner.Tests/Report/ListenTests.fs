namespace Sed.Runner.Tests

open System
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open Xunit
open Sed.Core.Audio
open Sed.Runner

module private Clip =
    /// The first clip's parts.
    let parts =
        "const clip = document.querySelector('#clip-1'), audio = clip.querySelector('audio'), "
        + "head = clip.querySelector('.playhead'), plot = clip.querySelector('.drawing'); "

    /// The value of an expression over the first clip's parts; promises are awaited.
    let value (browser: Browser) expression =
        browser.Evaluate $"(async () => {{ {parts} return {expression}; }})()"

    let number browser expression =
        Double.Parse(value browser expression, CultureInfo.InvariantCulture)

    let isTrue browser expression =
        Assert.True((value browser expression = "true"), expression)

    /// Where in the window a second of the clip is drawn, in the middle of the figure.
    let place browser (seconds: float) =
        let at = seconds.ToString CultureInfo.InvariantCulture
        let box = "plot.getBoundingClientRect()"
        number browser $"{box}.left + plot._fullLayout._size.l + plot._fullLayout.xaxis.l2p({at})",
        number browser $"{box}.top + {box}.height / 2"

    /// Waits until the sound's length is known and the figure stands in the window.
    let ready (browser: Browser) =
        isTrue
            browser
            ("await new Promise(done => audio.readyState > 0 ? done(true) : "
             + "audio.addEventListener('loadedmetadata', () => done(true)))")
        value browser "clip.scrollIntoView({ block: 'center', behavior: 'instant' })"
        |> ignore

    /// How far the playhead stands from where the sound is (pixels).
    let error browser =
        number
            browser
            ("Math.abs(head.getBoundingClientRect().left + head.offsetWidth / 2 - plot.getBoundingClientRect().left "
             + "- plot._fullLayout._size.l - plot._fullLayout.xaxis.l2p(audio.currentTime))")

/// Clips in a real browser: they play, the playhead moves with them, and one can go to any place in them.
[<Collection "torch">]
type ListenTests(browser: OneBrowser) =
    interface IClassFixture<OneBrowser>

    [<Fact>]
    member _.``a clip plays from the page itself, and the playhead moves over all of its panels with it``() =
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
            // The pause is told to the page after this.
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
    member _.``a click on the figure, a drag of the playhead and keys on it go to other places``
        (width: int, height: int, isPhone: bool)
        =
        browser.Act(fun browser file ->
            browser.Show(width, height, isPhone, false)
            browser.Open file
            Clip.ready browser
            let time () = Clip.number browser "audio.currentTime"
            let x, y = Clip.place browser 4.0
            browser.Click(x, y)
            Assert.Equal(4.0, time (), 0.1)
            Assert.True(Clip.error browser < 1.0)
            let toX, _ = Clip.place browser 7.0
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
    member _.``one clip is heard at a time, and none that is chosen away``() =
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
    member _.``a row's links lead to its figures without the other rows, and a button shows all again``() =
        browser.Act(fun browser file ->
            browser.Show(1280, 1000, false, false)
            browser.Open file
            let isTrue expression =
                Assert.True((browser.Evaluate expression = "true"), expression)
            isTrue "[...document.querySelectorAll('.see a')].length === 8" // two rows, four sections
            isTrue
                "[...document.querySelectorAll('.see a')].every(link => document.querySelector(link.hash) && link.ariaLabel)"
            let shown row =
                int (
                    browser.Evaluate(
                        "[...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => plot.data)"
                        + $".filter(trace => trace.legendgroup === '{row}' && trace.visible !== false).length"
                    )
                )
            browser.Evaluate "document.querySelector('a[data-only=baseline][href=\"#clips\"]').click()"
            |> ignore
            Assert.Equal(0, shown "crnn")
            Assert.True(shown "baseline" > 4)
            isTrue
                "location.hash === '#clips' && document.querySelector('#clips').getBoundingClientRect().top < innerHeight"
            // The reference is no row, and stays.
            Assert.True(shown "reference" > 0)
            browser.Evaluate "document.querySelector('.legend .all').click()" |> ignore
            Assert.True(shown "crnn" > 4)
            isTrue "document.querySelector('.legend .all').hidden")

    [<Fact>]
    member _.``an address leads to a clip that another one hides``() =
        browser.Act(fun browser file ->
            browser.Show(1280, 1000, false, false)
            browser.Open file
            browser.Evaluate
                "location.hash = 'clip-3'; new Promise(done => addEventListener('hashchange', () => done(true)))"
            |> ignore
            Assert.Equal("true", browser.Evaluate "document.querySelector('#clip-3').offsetParent !== null"))

/// What a page holds of its clips' sound.
[<Collection "torch">]
type ClipSoundTests() =
    let inPage (page: string) = [
        for found in Regex.Matches(page, "src=\"data:(audio/[^;\"]+)[^,\"]*base64,([^\"]+)\"") ->
            found.Groups[1].Value, Convert.FromBase64String found.Groups[2].Value
    ]

    /// Of each hundredth of a second.
    let loudness (file: string) = [|
        for part in AudioFile.Read(file, 48000) |> Array.chunkBySize 480 ->
            part |> Array.averageBy (fun sample -> float sample * float sample) |> sqrt
    |]

    /// The correlation of what is heard that much later (hundredths of a second).
    let alike (own: float[]) (heard: float[]) lag =
        let pairs = [|
            for at in 20 .. min own.Length heard.Length - 21 -> own[at], heard[at + lag]
        |]
        let mean pick = Array.averageBy pick pairs
        let left, right = mean fst, mean snd
        let together pick other =
            pairs |> Array.sumBy (fun pair -> pick pair * other pair)
        let left pair = fst pair - left
        let right pair = snd pair - right
        together left right / sqrt (together left left * together right right)

    [<Fact>]
    member _.``the sound in the page is the clip's own, in a tenth of its bytes``() =
        let workspace, outcome, file = TinySweep.report.Value
        let page = File.ReadAllText file
        let sounds = inPage page
        let names = [
            for found in Regex.Matches(page, "<figcaption>\\d+\\. [^<]*\\(([^<()]+)\\)</figcaption>") ->
                found.Groups[1].Value
        ]
        Assert.Equal(names.Length, sounds.Length)
        Assert.NotEmpty sounds
        Assert.Contains("The sound of these clips is part of this page", page)
        let manifest = workspace.Manifest outcome.Plan.Trials.Head.Specification
        for name, (media, bytes) in List.zip names sounds do
            let clip = manifest.Clips |> Seq.find (fun clip -> clip.Name = name)
            Assert.Equal("audio/webm", media)
            Assert.True(int64 bytes.Length * 10L < clip.AudioBytes)
            // Decoded again, it is as loud when the file is, to a hundredth of a second: the playhead stands where it is heard.
            let webm = Path.Combine(workspace.Folder, "sound.webm")
            File.WriteAllBytes(webm, bytes)
            let own, heard = loudness clip.AudioPath, loudness webm
            let alike = [ for lag in -10 .. 10 -> lag, alike own heard lag ]
            Assert.Equal(0, fst (List.maxBy snd alike))
            Assert.True(snd (List.maxBy snd alike) > 0.8, $"{name}: {alike}")

    [<Fact>]
    member _.``the same sound gives the same bytes``() =
        let sound = [| for k in 0..24000 -> 0.5f * sin (float32 k * 0.05f) |]
        match OpusEncoder.TryEncode(ReadOnlySpan sound, 48000) with
        | null -> Assert.Skip "There is no ffmpeg that encodes Opus."
        | bytes -> Assert.Equal<byte>(bytes, OpusEncoder.TryEncode(ReadOnlySpan sound, 48000))

    [<Fact>]
    member _.``a page without audio has no player and no word of it``() =
        let workspace, outcome, file = TinySweep.report.Value
        let silent = Path.Combine(nonNull (Path.GetDirectoryName file), "silent.html")
        Report.write workspace outcome false "again" silent
        let page = File.ReadAllText silent
        Assert.Empty(inPage page)
        Assert.DoesNotContain("<audio", page)
        Assert.DoesNotContain("part of this page", page)
        Assert.Contains("id=\"clip-1\"", page)

    [<Fact>]
    member _.``sound that cannot be read or would be too much is told``() =
        let folder = Directory.CreateTempSubdirectory("sed-sounds-").FullName
        let noise = Path.Combine(folder, "noise.wav")
        let random = Random 1
        let samples = [| for _ in 1 .. 48000 * 60 -> float32 (random.NextDouble() - 0.5) |]
        WavWriter.Write(noise, ReadOnlySpan samples, 48000)
        let missing = Path.Combine(folder, "gone.wav")
        let sounds = ClipSounds.embed ((missing, 60.0) :: [ for _ in 1..12 -> noise, 60.0 ])
        Directory.Delete(folder, true)
        Assert.Equal(Sound.Missing $"Its sound cannot be read. {missing}: there is no such file.", sounds.Head)
        let embedded, left =
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
        Assert.NotEmpty left
        for sound in left do
            Assert.Equal(Sound.Missing "Its sound is left out: the page would hold more than 3 MB of sound.", sound)
