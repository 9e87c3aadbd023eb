using System.Globalization;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public class ProcessorTests
{
    [Fact]
    public void The_name_is_that_of_the_system_with_family_and_model()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "only Linux says in a file what its processor is");
        var facts = File.ReadLines("/proc/cpuinfo")
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(':', 2))
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());
        Assert.SkipUnless(facts.ContainsKey("model name"), "this processor's file has no name in it");
        Assert.Equal(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{facts["model name"]}, family {facts["cpu family"]}, model {facts["model"]}"
            ),
            Processor.Name
        );
    }
}
