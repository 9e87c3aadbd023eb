// The examples of the READMEs in a project that installs the package Sed.Runner. Reads the files that the C# program writes.
open System.IO
open Sed
open Sed.Core.Annotations
open Sed.Core.Features.LogMel
open Sed.Core.Metrics.Events
open Sed.Core.Metrics.Pairs
open Sed.Core.Models
open Sed.Core.Networks
open Sed.Runner
open TorchSharp

// A trained model.
let model = SedModel.Load "tiny.sed"
for sound in model.Detect "street.wav" do
    printfn $"{sound.Onset:F1} {sound.Offset:F1} {sound.Label}"

// Log-mel energies.
let extractor = new LogMelExtractor(LogMelOptions.Dcase2017)
let logMel = extractor.Extract(torch.randn (2L, 441_000L))
printfn $"log-mel %A{logMel.shape}"

// A network.
let network = new SedNetwork(NetworkDescription.Candidate218k())
let output = network.call logMel
printfn $"strong %A{output.Strong.shape}, weak %A{output.Weak.shape}"

// Metrics.
let truth =
    EventList.Of [
        struct ("street.wav", [| SoundEvent(1, 2, "Car"); SoundEvent(2.5, 3, "Bus") |])
    ]
let detected =
    EventList.Of [ struct ("street.wav", (model.Predict "street.wav").Events) ]
let pairs = EventPairs.Of(model.Classes, truth, detected)
printfn $"F {EventBased.Count(pairs).Scores().Overall.FMeasure.F}"

// An experiment, planned.
let dropout =
    experiment "dropout" {
        data Soundscapes.smartCars
        vary Dropout [ 0.05; 0.25 ]
        seeds [ 1..3 ]
        report [ WeakF; StrongF ]
    }

exit (Session.run "Program.fs" (Directory.GetCurrentDirectory()) [ "--plan" ] [ dropout ])
