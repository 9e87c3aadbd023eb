/// The report is checked with axe-core, which tests contrast, names, roles, keyboard access and structure.
namespace Sed.Runner.Tests

open System
open System.IO
open Xunit

[<Collection "torch">]
type AccessibilityTests(browser: OneBrowser) =
    /// The script of axe-core (npm package axe-core, axe.min.js).
    static let axe =
        match Environment.GetEnvironmentVariable "AXE_CORE" with
        | null
        | "" -> None
        | file -> Some(File.ReadAllText file)

    /// The violations of the open page: rule, description and the first elements.
    static let violations =
        "axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.map(own => "
        + "`${own.id}: ${own.help}: ${own.nodes.slice(0, 3).map(node => node.html + ' ' + node.failureSummary).join('; ')}`).join('\\n'))"

    interface IClassFixture<OneBrowser>

    [<Theory>]
    [<InlineData(1400, 900, false, false)>]
    [<InlineData(1400, 900, false, true)>]
    [<InlineData(390, 844, true, false)>]
    [<InlineData(390, 844, true, true)>]
    member _.``axe-core finds no violations in the report``(width: int, height: int, isPhone: bool, isDark: bool) =
        match axe with
        | None ->
            Assert.Skip
                "The environment variable AXE_CORE does not name axe.min.js of the npm package axe-core (npm install axe-core)."
        | Some script ->
            browser.Act(fun browser file ->
                browser.Show(width, height, isPhone, isDark)
                browser.Open file
                browser.Evaluate(script + "; true") |> ignore
                // Everything that is folded is opened, so that it is checked, too.
                browser.Evaluate "document.querySelectorAll('details').forEach(own => own.open = true); true"
                |> ignore
                Assert.Equal("\"\"", browser.Evaluate violations)
                // The check itself works: it finds a picture without a text alternative.
                browser.Evaluate "document.querySelector('main').append(new Image(9, 9)); true"
                |> ignore
                Assert.Contains("image-alt", browser.Evaluate violations))
