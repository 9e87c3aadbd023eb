using Sed.Core.Networks.Kernels;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Networks.Kernels;

[Collection(TorchCollection.Name)]
public sealed class KernelThreadsTests : IDisposable
{
    private readonly int threads = Torch.Threads;

    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(2, 1000)]
    [InlineData(5, 3)]
    [InlineData(5, 1000)]
    public void Every_item_is_processed_once(int threads, int items)
    {
        Torch.Threads = threads;
        for (var repetition = 0; repetition < 200; repetition++)
        {
            var done = new int[items];
            KernelThreads.Run(items, item => Interlocked.Increment(ref done[item]));
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void Several_threads_work_at_once()
    {
        Torch.Threads = 2;
        using var both = new Barrier(2);
        KernelThreads.Run(2, _ => Assert.True(both.SignalAndWait(TimeSpan.FromSeconds(30))));
    }

    [Fact]
    public void An_exception_is_rethrown_after_all_items_are_done()
    {
        Torch.Threads = 2;
        var done = 0;
        var thrown = Assert.Throws<InvalidOperationException>(() =>
            KernelThreads.Run(
                100,
                item =>
                {
                    if (item == 3)
                        throw new InvalidOperationException("the third");
                    Interlocked.Increment(ref done);
                }
            )
        );
        Assert.Equal("the third", thrown.Message);
        Assert.Equal(99, done);
        Every_item_is_processed_once(2, 10);
    }

    [Fact]
    public void Nested_and_concurrent_calls_process_all_items()
    {
        Torch.Threads = 3;
        var done = 0;
        Parallel.For(0, 4, _ => KernelThreads.Run(20, _ => KernelThreads.Run(5, _ => Interlocked.Increment(ref done))));
        Assert.Equal(4 * 20 * 5, done);
    }

    public void Dispose() => Torch.Threads = threads;
}
