using System.Runtime.ExceptionServices;

namespace Sed.Core.Runtime;

/// <summary>
/// Parallel loops on all processors. If a loop body throws, the first exception is rethrown unchanged, not as an <see
/// cref="AggregateException"/>.
/// </summary>
public static class Workers
{
    /// <summary>Calls a body for the indices 0 to <paramref name="count"/> - 1, with dynamic scheduling.</summary>
    /// <param name="count">Number of indices.</param>
    /// <param name="body">The loop body; must be thread-safe.</param>
    /// <param name="cancellation">Cancels the loop: no further index is started.</param>
    /// <exception cref="OperationCanceledException">The loop was cancelled.</exception>
    public static void Run(int count, Action<int> body, CancellationToken cancellation = default) =>
        Run(count, () => body, cancellation);

    /// <summary>
    /// Calls a body for the indices 0 to <paramref name="count"/> - 1. Each thread has a body of its own, so that a
    /// body can own buffers.
    /// </summary>
    /// <param name="count">Number of indices.</param>
    /// <param name="bodyOfThread">Creates the body of one thread.</param>
    /// <param name="cancellation">Cancels the loop: no further index is started.</param>
    /// <exception cref="OperationCanceledException">The loop was cancelled.</exception>
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
