using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public sealed class StorageSizeTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(999, "999 bytes")]
    [InlineData(1_000, "1.00 kB")]
    [InlineData(40_000, "40.0 kB")]
    [InlineData(999_600, "1.00 MB")]
    [InlineData(1_250_000_000, "1.25 GB")]
    [InlineData(160_096_000_000_128, "160 TB")]
    public void A_size_is_printed_in_the_unit_that_fits(long bytes, string text) =>
        Assert.Equal(text, StorageSize.Print(bytes));
}
