/// The page of a review is checked with axe-core.
module Sed.Tool.Tests.Review.ReviewAccessibilityTests

open System
open Xunit
open Sed.Runner.Tests
open Sed.Tool.Tests

[<Fact>]
let ``axe-core finds no violations in the page of a review, wide and narrow, light and dark`` () =
    match Browser.Program with
    | None -> Assert.Skip "No Chromium is installed (Debian: apt-get install chromium)."
    | Some program ->
        use folder = new Folder()
        use served = new ServedReview(folder)
        served.Post(served.Decision("first", "Dog", 0L)).EnsureSuccessStatusCode()
        |> ignore
        use browser = Browser.Start program
        for width, height, isPhone, isDark in
            [
                1400, 900, false, false
                1400, 900, false, true
                390, 844, true, false
                390, 844, true, true
            ] do
            browser.Show(width, height, isPhone, isDark)
            browser.Open(string served.Address)
            Page.events browser 1
            Assert.Equal("\"\"", Axe.violations browser)
            browser.Press "?"
            Assert.Equal("true", browser.Evaluate "document.querySelector('#help').open")
            Assert.Equal("\"\"", Axe.violations browser)
        browser.Evaluate
            "document.querySelector('#help').close(); document.querySelector('main').append(new Image(9, 9)); true"
        |> ignore
        Assert.Contains("image-alt", Axe.violations browser)
