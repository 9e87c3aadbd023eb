using System.Runtime.ExceptionServices;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// The threads that share a kernel's work. Work is cut by the data alone, each piece writes its own results, and sums
/// over pieces are taken in their order: who did which piece, and how many shared, leaves no trace in the digits.
/// The threads stay, so that each has its working memory (<see cref="Scratch"/>) once for the whole process.
/// </summary>
internal static class Crew
{
    private static readonly List<Thread> helpers = [];
    private static readonly SemaphoreSlim calls = new(0);
    private static Job? current;

    /// <summary>
    /// Does pieces 0 to <paramref name="pieces"/> - 1, in any order, and returns when all are done. Whoever calls while the
    /// helpers are at work for another does the pieces alone.
    /// </summary>
    /// <exception cref="Exception">The first that a piece threw; the other pieces are done all the same.</exception>
    public static void Share(int pieces, Action<int> work)
    {
        var wanted = Math.Min(Torch.KernelThreads, pieces) - 1;
        var job = new Job(pieces, wanted, work);
        if (wanted > 0 && Interlocked.CompareExchange(ref current, job, null) is null)
        {
            while (helpers.Count < wanted)
                Hire();
            calls.Release(wanted);
            job.Work();
            job.WaitForHelpers();
            Volatile.Write(ref current, null);
        }
        else
            job.Work();
        job.ThrowFailure();
    }

    private static void Hire()
    {
        var helper = new Thread(Help) { IsBackground = true, Name = $"kernels {helpers.Count + 1}" };
        helpers.Add(helper);
        helper.Start();
    }

    private static void Help()
    {
        while (true)
        {
            calls.Wait();
            // One that comes late finds nothing left, or already the next job.
            Volatile.Read(ref current)?.Help();
        }
    }

    /// <summary>Pieces of work that several threads take one after the other.</summary>
    private sealed class Job(int pieces, int helpersWanted, Action<int> work)
    {
        private readonly ManualResetEventSlim allDone = new();
        private int next = -1;
        private int done;
        private int places = helpersWanted;
        private Exception? failure;

        /// <summary>Works on the job if there is a place for one more.</summary>
        public void Help()
        {
            if (Interlocked.Decrement(ref places) >= 0)
                Work();
        }

        public void Work()
        {
            for (var piece = Interlocked.Increment(ref next); piece < pieces; piece = Interlocked.Increment(ref next))
            {
                try
                {
                    work(piece);
                }
                catch (Exception thrown)
                {
                    Interlocked.CompareExchange(ref failure, thrown, null);
                }
                if (Interlocked.Increment(ref done) == pieces)
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
