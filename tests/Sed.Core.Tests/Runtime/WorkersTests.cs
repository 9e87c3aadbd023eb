using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public sealed class WorkersTests
{
    [Fact]
    public void Every_index_is_visited_once()
    {
        var visits = new int[1000];
        Workers.Run(visits.Length, i => Interlocked.Increment(ref visits[i]));
        Assert.All(visits, count => Assert.Equal(1, count));
    }

    [Fact]
    public void The_first_exception_is_rethrown_and_stops_the_loop()
    {
        var calls = 0;
        IOException thrown = Assert.Throws<IOException>(() =>
            Workers.Run(
                1_000_000,
                i =>
                {
                    Interlocked.Increment(ref calls);
                    if (i == 10)
                        throw new IOException("ten");
                }
            )
        );
        Assert.Equal("ten", thrown.Message);
        Assert.True(calls < 1_000_000);
    }

    [Fact]
    public void Cancellation_stops_the_loop()
    {
        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => Workers.Run(1000, _ => stop.Cancel(), stop.Token));
    }
}
