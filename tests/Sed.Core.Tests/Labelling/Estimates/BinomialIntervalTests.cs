using Sed.Core.Labelling.Estimates;

namespace Sed.Core.Tests.Labelling.Estimates;

public class BinomialIntervalTests
{
    // scipy.stats.beta.ppf([0.025, 0.975], count + 0.5, of - count + 0.5)
    [Theory]
    [InlineData(3, 50, 0.017186649071151135, 0.15153256302766024)]
    [InlineData(0, 200, 0, 0.012465661135916696)]
    [InlineData(50, 50, 0.9512415405559286, 1)]
    [InlineData(1.7, 33.3, 0.009360627947176191, 0.1655258919116328)]
    [InlineData(0.02, 900, 7.325460970808517e-07, 0.002846491279219361)]
    public void Intervals_agree_with_SciPy(double count, double of, double low, double high)
    {
        var found = BinomialInterval.Of(count, of);
        Assert.Equal(count / of, found.Value, 15);
        Assert.Equal(low, found.Low, 9);
        Assert.Equal(high, found.High, 9);
    }

    [Fact]
    public void A_share_of_nothing_is_undefined()
    {
        var found = BinomialInterval.Of(0, 0);
        Assert.False(found.IsDefined);
        Assert.Equal((0, 1), (found.Low, found.High));
    }

    [Fact]
    public void A_count_outside_of_its_range_is_an_error()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialInterval.Of(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialInterval.Of(-1, 2));
    }
}
