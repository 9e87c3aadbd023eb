using Sed.Core.Labelling;

namespace Sed.Core.Tests.Labelling;

public class StretchTests
{
    private static string Divided(double duration, double length) =>
        string.Join(
            ", ",
            Stretch
                .Divide("a.wav", duration, length)
                .Select(one => FormattableString.Invariant($"{one.Onset}-{one.Offset}"))
        );

    [Theory]
    [InlineData(10, "0-10")]
    [InlineData(3, "0-3")]
    [InlineData(10.1, "0-10.1")]
    [InlineData(30, "0-10, 10-20, 20-30")]
    [InlineData(29.9999, "0-10, 10-20, 20-29.9999")]
    [InlineData(30.05, "0-10, 10-20, 20-30.05")]
    [InlineData(25, "0-10, 10-20, 20-25")]
    [InlineData(24, "0-10, 10-17, 17-24")]
    [InlineData(10.5, "0-5.25, 5.25-10.5")]
    [InlineData(13.3333, "0-6.667, 6.667-13.3333")]
    public void A_recording_is_divided_into_stretches_of_10_s(double duration, string stretches) =>
        Assert.Equal(stretches, Divided(duration, 10));

    [Fact]
    public void The_stretches_cover_the_recording_and_their_lengths_are_within_the_limits()
    {
        Random random = new(3);
        for (var k = 0; k < 2000; k++)
        {
            var length = Stretch.MinSeconds + 20 * random.NextDouble();
            var duration = 100 * random.NextDouble() + 0.01;
            var stretches = Stretch.Divide("a.wav", duration, length);
            Assert.Equal(0, stretches[0].Onset);
            Assert.Equal(duration, stretches[^1].Offset);
            Assert.All(stretches.Zip(stretches.Skip(1)), pair => Assert.Equal(pair.First.Offset, pair.Second.Onset));
            Assert.All(stretches, one => Assert.True(one.Seconds <= length + Math.Min(0.1, length / 10) + 1e-9));
            if (stretches.Count > 1)
                Assert.All(stretches, one => Assert.True(one.Seconds >= length / 2 - 1e-9));
        }
    }

    [Theory]
    [InlineData(0, "a.wav: a duration must be greater than 0 s and at most 1000000000 s, was 0 s.")]
    [InlineData(double.NaN, "a.wav: a duration must be greater than 0 s and at most 1000000000 s, was NaN s.")]
    public void A_duration_out_of_range_is_an_error(double duration, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentOutOfRangeException>(() => Stretch.Divide("a.wav", duration, 10)).Message
        );

    [Theory]
    [InlineData(0.05)]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    public void A_length_out_of_range_is_an_error(double length) =>
        Assert.StartsWith(
            FormattableString.Invariant(
                $"The length of a stretch must be between 0.1 s and 1000000000 s, was {length} s."
            ),
            Assert.Throws<ArgumentOutOfRangeException>(() => Stretch.Divide("a.wav", 10, length)).Message
        );

    [Fact]
    public void Stretches_of_a_recording_that_only_touch_do_not_overlap()
    {
        Stretch first = new("a.wav", 0, 10);
        Assert.False(first.Overlaps(new("a.wav", 10, 20)));
        Assert.True(first.Overlaps(new("a.wav", 9.9, 20)));
        Assert.False(first.Overlaps(new("b.wav", 0, 10)));
    }
}
