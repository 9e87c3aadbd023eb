/// The report is checked with axe-core.
namespace Sed.Runner.Tests

open Xunit

[<Collection "torch">]
type AccessibilityTests(browser: OneBrowser) =
    interface IClassFixture<OneBrowser>

    [<Theory>]
    [<InlineData(1400, 900, false, false)>]
    [<InlineData(1400, 900, false, true)>]
    [<InlineData(390, 844, true, false)>]
    [<InlineData(390, 844, true, true)>]
    member _.``axe-core finds no violations in the report``(width: int, height: int, isPhone: bool, isDark: bool) =
        browser.Act(fun browser file ->
            browser.Show(width, height, isPhone, isDark)
            browser.Open file
            // Everything that is folded is opened, so that it is checked, too.
            browser.Evaluate "document.querySelectorAll('details').forEach(own => own.open = true); true"
            |> ignore
            Assert.Equal("\"\"", Axe.violations browser)
            // The check itself works: it finds a picture without a text alternative.
            browser.Evaluate "document.querySelector('main').append(new Image(9, 9)); true"
            |> ignore
            Assert.Contains("image-alt", Axe.violations browser))
