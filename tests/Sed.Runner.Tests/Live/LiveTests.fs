namespace Sed.Runner.Tests

open System
open System.IO
open System.Net
open System.Net.Http
open System.Threading
open Xunit
open Sed
open Sed.Runner

/// A folder of runs with a sweep of two rows and two seeds in it, as a script keeps it; and a page of it.
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

    /// Keeps the plan, as a run does when it begins.
    member _.Begin() =
        use workspace =
            new Workspace(runs, TorchSharp.torch.CPU, ignore, (fun _ _ _ -> ()), CancellationToken.None)
        RunPlan.write workspace plan

    member _.Trials = (RunPlan.read runs "watched").Value.Trials

    member run.Folder index = RunPlan.folder runs run.Trials[index]

    /// Logs epochs as a training does: weak F is a tenth of the epoch, the loss one by it.
    member run.Log(index, epochs: int) =
        Directory.CreateDirectory(run.Folder index) |> ignore
        File.WriteAllLines(
            Path.Combine(run.Folder index, "epochs.csv"),
            "epoch,loss,monitor,weak F,seconds"
            :: [
                for epoch in 1..epochs ->
                    FormattableString.Invariant $"{epoch},{1.0 / float epoch},0.5,{float epoch / 10.0},3"
            ]
        )

    member run.Finish(index, epochs) =
        run.Log(index, epochs)
        let history = TrialFolder.epochs (run.Folder index)
        TrialFolder.finish (run.Folder index) {
            Specification = ""
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

    /// The page's address.
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
    /// Waits until an expression holds in the page.
    let comesTrue (browser: Browser) expression =
        browser.Evaluate
            $"new Promise(done => {{ const look = () => ({expression}) ? done(true) : setTimeout(look, 50); look(); }})"
        |> ignore

/// Pages of runs that are still going on.
[<Collection "torch">]
type LiveTests(browser: OneBrowser) =
    interface IClassFixture<OneBrowser>

    [<Fact>]
    member _.``a page fills with the run, draws its curves, and says when it is done and when nobody tells it any more``
        ()
        =
        browser.With(fun browser ->
            use run = new WatchedRun()
            run.Begin()
            let address = run.Serve()
            browser.Show(1280, 900, false, false)
            browser.Open address
            Page.comesTrue browser "document.title === '0 of 4: watched'"
            Page.comesTrue
                browser
                "document.querySelector('#status').innerText.includes('No process is at the others now')"
            Assert.Equal("\"Two <rows>\"", browser.Evaluate "document.querySelector('h1').innerText")
            Assert.Equal("true", browser.Evaluate "document.querySelector('#learning').hidden")

            let lock = TrialFolder.tryLock (run.Folder 0)
            Page.comesTrue browser "document.querySelector('#table').innerText.includes('seed 1: begins')"
            run.Log(0, 2)
            Page.comesTrue
                browser
                "document.querySelector('#table').innerText.includes('seed 1: epoch 2 of 9, weak F 0.200')"
            let points =
                "document.querySelector('#training-loss .drawing')?.data?.[0]?.x.length"
            Page.comesTrue browser $"{points} === 2"
            run.Log(0, 5)
            Page.comesTrue browser $"{points} === 5"
            Assert.Equal(
                "true",
                browser.Evaluate "document.querySelector('#status').innerText.includes('1 in training')"
            )

            // A row that is turned off stays off when there is news.
            browser.Evaluate "document.querySelector('.legend button').click()" |> ignore
            run.Finish(0, 9)
            (lock.Value :> IDisposable).Dispose()
            Page.comesTrue browser $"{points} === 9"
            Assert.Equal("false", browser.Evaluate "document.querySelector('#training-loss .drawing').data[0].visible")
            Assert.Equal("true", browser.Evaluate "document.documentElement.scrollWidth <= innerWidth")

            for index in 1..3 do
                run.Finish(index, 9)
            Page.comesTrue browser "document.title === '4 of 4: watched'"
            let report = RunPlan.reportFile run.Runs "watched"
            Directory.CreateDirectory(nonNull (Path.GetDirectoryName report)) |> ignore
            File.WriteAllText(report, "<title>The report</title>")
            Page.comesTrue browser "document.querySelector('#status a')?.href.endsWith('/report')"
            Assert.Empty browser.Complaints
            for asked in browser.Requests do
                Assert.True(asked.StartsWith address || asked.StartsWith "data:", asked)

            run.Stop()
            Page.comesTrue browser "!document.querySelector('#lost').hidden")

    [<Fact>]
    member _.``only this machine is answered, by its own name, and nothing can be changed``() =
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
        // As a page of another site would ask, whose name leads here: by a connection of its own, since .NET's listener closes
        // one whose host it refuses, and may still answer the next question there with nothing.
        use stranger = new HttpClient()
        let askOfElsewhere = new HttpRequestMessage(HttpMethod.Get, address + "state")
        askOfElsewhere.Headers.Host <- "elsewhere.example"
        Assert.False((stranger.Send askOfElsewhere).IsSuccessStatusCode)
        // What has not changed is not sent again.
        client.DefaultRequestHeaders.IfNoneMatch.Add(nonNull state.Headers.ETag)
        Assert.Equal(HttpStatusCode.NotModified, (ask HttpMethod.Get "state").StatusCode)
        run.Log(0, 1)
        use _ = (TrialFolder.tryLock (run.Folder 0)).Value
        Assert.Equal(HttpStatusCode.OK, (ask HttpMethod.Get "state").StatusCode)

    [<Fact>]
    member _.``reports are found, those of earlier runs are called so, and what is missing is said with its remedy``() =
        use run = new WatchedRun()
        let problem () =
            (Assert.Throws<IOException>(fun () -> Reports.find run.Runs "watched" |> ignore)).Message
        Assert.Equal($"There is no run 'watched' in {run.Runs}, which has no runs.", problem ())
        run.Begin()
        Assert.StartsWith(
            "There is no report of 'watched' yet: 0 of 4 trials are done. --serve shows them;",
            problem ()
        )
        Assert.Equal(
            $"There is no run 'other' in {run.Runs}, which has watched.",
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
        Assert.Contains("0 of 4 trials are done: --serve shows it.", remark.Value)
        // A plan that was cut.
        let plan = Path.Combine(run.Runs, "tables", "watched.plan.json")
        File.WriteAllText(plan, (File.ReadAllText plan).Substring(0, 100))
        let damaged =
            Assert.Throws<InvalidDataException>(fun () -> Reports.find run.Runs "watched" |> ignore)
        Assert.StartsWith($"{plan} is damaged (", damaged.Message)

    [<Fact>]
    member _.``a port that is taken is named, and what to do``() =
        use run = new WatchedRun()
        run.Begin()
        let port = Uri(run.Serve()).Port
        let taken =
            Assert.Throws<IOException>(fun () ->
                Reports.serve run.Runs "watched" (Some port) ignore CancellationToken.None)
        Assert.StartsWith($"Port {port} of this machine cannot be had (", taken.Message)
        Assert.EndsWith("name another one with --port, or none for one that is free.", taken.Message)
