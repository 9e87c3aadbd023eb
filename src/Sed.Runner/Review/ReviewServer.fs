namespace Sed.Runner

open System
open System.Globalization
open System.IO
open System.Net
open System.Security.Cryptography
open System.Text
open System.Text.Json
open Sed.Core.Labelling.Reviews
open Sed.Core.Runtime

/// Options of the page of a review.
type ReviewPageOptions = {
    /// Name of the folder with the recordings.
    Folder: string
    /// Name of the model; empty without a model.
    Model: string
    /// The classes of the model with their thresholds.
    Thresholds: (string * float) list
    /// Whether the page starts in the mode in which tags of whole recordings are reviewed.
    Tags: bool
}

/// Serves the page of a review to browsers on this machine. Every request needs a token: the first request has it in
/// its address, later requests in a cookie of this host. Requests that come from other pages are refused.
type internal ReviewServer(session: ReviewSession, views: ReviewViews, options: ReviewPageOptions, port: int option) =
    // A decision on all detections of a long stretch is about 100 kB long.
    let mostBodyBytes = 1 <<< 19
    let token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes 16)
    let page = lazy ReviewPage.document ()
    let mutable host = ""
    let mutable cookie = ""

    let assets =
        dict [
            for name in ReviewPage.scripts do
                "/" + name, ("text/javascript", lazy Page.asset ("Review." + name))
            for name in ReviewPage.styles do
                "/" + name, ("text/css", lazy Page.asset ("Review." + name))
        ]

    let json status value =
        Answer.text status "application/json" (JsonSerializer.Serialize(value, ReviewJson.Options))

    let isToken (given: string | null) =
        match given with
        | null -> false
        | given ->
            CryptographicOperations.FixedTimeEquals(
                ReadOnlySpan(Encoding.UTF8.GetBytes given),
                ReadOnlySpan(Encoding.UTF8.GetBytes token)
            )

    let isAbsentOr (expected: string list) (given: string | null) =
        match given with
        | null -> true
        | given -> List.contains given expected

    /// Whether the request names this host and does not come from a page of another origin.
    let isOwn (request: HttpListenerRequest) =
        request.UserHostName = host
        && isAbsentOr [ $"http://{host}" ] request.Headers["Origin"]

    /// Whether the request was made by a page of this server or by entering the address in the browser.
    let isFromOwnPage (request: HttpListenerRequest) =
        isAbsentOr [ "same-origin"; "none" ] request.Headers["Sec-Fetch-Site"]

    let hasCookie (request: HttpListenerRequest) =
        match request.Cookies[cookie] with
        | null -> false
        | given -> isToken given.Value

    let number (request: HttpListenerRequest) (name: string) =
        match Double.TryParse(request.QueryString[name], NumberStyles.Float, CultureInfo.InvariantCulture) with
        | true, value when Double.IsFinite value -> Some value
        | _ -> None

    let itemOf (request: HttpListenerRequest) =
        match number request "item" with
        | Some value when value >= 0.0 && value < float session.Items.Count && value = Math.Floor value ->
            Some(int value)
        | _ -> None

    /// The data that the page needs at its start: the folder, the classes and the stretches.
    let start () =
        let isDone = session.Done
        json 200 {|
            folder = options.Folder
            model = options.Model
            reviewer = session.Reviewer
            tags = options.Tags
            classes = session.Classes
            thresholds = dict options.Thresholds
            items = [
                for index, item in Seq.indexed session.Items ->
                    {|
                        recording = item.Recording.Name
                        seconds = item.Recording.Seconds
                        onset = item.Onset
                        offset = item.Offset
                        details = [ for detail in item.Details -> [ detail.Key; detail.Value ] ]
                        isDone = isDone[index]
                    |}
            ]
        |}

    let stateOf (request: HttpListenerRequest) item =
        let from, until = ReviewView.SpanOf(session.Items[item]).ToTuple()
        json 200 (session.StateOf(item, from, until, string request.QueryString["session"]))

    let view item =
        let shown = views.Of session.Items[item]
        let picture = shown.Spectrogram
        let scores =
            match shown.Scores with
            | null -> null
            | scores ->
                let bytes = Array.zeroCreate<byte>(4 * scores.Frames.Length)
                Buffer.BlockCopy(scores.Frames, 0, bytes, 0, bytes.Length)
                box {|
                    hop = scores.HopSeconds
                    classes = scores.Classes
                    frames = Convert.ToBase64String bytes
                    boxes = scores.Boxes
                    tags = scores.Tags
                |}
        json 200 {|
            from = shown.From
            until = shown.To
            problem = shown.Problem
            scores = scores
            spectrogram = {|
                columns = picture.Columns
                bands = picture.Bands
                maxHz = picture.MaxHz
                levels = Convert.ToBase64String picture.Levels
            |}
        |}

    /// The body of a request; None if its length is not stated or is too great.
    let bodyOf (request: HttpListenerRequest) =
        if request.ContentLength64 < 0L || request.ContentLength64 > int64 mostBodyBytes then
            None
        else
            let body = Array.zeroCreate<byte>(int request.ContentLength64)
            request.InputStream.ReadExactly body
            Some body

    let decide (request: HttpListenerRequest) =
        let isJson =
            match request.ContentType with
            | null -> false
            | kind -> kind.StartsWith("application/json", StringComparison.Ordinal)
        if not isJson then
            Answer.text 415 "text/plain" "The body must be JSON.\n"
        else
            match bodyOf request with
            | None -> Answer.text 413 "text/plain" $"The body must state its length, at most {mostBodyBytes} bytes.\n"
            | Some body ->
                try
                    match JsonSerializer.Deserialize<DecisionRequest>(ReadOnlySpan body, ReviewJson.Options) with
                    | null -> Answer.text 400 "text/plain" "The decision is null.\n"
                    | decision ->
                        let outcome = session.Decide decision
                        let status =
                            match outcome.Result with
                            | DecisionResult.Outdated -> 409
                            | DecisionResult.Refused -> 422
                            | _ -> 200
                        json status outcome
                with
                | :? JsonException as invalid ->
                    Answer.text 400 "text/plain" $"The decision cannot be read: {OneLine.Of invalid.Message}\n"
                | :? ArgumentOutOfRangeException -> Answer.text 404 "text/plain" "There is no such stretch.\n"
                | :? LockLostException as lost -> Answer.text 500 "text/plain" (lost.Message + "\n")

    /// The page, with the cookie for its requests. Its script removes the token from the address bar. A redirection would
    /// not work: the browser does not send the cookie along if a page of another site, such as a terminal in a browser,
    /// links to the address.
    let enter (request: HttpListenerRequest) =
        if isToken request.QueryString["token"] then
            Answer.text 200 "text/html" page.Value
            |> Answer.withHeader "Set-Cookie" $"{cookie}={token}; HttpOnly; SameSite=Strict; Path=/"
        else
            Answer.text
                403
                "text/plain"
                "The address lacks its token. Open the complete address that seddsl review printed.\n"

    let allowed (request: HttpListenerRequest) =
        let path = (nonNull request.Url).AbsolutePath
        match request.HttpMethod, path, itemOf request with
        | "GET", "/", _ -> Answer.text 200 "text/html" page.Value
        | "GET", "/start", _ -> start ()
        | "GET", "/state", Some item -> stateOf request item
        | "GET", "/view", Some item -> view item
        | "GET", "/sound", Some item -> Answer.bytes 200 "audio/wav" (views.Of session.Items[item]).Wave
        | "POST", "/decide", _ -> decide request
        | "GET", path, _ ->
            match assets.TryGetValue path with
            | true, (kind, content) -> Answer.text 200 kind content.Value
            | _ -> Answer.notFound path
        | method', _, _ -> Answer.notAllowed method' "GET, POST"

    let answer (request: HttpListenerRequest) =
        let isEntry =
            request.HttpMethod = "GET"
            && (nonNull request.Url).AbsolutePath = "/"
            && not (isNull request.QueryString["token"])
        let found =
            if not (isOwn request) then
                Answer.text 403 "text/plain" "Requests from other pages are refused.\n"
            elif isEntry || not (hasCookie request) then
                enter request
            elif not (isFromOwnPage request) then
                Answer.text 403 "text/plain" "Requests from other pages are refused.\n"
            else
                allowed request
        found
        |> Answer.withHeader
            "Content-Security-Policy"
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src blob:; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        |> Answer.withHeader "Cross-Origin-Resource-Policy" "same-origin"
        |> Answer.withHeader "Referrer-Policy" "no-referrer"

    let server = new LoopbackServer(port, answer)

    do
        host <- $"127.0.0.1:{server.Port}"
        // Cookies are shared by all ports of a host.
        cookie <- $"seddsl-review-{server.Port}"

    /// The page's address with its token.
    member _.Address = $"{server.Address}?token={token}"

    /// Answers requests until `stop` is cancelled.
    member _.Serve stop = server.Serve stop

    interface IDisposable with
        member _.Dispose() = (server :> IDisposable).Dispose()

/// Reviews in a browser.
module ReviewPages =
    /// Serves the page of a review on a port of the loopback address (any free one by default) until `stop` is cancelled.
    /// Calls `say` with the page's address once it is available. Raises IOException if the port is not available.
    let serve (session: ReviewSession) (views: ReviewViews) options port (say: string -> unit) stop =
        use server = new ReviewServer(session, views, options, port)
        say server.Address
        server.Serve stop
