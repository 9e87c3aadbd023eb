/// The server of a review answers only its own page.
module Sed.Tool.Tests.Review.ReviewServerTests

open System
open System.IO
open System.Net
open System.Net.Http
open System.Net.Sockets
open System.Text
open System.Text.Json
open Xunit
open Sed.Tool.Tests

let private paths = [
    "/"
    "/start"
    "/main.js"
    "/review.css"
    "/state?item=0"
    "/view?item=0"
    "/sound?item=0"
]

[<Fact>]
let ``every request needs the token, which the first page exchanges for a cookie of this host`` () =
    use folder = new Folder()
    use review = new ServedReview(folder)
    Assert.Equal("127.0.0.1", review.Address.Host)
    Assert.Equal(32, review.Token.Length)
    for path in paths do
        for headers in
            [
                []
                [ "Cookie", review.Cookie.Replace(review.Token, String('0', 32)) ]
                [ "Cookie", "other=1" ]
            ] do
            Assert.Equal(HttpStatusCode.Forbidden, review.Ask(HttpMethod.Get, path, headers).StatusCode)
    Assert.Equal(HttpStatusCode.Forbidden, review.Ask(HttpMethod.Get, "/?token=wrong", []).StatusCode)
    let first = review.Ask(HttpMethod.Get, review.Address.PathAndQuery, [])
    Assert.Equal(HttpStatusCode.OK, first.StatusCode)
    Assert.Equal<string seq>(
        [ $"{review.Cookie}; HttpOnly; SameSite=Strict; Path=/" ],
        first.Headers.GetValues "Set-Cookie"
    )
    for path in paths do
        Assert.Equal(HttpStatusCode.OK, fst (review.Get path))
    let policy =
        review.Ask(HttpMethod.Get, "/", [ "Cookie", review.Cookie ]).Headers.GetValues "Content-Security-Policy"
    Assert.StartsWith("default-src 'none'; script-src 'self';", Seq.exactlyOne policy)
    Assert.DoesNotContain("unsafe", Seq.exactlyOne policy)

[<Fact>]
let ``requests for another host or from another origin are refused`` () =
    use folder = new Folder()
    use review = new ServedReview(folder)
    let ask method' headers =
        review.Ask(method', "/start", ("Cookie", review.Cookie) :: headers).StatusCode
    for headers in
        [
            [ "Origin", "http://evil.example" ]
            [ "Origin", "null" ]
            [ "Origin", $"http://127.0.0.1:{review.Address.Port + 1}" ]
            [ "Sec-Fetch-Site", "cross-site" ]
            [ "Sec-Fetch-Site", "same-site" ]
        ] do
        Assert.Equal(HttpStatusCode.Forbidden, ask HttpMethod.Get headers)
        let posted = review.Post(review.Decision("x", "Car", 0L), headers)
        Assert.Equal(HttpStatusCode.Forbidden, posted.StatusCode)
    Assert.Equal(HttpStatusCode.OK, ask HttpMethod.Get [ "Origin", $"http://127.0.0.1:{review.Address.Port}" ])
    // Another host name for this address, as after DNS rebinding; each needs its own connection.
    for host in
        [
            "evil.example"
            $"evil.example:{review.Address.Port}"
            $"localhost:{review.Address.Port}"
        ] do
        use client = new TcpClient("127.0.0.1", review.Address.Port)
        use stream = client.GetStream()
        let request =
            $"GET /start?token={review.Token} HTTP/1.1\r\nHost: {host}\r\nCookie: {review.Cookie}\r\nConnection: close\r\n\r\n"
        stream.Write(ReadOnlySpan(Encoding.ASCII.GetBytes request))
        use reader = new StreamReader(stream)
        let answer = reader.ReadToEnd()
        Assert.Matches(@"^HTTP/1\.1 4\d\d ", answer)
        Assert.DoesNotContain("a.wav", answer)
    Assert.Equal(0L, review.Session.Count)

[<Fact>]
let ``decisions must be JSON of limited length`` () =
    use folder = new Folder()
    use review = new ServedReview(folder)
    let status (answer: HttpResponseMessage) = answer.StatusCode
    let decision = review.Decision("1", "Car", 0L)
    Assert.Equal(HttpStatusCode.UnsupportedMediaType, status (review.Post(decision, kind = "text/plain")))
    Assert.Equal(
        HttpStatusCode.UnsupportedMediaType,
        status (review.Post("a=1", kind = "application/x-www-form-urlencoded"))
    )
    Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status (review.Post(String(' ', 600_000) + decision)))
    let chunked = review.Post(decision, [ "Transfer-Encoding", "chunked" ])
    Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status chunked)
    for body in
        [
            ""
            "null"
            "{"
            "[]"
            decision.Replace("\"id\"", "\"identifier\"")
            decision.Replace("\"event\"", "\"explosion\"")
            decision.Replace("\"event\"", "0")
            decision.Replace("0.5", "\"0.5\"")
            String('[', 1000)
        ] do
        Assert.Equal(HttpStatusCode.BadRequest, status (review.Post body))
    Assert.Equal(HttpStatusCode.UnprocessableEntity, status (review.Post(decision.Replace("0.5", "1e999"))))
    Assert.Equal(HttpStatusCode.NotFound, status (review.Post(decision.Replace("\"item\":0", "\"item\":7"))))
    Assert.Equal(HttpStatusCode.NotFound, status (review.Post(decision.Replace("\"item\":0", "\"item\":-1"))))
    Assert.Equal(0L, review.Session.Count)
    Assert.Equal(HttpStatusCode.OK, status (review.Post decision))
    Assert.Equal(1L, review.Session.Count)

[<Fact>]
let ``decisions are confirmed, repeated, outdated or refused`` () =
    use folder = new Folder()
    use review = new ServedReview(folder)
    let outcome (answer: HttpResponseMessage) =
        let text = answer.Content.ReadAsStringAsync().Result
        int answer.StatusCode, string (JsonElement.Parse(text).GetProperty("result").GetString())
    let first = review.Decision("1", "Car", 0L)
    Assert.Equal((200, "applied"), outcome (review.Post first))
    Assert.Equal((200, "repeated"), outcome (review.Post first))
    Assert.Equal((409, "outdated"), outcome (review.Post(review.Decision("2", "Dog", 0L))))
    Assert.Equal((422, "refused"), outcome (review.Post(review.Decision("3", " ", 1L))))
    Assert.Equal((200, "applied"), outcome (review.Post(review.Decision("2", "Dog", 1L))))
    let log = File.ReadAllLines(folder.Path "review/decisions.jsonl")
    Assert.Equal(3, log.Length)
    let events = File.ReadAllLines(folder.Path "review/events.tsv")
    Assert.Equal<string list>([ "Car"; "Dog" ], [ for line in Array.skip 1 events -> line.Split('\t')[3] ])

[<Fact>]
let ``recordings are found by number only`` () =
    use folder = new Folder()
    use review = new ServedReview(folder)
    folder.List("secret.txt", [ "secret" ]) |> ignore
    for path in
        [
            "/secret.txt"
            "/../secret.txt"
            "/%2e%2e/secret.txt"
            "/..%2f..%2fetc/passwd"
            "/review/decisions.jsonl"
            "/a.wav"
            "/sound"
            "/sound?item=a.wav"
            "/sound?item=../a.wav"
            "/sound?item=-1"
            "/sound?item=2"
            "/sound?item=0.5"
            "/sound?item=1e300"
            "/sound?item=NaN"
            "/state?item="
            "/view?item=%00"
            "/main.fs"
        ] do
        Assert.Equal((path, HttpStatusCode.NotFound), (path, fst (review.Get path)))
    for method' in [ HttpMethod.Put; HttpMethod.Delete; HttpMethod.Options ] do
        let answer = review.Ask(method', "/start", [ "Cookie", review.Cookie ])
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode)

[<Fact>]
let ``the sound of a stretch is WAV, and its view has no scores without a model`` () =
    use folder = new Folder()
    use review = new ServedReview(folder)
    let sound = review.Ask(HttpMethod.Get, "/sound?item=0", [ "Cookie", review.Cookie ])
    Assert.Equal("audio/wav", string sound.Content.Headers.ContentType)
    let bytes = sound.Content.ReadAsByteArrayAsync().Result
    Assert.Equal(44 + 2 * 2 * LoudnessModel.rate, bytes.Length)
    let view = JsonElement.Parse(snd (review.Get "/view?item=0"))
    Assert.Equal(JsonValueKind.Undefined, (view.TryGetProperty "scores" |> snd).ValueKind)
    let picture = view.GetProperty "spectrogram"
    let levels = picture.GetProperty("levels").GetBytesFromBase64()
    Assert.Equal(
        picture.GetProperty("columns").GetInt32()
        * picture.GetProperty("bands").GetInt32(),
        levels.Length
    )
    // The loud part of the recording is brighter.
    let mean first last =
        let columns = picture.GetProperty("columns").GetInt32()
        let bands = picture.GetProperty("bands").GetInt32()
        let at (share: float) = int (share * float columns) * bands
        levels[at first .. at last - 1] |> Array.averageBy float
    Assert.True(mean 0.3 0.45 > mean 0.7 0.9 + 50.0)
