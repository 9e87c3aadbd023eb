using System.Runtime.ExceptionServices;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Thread pool of the CPU kernels. Results do not depend on the number of threads: only the data determine how work is
/// divided into items, each item writes its own results, and reductions over items run in item order. The threads run
/// until the process ends and keep their <see cref="Scratch"/> memory.
/// </summary>
internal static class KernelThreads
{
    private static readonly List<Thread> helpers = [];
    private static readonly SemaphoreSlim wakeUps = new(0);
    private static Job? current;

    /// <summary>
    /// Processes the items 0 to <paramref name="items"/> - 1 in any order on <see cref="Torch.KernelThreads"/> threads
    /// and returns when all are done. If another caller is using the pool, the calling thread processes all items
    /// itself.
    /// </summary>
    /// <exception cref="Exception">
    /// The first exception thrown by an item. It is thrown after all other items are done.
    /// </exception>
    public static void Run(int items, Action<int> work)
    {
        var wanted = Math.Min(Torch.KernelThreads, items) - 1;
        var job = new Job(items, wanted, work);
        if (wanted > 0 && Interlocked.CompareExchange(ref current, job, null) is null)
        {
            while (helpers.Count < wanted)
                AddHelper();
            wakeUps.Release(wanted);
            job.Work();
            job.WaitForHelpers();
            Volatile.Write(ref current, null);
        }
        else
            job.Work();
        job.ThrowFailure();
    }

    private static void AddHelper()
    {
        var helper = new Thread(Help) { IsBackground = true, Name = $"kernels {helpers.Count + 1}" };
        helpers.Add(helper);
        helper.Start();
    }

    private static void Help()
    {
        while (true)
        {
            wakeUps.Wait();
            // A thread that wakes up only after the end of its job finds either no job or the next job.
            Volatile.Read(ref current)?.Help();
        }
    }

    /// <summary>
    /// A set of items that several threads process. Each thread repeatedly takes the next unprocessed item.
    /// </summary>
    private sealed class Job(int items, int helpersWanted, Action<int> work)
    {
        private readonly ManualResetEventSlim allDone = new();
        private int next = -1;
        private int done;
        private int helpersLeft = helpersWanted;
        private Exception? failure;

        /// <summary>
        /// Processes items together with other threads. Does nothing if the job already has its number of helpers.
        /// </summary>
        public void Help()
        {
            if (Interlocked.Decrement(ref helpersLeft) >= 0)
                Work();
        }

        public void Work()
        {
            for (var item = Interlocked.Increment(ref next); item < items; item = Interlocked.Increment(ref next))
            {
                try
                {
                    work(item);
                }
                catch (Exception thrown)
                {
                    Interlocked.CompareExchange(ref failure, thrown, null);
                }
                if (Interlocked.Increment(ref done) == items)
                    allDone.Set();
            }
        }

        public void WaitForHelpers() => allDone.Wait();

        public void ThrowFailure()
        {
            if (failure is not null)
                ExceptionDispatchInfo.Throw(failure);
        }
    }
}
