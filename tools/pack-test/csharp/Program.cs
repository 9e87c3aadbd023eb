// The examples of the READMEs in a project that installs the package Sed.Core.
using Sed.Core.Annotations;
using Sed.Core.Features.LogMel;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Models;
using Sed.Core.Networks;
using TorchSharp;

TinyModel.Write("tiny.sed");
TinyModel.WriteSound("street.wav");

// A trained model.
using var model = SedModel.Load("tiny.sed");
foreach (var sound in model.Detect("street.wav"))
    Console.WriteLine($"{sound.Onset:F1} {sound.Offset:F1} {sound.Label}");

// Log-mel energies.
using var extractor = new LogMelExtractor(LogMelOptions.Dcase2017);
using var logMel = extractor.Extract(torch.randn(2, 441_000));
Console.WriteLine($"log-mel ({string.Join(", ", logMel.shape)})");

// A network.
using var network = new SedNetwork(NetworkDescription.Candidate218k());
var output = network.call(logMel);
Console.WriteLine($"strong ({string.Join(", ", output.Strong.shape)}), weak ({string.Join(", ", output.Weak.shape)})");

// Metrics.
IReadOnlyList<SoundEvent> truth = [new(1, 2, "Car"), new(2.5, 3, "Bus")];
var pairs = EventPairs.Of(
    model.Classes,
    [truth],
    [
        [.. model.Detect("street.wav")],
    ]
);
Console.WriteLine($"F {EventBased.Count(pairs).Scores().Overall.FMeasure.F}");
