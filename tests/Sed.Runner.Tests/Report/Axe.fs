namespace Sed.Runner.Tests

open System
open System.IO
open Xunit

/// axe-core (npm package axe-core), which tests contrast, names, roles, keyboard access and structure of a page.
module Axe =
    let private script =
        match Environment.GetEnvironmentVariable "AXE_CORE" with
        | null
        | "" -> None
        | file -> Some(File.ReadAllText file)

    let private run =
        "axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.map(own => "
        + "`${own.id}: ${own.help}: ${own.nodes.slice(0, 3).map(node => node.html + ' ' + node.failureSummary).join('; ')}`).join('\\n'))"

    /// The violations of the open page as a JSON string: rule, description and the first elements. Skips the test if
    /// axe-core is not installed.
    let violations (browser: Browser) =
        match script with
        | None ->
            Assert.Skip
                "The environment variable AXE_CORE does not name axe.min.js of the npm package axe-core (npm install axe-core)."
            ""
        | Some script ->
            browser.Evaluate(script + "; true") |> ignore
            browser.Evaluate run
