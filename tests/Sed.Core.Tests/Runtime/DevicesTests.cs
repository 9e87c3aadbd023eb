using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Tests.Runtime;

public sealed class DevicesTests
{
    [Fact]
    public void Auto_selects_CUDA_if_available_and_the_CPU_otherwise()
    {
        Torch.Initialize();
        Assert.Equal(torch.cuda.is_available() ? DeviceType.CUDA : DeviceType.CPU, Devices.Choose("auto").type);
        Assert.Equal(DeviceType.CPU, Devices.Choose("cpu").type);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:0:1")]
    [InlineData("")]
    public void An_unknown_device_is_refused_with_the_known_ones(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => Devices.Choose(name));
        Assert.StartsWith($"There is no device '{name}'; use auto, cpu, cuda or cuda:N.", error.Message);
    }

    [Fact]
    public void Without_CUDA_the_reason_is_reported()
    {
        Torch.Initialize();
        Assert.SkipWhen(torch.cuda.is_available(), "CUDA is available");
        var error = Assert.Throws<ArgumentException>(() => Devices.Choose("cuda:1"));
        Assert.StartsWith("There is no CUDA device for 'cuda:1'. ", error.Message);
        Assert.Contains(Devices.Describe(), line => line.StartsWith("cuda    none. "));
        Assert.Contains(Devices.Describe(), line => line.StartsWith("cpu     "));
    }
}
