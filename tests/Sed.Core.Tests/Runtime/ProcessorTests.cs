using System.Globalization;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public class ProcessorTests
{
    [Fact]
    public void The_name_ends_with_the_family_and_model_of_proc_cpuinfo_and_begins_with_its_brand_on_real_hardware()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "/proc/cpuinfo exists on Linux only");
        var facts = File.ReadLines("/proc/cpuinfo")
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(':', 2))
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());
        Assert.SkipUnless(facts.ContainsKey("model name"), "/proc/cpuinfo has no model name here");
        var generation = string.Create(
            CultureInfo.InvariantCulture,
            $", family {facts["cpu family"]}, model {facts["model"]}"
        );
        Assert.EndsWith(generation, Processor.Name);
        Assert.NotEqual(generation, Processor.Name);
        // The kernel of a virtual machine keeps the brand read at boot, even if the machine migrates to another
        // processor.
        if (!facts["flags"].Split(' ').Contains("hypervisor"))
            Assert.StartsWith(facts["model name"], Processor.Name);
    }
}
