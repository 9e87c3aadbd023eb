namespace Sed.Runner.Tests

open System
open System.Collections.Generic
open System.Diagnostics
open System.IO
open System.Net.WebSockets
open System.Text
open System.Text.Json
open System.Threading

/// A headless Chromium, controlled through the DevTools protocol. Needs no driver.
type Browser private (chromium: Process, socket: ClientWebSocket, profile: string) =
    let timeout = TimeSpan.FromSeconds 60.0
    let events = List<JsonElement>()
    let mutable lastId = 0
    let mutable session = ""

    static let methodOf (event: JsonElement) = string (event.GetProperty "method")

    static let names = [ "chromium"; "chromium-browser"; "google-chrome"; "google-chrome-stable" ]

    /// The browser's executable; None if none is installed.
    static member Program =
        let folders =
            (string (Environment.GetEnvironmentVariable "PATH")).Split(Path.PathSeparator)
        Seq.allPairs folders names |> Seq.map Path.Combine |> Seq.tryFind File.Exists

    member private _.Receive() =
        use limit = new CancellationTokenSource(timeout)
        use message = new MemoryStream()
        let buffer = Array.zeroCreate<byte> 65536
        let mutable ended = false
        while not ended do
            let part =
                socket.ReceiveAsync(ArraySegment buffer, limit.Token).GetAwaiter().GetResult()
            message.Write(buffer, 0, part.Count)
            ended <- part.EndOfMessage
        JsonElement.Parse(ReadOnlySpan(message.ToArray()))

    /// Sends a command and waits for its response. Events received meanwhile are stored.
    member browser.Send(command: string, parameters: (string * obj) list) : JsonElement =
        lastId <- lastId + 1
        let id = lastId
        let message = [
            "id", box id
            "method", command
            "params", dict parameters
            if session <> "" then
                "sessionId", session
        ]
        let bytes = JsonSerializer.SerializeToUtf8Bytes(dict message)
        socket
            .SendAsync(ArraySegment bytes, WebSocketMessageType.Text, true, CancellationToken.None)
            .GetAwaiter()
            .GetResult()
        let rec answer () =
            let received = browser.Receive()
            match received.TryGetProperty "id" with
            | false, _ ->
                events.Add received
                answer ()
            | true, own when own.GetInt32() <> id -> answer ()
            | _ ->
                match received.TryGetProperty "error" with
                | true, error -> failwith $"{command}: {error}"
                | _ -> received.GetProperty "result"
        answer ()

    /// Evaluates an expression in the page, awaiting promises. Returns its value as JSON.
    member browser.Evaluate(expression: string) =
        let answer =
            browser.Send("Runtime.evaluate", [ "expression", expression; "awaitPromise", true; "returnByValue", true ])
        match answer.TryGetProperty "exceptionDetails" with
        | true, problem -> failwith $"{expression}: {problem}"
        | _ ->
            match (answer.GetProperty "result").TryGetProperty "value" with
            | true, value -> value.GetRawText()
            | _ -> "undefined"

    /// Sets the size of the window, the kind of device and the colour scheme.
    member browser.Show(width: int, height: int, isPhone: bool, isDark: bool) =
        browser.Send(
            "Emulation.setDeviceMetricsOverride",
            [ "width", width; "height", height; "deviceScaleFactor", 1; "mobile", isPhone ]
        )
        |> ignore
        let scheme =
            dict [
                "name", "prefers-color-scheme"
                "value", (if isDark then "dark" else "light")
            ]
        browser.Send("Emulation.setEmulatedMedia", [ "features", [| scheme |] ])
        |> ignore

    /// Drags the mouse from one position to another, or clicks if they are equal.
    member browser.Drag(fromX: float, fromY: float, toX: float, toY: float) =
        let mouse (kind: string) (x: float) (y: float) =
            browser.Send(
                "Input.dispatchMouseEvent",
                [
                    "type", kind
                    "x", x
                    "y", y
                    "button", "left"
                    "buttons", 1
                    "clickCount", 1
                ]
            )
            |> ignore
        mouse "mouseMoved" fromX fromY
        mouse "mousePressed" fromX fromY
        if (fromX, fromY) <> (toX, toY) then
            mouse "mouseMoved" toX toY
        mouse "mouseReleased" toX toY

    member browser.Click(x: float, y: float) = browser.Drag(x, y, x, y)

    /// Presses and releases a key, for example ArrowRight, optionally with Shift.
    member browser.Press(key: string, ?isShifted: bool) =
        let modifiers = if defaultArg isShifted false then 8 else 0
        for kind in [ "keyDown"; "keyUp" ] do
            browser.Send("Input.dispatchKeyEvent", [ "type", kind; "key", key; "modifiers", modifiers ])
            |> ignore

    /// Opens a file or an address and waits until the page is loaded and drawn.
    member browser.Open(file: string) =
        events.Clear()
        browser.Send("Page.navigate", [ "url", Uri(file).AbsoluteUri ]) |> ignore
        let isLoaded event = methodOf event = "Page.loadEventFired"
        while not (events.Exists isLoaded) do
            events.Add(browser.Receive())
        // Figures are drawn when their library is loaded.
        browser.Evaluate "typeof report === 'undefined' ? true : report.ready.then(() => true)"
        |> ignore
        // Two animation frames later, everything drawn on loading is visible.
        browser.Evaluate "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        |> ignore

    /// The errors and warnings of the page since it was opened.
    member _.Complaints = [
        for event in events do
            match methodOf event with
            | "Runtime.exceptionThrown"
            | "Log.entryAdded" -> event.GetRawText()
            | "Runtime.consoleAPICalled" ->
                let kind = event.GetProperty("params").GetProperty("type").GetString()
                if kind = "error" || kind = "warning" then
                    event.GetRawText()
            | _ -> ()
    ]

    /// The addresses that the page requested since it was opened.
    member _.Requests = [
        for event in events do
            if methodOf event = "Network.requestWillBeSent" then
                string (event.GetProperty("params").GetProperty("request").GetProperty("url"))
    ]

    /// Saves a picture of the whole page or of the window.
    member browser.Screenshot(file: string, wholePage: bool) =
        let answer =
            browser.Send("Page.captureScreenshot", [ "captureBeyondViewport", wholePage ])
        File.WriteAllBytes(file, Convert.FromBase64String(string (answer.GetProperty "data")))

    /// Prints the page to a PDF file.
    member browser.Print(file: string) =
        let answer =
            browser.Send("Page.printToPDF", [ "preferCSSPageSize", true; "printBackground", true ])
        File.WriteAllBytes(file, Convert.FromBase64String(string (answer.GetProperty "data")))

    member private browser.Attach() =
        let target = browser.Send("Target.createTarget", [ "url", "about:blank" ])
        let attached =
            browser.Send(
                "Target.attachToTarget",
                [ "targetId", string (target.GetProperty "targetId"); "flatten", true ]
            )
        session <- string (attached.GetProperty "sessionId")
        for domain in [ "Page"; "Runtime"; "Log"; "Network" ] do
            browser.Send($"{domain}.enable", []) |> ignore

    /// Starts a browser with a new profile.
    static member Start(program: string) =
        let profile =
            Path.Combine(Path.GetTempPath(), "sed-browser-" + Guid.NewGuid().ToString "N")
        let arguments = [
            "--headless=new"
            "--no-sandbox" // continuous integration runs as root in a container
            "--disable-gpu"
            "--disable-dev-shm-usage"
            "--hide-scrollbars"
            "--mute-audio"
            "--autoplay-policy=no-user-gesture-required" // tests make no user gesture
            "--remote-debugging-port=0"
            $"--user-data-dir={profile}"
        ]
        let chromium =
            nonNull (Process.Start(ProcessStartInfo(program, arguments, RedirectStandardError = true)))
        let rec address () =
            match chromium.StandardError.ReadLine() with
            | null -> failwith $"{program} ended before a connection was possible."
            | line when line.StartsWith "DevTools listening on " -> Uri(line.Substring 22)
            | _ -> address ()
        let socket = new ClientWebSocket()
        let browser = new Browser(chromium, socket, profile)
        try
            socket.ConnectAsync(address (), CancellationToken.None).GetAwaiter().GetResult()
            chromium.StandardError.ReadToEndAsync() |> ignore // a full pipe would block the browser
            browser.Attach()
            browser
        with _ ->
            (browser :> IDisposable).Dispose()
            reraise ()

    interface IDisposable with
        member _.Dispose() =
            socket.Dispose()
            if not chromium.HasExited then
                chromium.Kill true
                chromium.WaitForExit()
            chromium.Dispose()
            try
                Directory.Delete(profile, true)
            with :? IOException ->
                () // the browser may still be writing files
