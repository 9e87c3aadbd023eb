namespace Sed.Runner

open System
open System.IO
open System.Net
open System.Security.Cryptography
open System.Text

/// Serves the page of a run to browsers on this machine only.
type internal LiveServer(runs: string, name: string, plan: RunPlan, port: int option) =
    let mutable keptReport = DateTime.MinValue, [||]
    let gate = obj ()
    let reportGate = obj ()
    let progress = Progress(plan, runs)
    let reportFile = RunPlan.reportFile runs name

    // A report that is older than the start of the run belongs to an earlier run.
    let hasReport () =
        File.Exists reportFile && File.GetLastWriteTimeUtc reportFile >= plan.Began

    /// The report's bytes, cached until the report changes.
    let report () =
        lock reportGate (fun () ->
            let written = File.GetLastWriteTimeUtc reportFile
            if fst keptReport <> written then
                keptReport <- written, File.ReadAllBytes reportFile
            snd keptReport)

    let state (request: HttpListenerRequest) =
        let body = lock gate (fun () -> LivePage.state name plan progress (hasReport ()))
        let tag =
            $"\"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes body), 0, 8)}\""
        if request.Headers["If-None-Match"] = tag then
            Answer.bytes 304 "application/json" [||]
        else
            Answer.text 200 "application/json" body
        |> Answer.withHeader "ETag" tag

    let answer (request: HttpListenerRequest) =
        match request.HttpMethod, (nonNull request.Url).AbsolutePath with
        | "GET", "/" -> Answer.text 200 "text/html" (lock gate (fun () -> LivePage.write name plan progress))
        | "GET", "/state" -> state request
        | "GET", "/report" when hasReport () -> Answer.bytes 200 "text/html; charset=utf-8" (report ())
        | "GET", path -> Answer.notFound path
        | method', _ -> Answer.notAllowed method' "GET"

    let server = new LoopbackServer(port, answer)

    /// The page's address.
    member _.Address = server.Address

    /// Answers requests until `stop` is cancelled.
    member _.Serve stop = server.Serve stop

    interface IDisposable with
        member _.Dispose() = (server :> IDisposable).Dispose()
