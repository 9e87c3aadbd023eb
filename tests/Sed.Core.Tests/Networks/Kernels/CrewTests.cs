using Sed.Core.Networks.Kernels;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Networks.Kernels;

[Collection(TorchCollection.Name)]
public sealed class CrewTests : IDisposable
{
    private readonly int threads = Torch.Threads;

    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(2, 1000)]
    [InlineData(5, 3)]
    [InlineData(5, 1000)]
    public void Every_piece_is_done_once(int threads, int pieces)
    {
        Torch.Threads = threads;
        for (var repetition = 0; repetition < 200; repetition++)
        {
            var done = new int[pieces];
            Crew.Share(pieces, piece => Interlocked.Increment(ref done[piece]));
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void Helpers_really_help()
    {
        Torch.Threads = 2;
        using var both = new Barrier(2);
        Crew.Share(2, _ => Assert.True(both.SignalAndWait(TimeSpan.FromSeconds(30))));
    }

    [Fact]
    public void What_a_piece_throws_comes_out_when_the_others_are_done()
    {
        Torch.Threads = 2;
        var done = 0;
        var thrown = Assert.Throws<InvalidOperationException>(() =>
            Crew.Share(
                100,
                piece =>
                {
                    if (piece == 3)
                        throw new InvalidOperationException("the third");
                    Interlocked.Increment(ref done);
                }
            )
        );
        Assert.Equal("the third", thrown.Message);
        Assert.Equal(99, done);
        Every_piece_is_done_once(2, 10);
    }

    [Fact]
    public void Work_within_work_and_work_of_several_callers_is_done()
    {
        Torch.Threads = 3;
        var done = 0;
        Parallel.For(0, 4, _ => Crew.Share(20, _ => Crew.Share(5, _ => Interlocked.Increment(ref done))));
        Assert.Equal(4 * 20 * 5, done);
    }

    public void Dispose() => Torch.Threads = threads;
}
