namespace Sed.Runner.Tests

open System
open System.IO
open System.Net
open System.Net.Http
open System.Threading
open Xunit
open Sed
open Sed.Runner

/// A temporary folder with a run of two rows and two seeds, and its live page.
type private WatchedRun() =
    let runs = Directory.CreateTempSubdirectory("sed-live-").FullName
    let plan =
        match
            Plan.ofExperiment
                Choices.none
                (experiment "watched" {
                    title "Two <rows>"
                    question "Which is it?"
                    data Soundscapes.smartCars
                    clips 2 2 2
                    features (logMel { overlap 0.0 })
                    vary Dropout [ 0.1; 0.2 ]
                    train (training { epochs 9 })
                    seeds [ 1; 2 ]
                    report [ WeakF ]
                })
        with
        | Ok plan -> plan
        | Result.Error problems -> failwith (Problem.printAll "watched" problems)
    let stop = new CancellationTokenSource()
    let address = new System.Threading.Tasks.TaskCompletionSource<string>()
    let mutable server: Thread option = None

    member _.Runs = runs

    /// Stores the plan, as a run does at its start.
    member _.Begin() =
        use workspace =
            new Workspace(runs, TorchSharp.torch.CPU, ignore, (fun _ _ _ -> ()), CancellationToken.None)
        RunPlan.write workspace plan

    member _.Trials = (RunPlan.read runs "watched").Value.Trials

    member run.Folder index = RunPlan.folder runs run.Trials[index]

    /// Logs epochs as a training does. Weak F is epoch / 10, and the loss is 1 / epoch.
    member run.Log(index, epochs: int) =
        Directory.CreateDirectory(run.Folder index) |> ignore
        File.WriteAllLines(
            Path.Combine(run.Folder index, "epochs.csv"),
            "epoch,loss,monitor,weakF,seconds"
            :: [
                for epoch in 1..epochs ->
                    FormattableString.Invariant $"{epoch},{1.0 / float epoch},0.5,{float epoch / 10.0},3"
            ]
        )

    member run.Finish(index, epochs) =
        run.Log(index, epochs)
        let history = TrialFolder.epochs (run.Folder index)
        TrialFolder.finish (run.Folder index) {
            Key = "{}"
            Corpus = "smartcars"
            Data = ""
            Classes = 17
            Scores = Map.empty
            Epochs = epochs
            BestEpoch = epochs
            Parameters = 1L
            MultiplyAccumulates = 1L
            Threads = 1
            Device = "cpu"
            History = history
        }

    /// Starts the server and returns the page's address.
    member _.Serve() =
        let thread =
            Thread((fun () -> Reports.serve runs "watched" None address.SetResult stop.Token), IsBackground = true)
        thread.Start()
        server <- Some thread
        address.Task.Result

    member _.Stop() =
        stop.Cancel()
        server |> Option.iter _.Join()

    interface IDisposable with
        member run.Dispose() =
            run.Stop()
            stop.Dispose()
            Directory.Delete(runs, true)

module private Page =
    /// Waits until an expression is true in the page; fails after a minute, so that a page that never gets there cannot
    /// hang the tests.
    let waitUntil (browser: Browser) expression =
        let look =
            $"const look = () => ({expression}) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 50)"
        let reached =
            browser.Evaluate $"new Promise(done => {{ const end = Date.now() + 60000; {look}; look(); }})"
        Assert.True((reached = "true"), $"not reached within a minute: {expression}")

/// Live pages of runs.
[<Collection "torch">]
type LiveTests(browser: OneBrowser) =
    interface IClassFixture<OneBrowser>

    [<Fact>]
    member _.``the page follows the run, draws training curves and shows the end of the run and of the server``() =
        browser.With(fun browser ->
            use run = new WatchedRun()
            run.Begin()
            let address = run.Serve()
            browser.Show(1280, 900, false, false)
            browser.Open address
            Page.waitUntil browser "document.title === '0 of 4: watched'"
            Page.waitUntil browser "document.querySelector('#status').innerText.includes('No trial is in training')"
            Assert.Equal("\"Two <rows>\"", browser.Evaluate "document.querySelector('h1').innerText")
            Assert.Equal("true", browser.Evaluate "document.querySelector('#learning').hidden")

            let lock = TrialFolder.tryLock (run.Folder 0)
            Page.waitUntil browser "document.querySelector('#table').innerText.includes('seed 1: starting')"
            run.Log(0, 2)
            Page.waitUntil
                browser
                "document.querySelector('#table').innerText.includes('seed 1: epoch 2 of 9, weak F 0.200')"
            let points =
                "document.querySelector('#training-loss .drawing')?.data?.[0]?.x.length"
            Page.waitUntil browser $"{points} === 2"
            run.Log(0, 5)
            Page.waitUntil browser $"{points} === 5"
            Assert.Equal(
                "true",
                browser.Evaluate "document.querySelector('#status').innerText.includes('1 in training')"
            )

            // A hidden row stays hidden after an update.
            browser.Evaluate "document.querySelector('.legend button').click()" |> ignore
            run.Finish(0, 9)
            (lock.Value :> IDisposable).Dispose()
            Page.waitUntil browser $"{points} === 9"
            Assert.Equal("false", browser.Evaluate "document.querySelector('#training-loss .drawing').data[0].visible")
            Assert.Equal("true", browser.Evaluate "document.documentElement.scrollWidth <= innerWidth")

            for index in 1..3 do
                run.Finish(index, 9)
            Page.waitUntil browser "document.title === '4 of 4: watched'"
            let report = RunPlan.reportFile run.Runs "watched"
            Directory.CreateDirectory(nonNull (Path.GetDirectoryName report)) |> ignore
            File.WriteAllText(report, "<title>The report</title>")
            Page.waitUntil browser "document.querySelector('#status a')?.href.endsWith('/report')"
            Assert.Empty browser.Complaints
            for asked in browser.Requests do
                Assert.True(asked.StartsWith address || asked.StartsWith "data:", asked)

            run.Stop()
            Page.waitUntil browser "!document.querySelector('#lost').hidden")

    [<Fact>]
    member _.``the server answers only GET requests from this machine to the loopback host name``() =
        use run = new WatchedRun()
        run.Begin()
        let address = run.Serve()
        Assert.StartsWith("http://127.0.0.1:", address)
        use client = new HttpClient()
        let ask (kind: HttpMethod) (path: string) =
            client.Send(new HttpRequestMessage(kind, address + path))
        Assert.Equal(HttpStatusCode.OK, (ask HttpMethod.Get "").StatusCode)
        let state = ask HttpMethod.Get "state"
        Assert.Equal(HttpStatusCode.OK, state.StatusCode)
        Assert.Equal(HttpStatusCode.NotFound, (ask HttpMethod.Get "report").StatusCode)
        Assert.Equal(HttpStatusCode.NotFound, (ask HttpMethod.Get "../tables/watched.plan.json").StatusCode)
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (ask HttpMethod.Post "state").StatusCode)
        // A request under another host name, as after DNS rebinding. It needs its own connection, because .NET's
        // listener closes a connection after refusing its host.
        use stranger = new HttpClient()
        let rebound = new HttpRequestMessage(HttpMethod.Get, address + "state")
        rebound.Headers.Host <- "elsewhere.example"
        Assert.False((stranger.Send rebound).IsSuccessStatusCode)
        // An unchanged state is not sent again.
        client.DefaultRequestHeaders.IfNoneMatch.Add(nonNull state.Headers.ETag)
        Assert.Equal(HttpStatusCode.NotModified, (ask HttpMethod.Get "state").StatusCode)
        run.Log(0, 1)
        use _ = (TrialFolder.tryLock (run.Folder 0)).Value
        Assert.Equal(HttpStatusCode.OK, (ask HttpMethod.Get "state").StatusCode)

    [<Fact>]
    member _.``the page is served while many clients ask for the report and do not read it``() =
        use run = new WatchedRun()
        run.Begin()
        let report = RunPlan.reportFile run.Runs "watched"
        Directory.CreateDirectory(nonNull (Path.GetDirectoryName report)) |> ignore
        // More than the buffers of a connection hold.
        File.WriteAllBytes(report, Array.zeroCreate 16_000_000)
        let address = Uri(run.Serve())
        let ask =
            Text.Encoding.ASCII.GetBytes $"GET /report HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"
        // If each occupied a thread, the pool would need minutes to start as many.
        let stuck = [
            for _ in 1..200 ->
                let client =
                    new Sockets.TcpClient(address.Host, address.Port, ReceiveBufferSize = 4096)
                client.GetStream().Write(ask, 0, ask.Length)
                client
        ]
        try
            use client = new HttpClient()
            let body (path: string) =
                client.GetByteArrayAsync(Uri(address, path)).Result
            Assert.NotEmpty(body "state")
            Assert.Equal(16_000_000, (body "report").Length)
        finally
            for client in stuck do
                client.Dispose()

    [<Fact>]
    member _.``reports are found, reports of earlier runs are pointed out, and missing ones are reported with a remedy``
        ()
        =
        use run = new WatchedRun()
        let problem () =
            (Assert.Throws<IOException>(fun () -> Reports.find run.Runs "watched" |> ignore)).Message
        Assert.Equal($"There is no run 'watched' in {run.Runs}. The folder contains no runs.", problem ())
        run.Begin()
        Assert.StartsWith(
            "There is no report of 'watched' yet: 0 of 4 trials are finished. To follow the run, use --serve.",
            problem ()
        )
        Assert.Equal(
            $"There is no run 'other' in {run.Runs}. The folder contains these runs: watched.",
            (Assert.Throws<IOException>(fun () -> Reports.find "runs" (Path.Combine(run.Runs, "other")) |> ignore))
                .Message
        )
        let file = RunPlan.reportFile run.Runs "watched"
        Directory.CreateDirectory(nonNull (Path.GetDirectoryName file)) |> ignore
        File.WriteAllText(file, "")
        Assert.Equal((file, None), Reports.find run.Runs "watched")
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays -1.0)
        let found, remark = Reports.find run.Runs "watched"
        Assert.Equal(file, found)
        Assert.Contains("0 of 4 trials are finished. To follow it, use --serve.", remark.Value)
        // A truncated plan.
        let plan = Path.Combine(run.Runs, "tables", "watched.plan.json")
        File.WriteAllText(plan, (File.ReadAllText plan).Substring(0, 100))
        let damaged =
            Assert.Throws<InvalidDataException>(fun () -> Reports.find run.Runs "watched" |> ignore)
        Assert.StartsWith($"{plan} is damaged (", damaged.Message)

    [<Fact>]
    member _.``an occupied port is reported with a remedy``() =
        use run = new WatchedRun()
        run.Begin()
        let port = Uri(run.Serve()).Port
        let taken =
            Assert.Throws<IOException>(fun () ->
                Reports.serve run.Runs "watched" (Some port) ignore CancellationToken.None)
        Assert.StartsWith($"Port {port} is not available (", taken.Message)
        Assert.EndsWith("Name a different port, or leave out --port to use a free one.", taken.Message)
