using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Tests.Runtime;

public sealed class TorchTests
{
    [Fact]
    public void The_native_library_loads_and_computes()
    {
        Torch.Initialize();
        using var scope = torch.NewDisposeScope();
        Assert.Equal(45f, torch.arange(10, torch.float32).sum().item<float>());
    }
}
