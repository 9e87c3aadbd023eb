namespace Sed.Runner

open System
open System.Collections.Generic
open System.IO
open System.Net
open System.Net.Sockets
open System.Text
open System.Threading

/// An HTTP response.
type internal Answer = {
    Status: int
    ContentType: string
    Body: byte[]
    Headers: (string * string) list
}

module internal Answer =
    let bytes status kind body = {
        Status = status
        ContentType = kind
        Body = body
        Headers = []
    }

    let text status kind (body: string) =
        bytes status (kind + "; charset=utf-8") (Encoding.UTF8.GetBytes body)

    let withHeader name value answer = {
        answer with
            Headers = (name, value) :: answer.Headers
    }

    let notFound path =
        text 404 "text/plain" $"{path} does not exist.\n"

    let notAllowed (method': string) (allowed: string) =
        text 405 "text/plain" $"{method'} is not allowed.\n"
        |> withHeader "Allow" allowed

/// Serves pages to browsers on this machine only. It listens on the loopback address and answers only requests for that
/// host name, so that pages of other sites cannot access it by DNS rebinding.
type internal LoopbackServer(port: int option, answer: HttpListenerRequest -> Answer) =
    // Maximum number of pending responses. A page uses one or two connections.
    let mostPending = 32
    let pending = LinkedList<HttpListenerResponse>()
    let pieceBytes = 65536

    let listenAt (port: int) =
        let listener = new HttpListener()
        listener.Prefixes.Add $"http://127.0.0.1:{port}/"
        listener.Start()
        listener

    let freePort () =
        use probe = new TcpListener(IPAddress.Loopback, 0)
        probe.Start()
        (probe.LocalEndpoint :?> IPEndPoint).Port

    // Another process may take the chosen free port before this process listens on it.
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

    /// Sends a response without occupying a thread while the client reads it.
    let send (response: HttpListenerResponse) (found: Answer) =
        task {
            begin' response
            try
                try
                    response.StatusCode <- found.Status
                    for name, value in found.Headers do
                        response.Headers[name] <- value
                    if found.Status <> 304 then
                        let body = found.Body
                        response.ContentType <- found.ContentType
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
                    answer request
                with
                | :? IOException
                | :? UnauthorizedAccessException as unreadable ->
                    Answer.text 500 "text/plain" (unreadable.Message + "\n")
            send response found |> ignore
        with
        | :? HttpListenerException
        | :? InvalidOperationException -> response.Abort() // the browser has gone

    /// The port.
    member _.Port = chosen

    /// The address of the start page.
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
