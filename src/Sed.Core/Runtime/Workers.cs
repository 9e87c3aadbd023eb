using System.Runtime.ExceptionServices;

namespace Sed.Core.Runtime;

/// <summary>Work on all processors, whose first failure arrives as it was thrown and not wrapped in others.</summary>
public static class Workers
{
    /// <summary>Calls a body for every number from 0 on; each processor takes the next number when it is free.</summary>
    /// <param name="count">How many numbers.</param>
    /// <param name="body">The work; called from several threads at once.</param>
    /// <param name="cancellation">Stops before the next number.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static void Run(int count, Action<int> body, CancellationToken cancellation = default) =>
        Run(count, () => body, cancellation);

    /// <summary>The same with a body for each thread, which can keep memory of its own.</summary>
    /// <param name="count">How many numbers.</param>
    /// <param name="bodyOfThread">Makes a thread's body.</param>
    /// <param name="cancellation">Stops before the next number.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static void Run(int count, Func<Action<int>> bodyOfThread, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bodyOfThread);
        cancellation.ThrowIfCancellationRequested();
        var next = -1;
        var threads = Math.Min(Environment.ProcessorCount, count);
        ExceptionDispatchInfo? failure = null;
        void Work(int thread)
        {
            try
            {
                Action<int> body = bodyOfThread();
                while (failure is null && !cancellation.IsCancellationRequested)
                    if (Interlocked.Increment(ref next) is var i && i < count)
                        body(i);
                    else
                        return;
            }
            catch (Exception thrown)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(thrown), null);
            }
        }
        if (threads > 0)
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, Work);
        failure?.Throw();
        cancellation.ThrowIfCancellationRequested();
    }
}
