using Sed.Core.Runtime;

namespace Sed.Core.Labelling;

/// <summary>Simple random sampling without replacement.</summary>
public static class RandomDraw
{
    /// <summary>
    /// Draws different numbers from 0 to <paramref name="population"/> - 1. All subsets of <paramref name="count"/>
    /// numbers are equally likely.
    /// </summary>
    /// <param name="population">Size of the population, 0 or more.</param>
    /// <param name="count">Number of draws, from 0 to the size of the population.</param>
    /// <param name="seed">Base seed.</param>
    /// <param name="round">Number of the round; the draws of different rounds are independent.</param>
    /// <returns>The drawn numbers in random order. Each number has the inclusion probability count / population.</returns>
    public static int[] Of(int population, int count, long seed, int round)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(population);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, population);
        var random = RandomSource.For(seed, "stretches to annotate", round);
        var numbers = new int[population];
        for (var k = 0; k < population; k++)
            numbers[k] = k;
        // The first steps of a Fisher-Yates shuffle.
        for (var k = 0; k < count; k++)
        {
            var other = random.Next(k, population);
            (numbers[k], numbers[other]) = (numbers[other], numbers[k]);
        }
        return numbers[..count];
    }
}
