namespace Sed.Runner.Tests

open System
open System.IO
open Xunit

/// One browser for all tests.
type OneBrowser() =
    let browser =
        lazy (Browser.Program |> Option.map (fun program -> Browser.Start program))

    /// Runs a test in the browser. Skips the test if no browser is installed.
    member _.With(act: Browser -> unit) =
        match browser.Value with
        | None -> Assert.Skip "No Chromium is installed (Debian: apt-get install chromium)."
        | Some browser -> act browser

    /// Runs a test with the report of the small experiment in the browser.
    member own.Act(act: Browser -> string -> unit) =
        own.With(fun browser ->
            let _, _, file = TinySweep.report.Value
            act browser file)

    interface IDisposable with
        member _.Dispose() =
            if browser.IsValueCreated then
                browser.Value |> Option.iter (fun browser -> (browser :> IDisposable).Dispose())

module private InPage =
    /// Whether an expression is true in the page.
    let isTrue (browser: Browser) expression = browser.Evaluate expression = "true"

    /// Whether every visible figure is drawn.
    let drawn =
        "(() => { const seen = [...document.querySelectorAll('.drawing')].filter(plot => plot.offsetParent); "
        + "return seen.length > 0 && seen.every(plot => plot.querySelector('.main-svg') && plot.data.length > 0 "
        + "&& plot.getBoundingClientRect().width > 200 "
        + "&& plot.querySelector('.scatterlayer .trace, .barlayer .trace, .heatmaplayer image')); })()"

/// The report in a real browser, in light and dark mode, on a desktop and on a phone.
[<Collection "torch">]
type BrowserTests(browser: OneBrowser) =
    interface IClassFixture<OneBrowser>

    [<Theory>]
    [<InlineData(1280, 800, false, false)>]
    [<InlineData(1280, 800, false, true)>]
    [<InlineData(390, 844, true, false)>]
    [<InlineData(390, 844, true, true)>]
    member _.``all figures are drawn without console messages or network requests, and the page fits the window``
        (width: int, height: int, isPhone: bool, isDark: bool)
        =
        browser.Act(fun browser file ->
            browser.Show(width, height, isPhone, isDark)
            browser.Open file
            Assert.True(InPage.isTrue browser InPage.drawn)
            Assert.True(InPage.isTrue browser "document.documentElement.scrollWidth <= innerWidth")
            // Selects every option, so that every figure is drawn once.
            let choices = int (browser.Evaluate "document.querySelectorAll('select').length")
            Assert.Equal(4, choices)
            for choice in 0 .. choices - 1 do
                Assert.True(
                    InPage.isTrue
                        browser
                        ($"(() => {{ const select = document.querySelectorAll('select')[{choice}]; "
                         + "return [...select.options].every((_, index) => { select.selectedIndex = index; "
                         + $"select.dispatchEvent(new Event('change')); return {InPage.drawn}; }}); }})()")
                )
            Assert.True(
                InPage.isTrue
                    browser
                    "[...document.querySelectorAll('.drawing')].every(plot => plot.classList.contains('js-plotly-plot'))"
            )
            Assert.Empty browser.Complaints
            for address in browser.Requests do
                Assert.True(address.StartsWith "data:" || address = Uri(file).AbsoluteUri, address))

    [<Fact>]
    member _.``figures use the page's colours in dark mode``() =
        browser.Act(fun browser file ->
            let ink isDark =
                browser.Show(1280, 800, false, isDark)
                browser.Open file
                Assert.True(
                    InPage.isTrue
                        browser
                        ("[...document.querySelectorAll('.xtick text, .ytick text, .xtitle, .annotation-text')]"
                         + ".every(text => getComputedStyle(text).fill === getComputedStyle(document.body).color)")
                )
                (browser.Evaluate "getComputedStyle(document.body).color")
            Assert.NotEqual<string>(ink false, ink true))

    [<Fact>]
    member _.``a hidden row disappears from all figures``() =
        browser.Act(fun browser file ->
            browser.Show(1280, 800, false, false)
            browser.Open file
            let shown =
                "[...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => plot.data)"
                + ".filter(trace => trace.legendgroup === 'baseline' && trace.visible !== false).length"
            let count () = int (browser.Evaluate shown)
            Assert.True(count () > 4)
            browser.Evaluate "document.querySelector('[data-row=baseline]').click()"
            |> ignore
            Assert.Equal(0, count ())
            browser.Evaluate "document.querySelector('[data-row=baseline]').click()"
            |> ignore
            Assert.True(count () > 4))

    [<Fact>]
    member _.``figures, tables and choices have labels for screen readers``() =
        browser.Act(fun browser file ->
            browser.Show(1280, 800, false, false)
            browser.Open file
            for expression in
                [
                    "document.documentElement.lang === 'en'"
                    "[...document.querySelectorAll('.drawing')].every(plot => plot.ariaLabel.length > 20)"
                    "[...document.querySelectorAll('thead th')].every(head => head.scope === 'col')"
                    "[...document.querySelectorAll('select')].every(select => select.labels.length === 1)"
                ] do
                Assert.True(InPage.isTrue browser expression, expression))

    [<Fact>]
    member _.``printed figures fit their columns``() =
        browser.Act(fun browser file ->
            browser.Show(1280, 800, false, true)
            browser.Open file
            browser.Evaluate "dispatchEvent(new Event('beforeprint')); true" |> ignore
            Assert.True(
                InPage.isTrue
                    browser
                    "[...document.querySelectorAll('.js-plotly-plot')].every(plot => plot.layout.width <= 680)"
            )
            browser.Evaluate "dispatchEvent(new Event('afterprint')); true" |> ignore
            let pdf = Path.ChangeExtension(file, ".pdf") |> string
            browser.Print pdf
            Assert.True(FileInfo(pdf).Length > 10_000L)
            Assert.Empty browser.Complaints)
