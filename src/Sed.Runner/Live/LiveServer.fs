namespace Sed.Runner

open System
open System.IO
open System.Net
open System.Net.Sockets
open System.Security.Cryptography
open System.Text
open System.Threading

/// Serves the page of a run to browsers on this machine only. It listens on the loopback address and answers only
/// requests for that host name, so that pages of other sites cannot access it by DNS rebinding.
type internal LiveServer(runs: string, name: string, plan: RunPlan, port: int option) =
    let gate = obj ()
    let progress = Progress(plan, runs)
    let reportFile = RunPlan.reportFile runs name

    // A report older than the run's start is from an earlier run.
    let hasReport () =
        File.Exists reportFile && File.GetLastWriteTimeUtc reportFile >= plan.Began

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
                        $"Port {port} is not available ({refused.Message.TrimEnd '.'}). Name another one, or leave out --port to use a free one.",
                        refused
                    )
                )

    let answer (response: HttpListenerResponse) code (kind: string) (body: byte[]) =
        response.StatusCode <- code
        response.ContentType <- kind
        response.ContentLength64 <- int64 body.Length
        response.OutputStream.Write(body, 0, body.Length)

    let text (response: HttpListenerResponse) code kind (body: string) =
        answer response code (kind + "; charset=utf-8") (Encoding.UTF8.GetBytes body)

    let state (request: HttpListenerRequest) (response: HttpListenerResponse) =
        let body = lock gate (fun () -> LivePage.state name plan progress (hasReport ()))
        let tag =
            $"\"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes body), 0, 8)}\""
        response.Headers["ETag"] <- tag
        if request.Headers["If-None-Match"] = tag then
            response.StatusCode <- 304
        else
            text response 200 "application/json" body

    let respond (context: HttpListenerContext) =
        let request, response = context.Request, context.Response
        response.Headers["Cache-Control"] <- "no-store"
        response.Headers["X-Content-Type-Options"] <- "nosniff"
        match request.HttpMethod, (nonNull request.Url).AbsolutePath with
        | "GET", "/" -> text response 200 "text/html" (lock gate (fun () -> LivePage.write name plan progress))
        | "GET", "/state" -> state request response
        | "GET", "/report" when hasReport () ->
            answer response 200 "text/html; charset=utf-8" (File.ReadAllBytes reportFile)
        | "GET", path -> text response 404 "text/plain" $"{path} does not exist.\n"
        | method', _ ->
            response.Headers["Allow"] <- "GET"
            text response 405 "text/plain" $"{method'} is not allowed.\n"

    let handle (context: HttpListenerContext) =
        try
            try
                respond context
            with
            | :? HttpListenerException
            | :? ObjectDisposedException -> () // the browser has gone
            | :? IOException
            | :? UnauthorizedAccessException as unreadable ->
                try
                    text context.Response 500 "text/plain" (unreadable.Message + "\n")
                with _ ->
                    ()
        finally
            try
                context.Response.Close()
            with _ ->
                () // the browser has gone

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
