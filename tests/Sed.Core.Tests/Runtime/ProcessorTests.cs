using System.Globalization;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public class ProcessorTests
{
    [Fact]
    public void The_name_equals_that_in_proc_cpuinfo_with_family_and_model()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "/proc/cpuinfo exists on Linux only");
        var facts = File.ReadLines("/proc/cpuinfo")
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(':', 2))
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());
        Assert.SkipUnless(facts.ContainsKey("model name"), "/proc/cpuinfo has no model name here");
        Assert.Equal(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{facts["model name"]}, family {facts["cpu family"]}, model {facts["model"]}"
            ),
            Processor.Name
        );
    }
}
