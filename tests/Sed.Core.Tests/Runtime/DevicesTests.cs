using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Tests.Runtime;

public sealed class DevicesTests
{
    [Fact]
    public void Auto_is_the_processor_where_there_is_nothing_better()
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
    public void A_device_that_does_not_exist_is_named_with_those_that_do(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => Devices.Choose(name));
        Assert.StartsWith($"There is no device '{name}'; say auto, cpu, cuda or cuda:N.", error.Message);
    }

    [Fact]
    public void Where_there_is_no_cuda_the_reason_and_the_remedy_are_told()
    {
        Torch.Initialize();
        Assert.SkipWhen(torch.cuda.is_available(), "there is CUDA here");
        var error = Assert.Throws<ArgumentException>(() => Devices.Choose("cuda:1"));
        Assert.StartsWith("There is no CUDA device for 'cuda:1'. ", error.Message);
        Assert.Contains(Devices.Describe(), line => line.StartsWith("cuda    none. "));
        Assert.Contains(Devices.Describe(), line => line.StartsWith("cpu     "));
    }
}
