namespace Sed.Runner

open System
open System.Collections.Generic
open System.IO
open System.Net
open System.Net.Sockets
open System.Security.Cryptography
open System.Text
open System.Threading

/// Serves the page of a run to browsers on this machine only. It listens on the loopback address and answers only
/// requests for that host name, so that pages of other sites cannot access it by DNS rebinding.
type internal LiveServer(runs: string, name: string, plan: RunPlan, port: int option) =
    // Maximum number of pending responses. A page uses one or two connections.
    let mostPending = 32
    let pending = LinkedList<HttpListenerResponse>()
    let pieceBytes = 65536
    let mutable keptReport = DateTime.MinValue, [||]
    let gate = obj ()
    let progress = Progress(plan, runs)
    let reportFile = RunPlan.reportFile runs name

    // A report older than the run's start is from an earlier run.
    let hasReport () =
        File.Exists reportFile && File.GetLastWriteTimeUtc reportFile >= plan.Began

    /// The report's bytes, cached until the report changes.
    let report () =
        lock pending (fun () ->
            let written = File.GetLastWriteTimeUtc reportFile
            if fst keptReport <> written then
                keptReport <- written, File.ReadAllBytes reportFile
            snd keptReport)

    let listenAt (port: int) =
        let listener = new HttpListener()
        listener.Prefixes.Add $"http://127.0.0.1:{port}/"
        listener.Start()
        listener

    let freePort () =
        use probe = new TcpListener(IPAddress.Loopback, 0)
        probe.Start()
        (probe.LocalEndpoint :?> IPEndPoint).Port

    // Another process may take a free port before it is used here.
    let rec listenAnywhere attempts =
        let port = freePort ()
        try
            listenAt port, port
        with :? HttpListenerException when attempts > 1 ->
            listenAnywhere (attempts - 1)

    let listener, chosen =
        match port with
        | None -> listenAnywhere 10
        | Some port ->
            try
                listenAt port, port
            with
            | :? HttpListenerException
            | :? SocketException as refused ->
                raise (
                    IOException(
                        $"Port {port} is not available ({refused.Message.TrimEnd '.'}). Name a different port, or leave out --port to use a free one.",
                        refused
                    )
                )

    let text code kind (body: string) =
        code, kind + "; charset=utf-8", Encoding.UTF8.GetBytes body

    let state (request: HttpListenerRequest) (response: HttpListenerResponse) =
        let body = lock gate (fun () -> LivePage.state name plan progress (hasReport ()))
        let tag =
            $"\"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes body), 0, 8)}\""
        response.Headers["ETag"] <- tag
        if request.Headers["If-None-Match"] = tag then
            304, "application/json", [||]
        else
            text 200 "application/json" body

    /// The status, the content type and the body of the answer to a request.
    let answer (request: HttpListenerRequest) (response: HttpListenerResponse) =
        match request.HttpMethod, (nonNull request.Url).AbsolutePath with
        | "GET", "/" -> text 200 "text/html" (lock gate (fun () -> LivePage.write name plan progress))
        | "GET", "/state" -> state request response
        | "GET", "/report" when hasReport () -> 200, "text/html; charset=utf-8", report ()
        | "GET", path -> text 404 "text/plain" $"{path} does not exist.\n"
        | method', _ ->
            response.Headers["Allow"] <- "GET"
            text 405 "text/plain" $"{method'} is not allowed.\n"

    /// Counts a response as pending. If too many are pending, aborts the oldest one, because its client has stopped
    /// reading.
    let begin' (response: HttpListenerResponse) =
        let oldest =
            lock pending (fun () ->
                pending.AddLast response |> ignore
                match pending.First with
                | null -> None
                | first when pending.Count > mostPending ->
                    pending.RemoveFirst()
                    Some first.Value
                | _ -> None)
        oldest |> Option.iter _.Abort()

    /// Sends the answer without occupying a thread while the client reads it.
    let send (response: HttpListenerResponse) (code: int, kind: string, body: byte[]) =
        task {
            begin' response
            try
                try
                    response.StatusCode <- code
                    if code <> 304 then
                        response.ContentType <- kind
                        response.ContentLength64 <- int64 body.Length
                        // .NET copies the first piece together with the headers.
                        for at in 0..pieceBytes .. body.Length - 1 do
                            do! response.OutputStream.WriteAsync(body, at, min pieceBytes (body.Length - at))
                    response.Close()
                with
                | :? HttpListenerException
                | :? IOException
                | :? InvalidOperationException -> response.Abort() // the browser has gone, or was too slow
            finally
                lock pending (fun () -> pending.Remove response |> ignore)
        }

    let handle (context: HttpListenerContext) =
        let request, response = context.Request, context.Response
        try
            response.Headers["Cache-Control"] <- "no-store"
            response.Headers["X-Content-Type-Options"] <- "nosniff"
            let found =
                try
                    answer request response
                with
                | :? IOException
                | :? UnauthorizedAccessException as unreadable -> text 500 "text/plain" (unreadable.Message + "\n")
            send response found |> ignore
        with
        | :? HttpListenerException
        | :? InvalidOperationException -> response.Abort() // the browser has gone

    /// The page's address.
    member _.Address = $"http://127.0.0.1:{chosen}/"

    /// Answers requests until `stop` is cancelled.
    member _.Serve(stop: CancellationToken) =
        use _ = stop.Register(fun () -> listener.Stop())
        while not stop.IsCancellationRequested do
            try
                let context = listener.GetContext()
                ThreadPool.QueueUserWorkItem(fun _ -> handle context) |> ignore
            with
            | :? HttpListenerException
            | :? ObjectDisposedException
            | :? InvalidOperationException when stop.IsCancellationRequested -> ()

    interface IDisposable with
        member _.Dispose() = listener.Close()
