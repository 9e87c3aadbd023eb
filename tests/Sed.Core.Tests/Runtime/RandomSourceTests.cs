using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public sealed class RandomSourceTests
{
    [Fact]
    public void The_same_seed_and_purpose_give_the_same_numbers_in_every_process()
    {
        // The first 31 bits of SHA-256 of "7", "shuffle", "3" with unit separators between them, computed elsewhere.
        Assert.Equal(RandomSource.SeedFor(7, "shuffle", 3), RandomSource.SeedFor(7, "shuffle", 3L));
        Assert.Equal(StableSeed, RandomSource.SeedFor(7, "shuffle", 3));
    }

    [Fact]
    public void Another_seed_or_purpose_gives_other_numbers()
    {
        int[] seeds =
        [
            RandomSource.SeedFor(7, "shuffle", 3),
            RandomSource.SeedFor(8, "shuffle", 3),
            RandomSource.SeedFor(7, "shuffle", 4),
            RandomSource.SeedFor(7, "shuffle3"),
            RandomSource.SeedFor(7),
        ];
        Assert.Equal(seeds.Length, seeds.Distinct().Count());
        Assert.All(seeds, seed => Assert.True(seed >= 0));
    }

    private const int StableSeed = 1819585022;
}
