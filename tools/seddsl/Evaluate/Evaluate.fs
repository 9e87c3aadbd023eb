namespace Sed.Tool.Evaluate

open System
open System.IO
open System.Text
open Argu
open Sed.Tool

module Evaluate =
    let private work (arguments: ParseResults<Arguments>) =
        let results = arguments |> Inputs.read |> Compute.all arguments

        for warning in results.Warnings do
            Command.complain $"seddsl evaluate: warning: {warning}"

        match arguments.GetResult(Format, Format.Table) with
        | Format.Json ->
            use text = new MemoryStream()
            Json.write text results
            Console.Out.WriteLine(Encoding.UTF8.GetString(text.ToArray()))
        | Format.Csv -> Rows.writeCsv Console.Out results
        | _ -> Tables.write results

    let command = {
        Name = "evaluate"
        Summary = "scores estimated events, tags or frame scores against a reference"
        Examples = [
            "seddsl evaluate --reference truth.tsv --estimated detections.tsv"
            "seddsl evaluate --reference truth.tsv --scores scores --metric psds1 --bootstrap 1000"
        ]
        NeedsTorch = false
        Run = Command.run<Arguments> work
    }
