// Log-mel energies, a network and a metric, as somebody has them who installed the package.
using Sed.Core.Features.LogMel;
using Sed.Core.Networks;
using TorchSharp;

using var extractor = new LogMelExtractor(LogMelOptions.Dcase2017);
using var logMel = extractor.Extract(torch.randn(2, 441_000)); // (clips, frames, bands)
using var network = new SedNetwork(NetworkDescription.Candidate218k());
using var output = network.call(logMel);
Console.WriteLine($"log-mel ({string.Join(", ", logMel.shape)}), strong ({string.Join(", ", output.Strong.shape)})");
return logMel.shape is [2, 500, 40] && output.Weak.shape is [2, 17] ? 0 : 1;
