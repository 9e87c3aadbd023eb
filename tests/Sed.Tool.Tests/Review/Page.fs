/// What a browser shows of the page of a review.
module Sed.Tool.Tests.Review.Page

open System
open System.Globalization
open System.Text.Json
open Xunit
open Sed.Runner.Tests

/// Waits until an expression is true in the page; fails after 30 s.
let waitUntil (browser: Browser) expression =
    let look =
        $"const look = () => ({expression}) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 10)"
    let reached =
        browser.Evaluate $"new Promise(done => {{ const end = Date.now() + 30000; {look}; look(); }})"
    if reached <> "true" then
        let shown = browser.Evaluate "document.body.innerText"
        Assert.Fail $"not reached within 30 s: {expression}\n{shown}\n%A{browser.Complaints}"

let text (browser: Browser) selector =
    JsonSerializer.Deserialize<string>(browser.Evaluate $"document.querySelector('{selector}').textContent")
    |> string

/// Waits until the labels of a recording are shown and all decisions are saved.
let shows (browser: Browser) (recording: string) =
    waitUntil
        browser
        $"document.querySelector('#recording')?.textContent === {JsonSerializer.Serialize recording} && !document.querySelector('#done').disabled"

/// Waits until the page shows a number of events.
let events (browser: Browser) (count: int) =
    waitUntil browser $"document.querySelectorAll('.segment.event').length === {count}"

/// Waits until the only event has these times.
let event (browser: Browser) (label: string) (onset: float) (offset: float) =
    let time (seconds: float) =
        seconds.ToString("F2", CultureInfo.InvariantCulture)
    let start = $"{label}, event from {time onset} s to {time offset} s"
    waitUntil
        browser
        $"[...document.querySelectorAll('.segment.event')].map(own => own.getAttribute('aria-label').startsWith('{start}')).join() === 'true'"

let number (browser: Browser) expression =
    Double.Parse(browser.Evaluate expression, CultureInfo.InvariantCulture)

/// The centre of an element in the window.
let centre (browser: Browser) selector =
    let box = $"document.querySelector('{selector}').getBoundingClientRect()"
    number browser $"{box}.left + {box}.width / 2", number browser $"{box}.top + {box}.height / 2"

/// The horizontal position of a time in a view of 1 s.
let at (browser: Browser) (seconds: float) =
    let box = "document.querySelector('#picture').getBoundingClientRect()"
    number browser $"{box}.left" + seconds * number browser $"{box}.width"
