namespace Sed.Tool.Tests.Review

open System
open System.Net
open System.Net.Http
open System.Text
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open Sed.Core.Labelling.Reviews
open Sed.Runner
open Sed.Tool.Tests

/// The page of a review of two recordings of 2 s, served by this process.
type ServedReview(folder: Folder) =
    let stop = new CancellationTokenSource()
    let address = TaskCompletionSource<string>()
    let session, views =
        LoudnessModel.wav folder "a.wav" 2.0 [ 0.5, 1.0 ] |> ignore
        LoudnessModel.wav folder "b.wav" 2.0 [] |> ignore
        let recordings = ReviewRecordings.Read(folder.Path "")
        let options =
            ReviewOptions(
                Recordings = recordings.All,
                Items = ReviewQueue.OfAll(recordings.All, 10.0),
                Classes = [ "Car"; "Dog" ],
                Reviewer = "Ada"
            )
        ReviewSession.Open(folder.Path "", options), new ReviewViews(null)
    let options = {
        Folder = "folder"
        Model = ""
        Thresholds = []
        Tags = false
    }
    let server =
        Thread(
            (fun () -> ReviewPages.serve session views options None address.SetResult stop.Token),
            IsBackground = true
        )
    do server.Start()
    // Cookies are set by the tests.
    let client =
        new HttpClient(new HttpClientHandler(UseCookies = false, AllowAutoRedirect = false))

    /// The address that is printed, with the token.
    member _.Address = Uri address.Task.Result

    member _.Session = session

    member own.Token = own.Address.Query.Substring "?token=".Length

    member own.Cookie = $"seddsl-review-{own.Address.Port}={own.Token}"

    /// Sends a request with some headers; `Host` is one of them.
    member own.Ask(method': HttpMethod, path: string, headers: (string * string) list, ?content: HttpContent) =
        let request = new HttpRequestMessage(method', Uri(own.Address, path))
        content |> Option.iter (fun content -> request.Content <- content)
        for name, value in headers do
            request.Headers.TryAddWithoutValidation(name, value) |> ignore
        client.Send request

    /// Requests a path with the cookie. Returns the status and the text.
    member own.Get(path: string) =
        let answer = own.Ask(HttpMethod.Get, path, [ "Cookie", own.Cookie ])
        answer.StatusCode, answer.Content.ReadAsStringAsync().Result

    /// Sends a decision with the cookie and other headers.
    member own.Post(body: string, ?headers: (string * string) list, ?kind: string) =
        let content =
            new StringContent(body, Encoding.UTF8, defaultArg kind "application/json")
        own.Ask(HttpMethod.Post, "/decide", ("Cookie", own.Cookie) :: defaultArg headers [], content)

    /// A decision that adds an event to the first stretch, as JSON.
    member _.Decision(id: string, label: string, version: int64) =
        JsonSerializer.Serialize {|
            id = id
            session = "tab"
            item = 0
            version = version
            from = 0.0
            ``to`` = 2.0
            operations = [|
                {|
                    key = id
                    mark = {|
                        kind = "event"
                        onset = 0.5
                        offset = 1.0
                        label = label
                    |}
                |}
            |]
        |}

    interface IDisposable with
        member _.Dispose() =
            stop.Cancel()
            server.Join()
            client.Dispose()
            views.Dispose()
            session.Dispose()
            stop.Dispose()
