using System.Runtime.InteropServices;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>
/// Thrown when standard output cannot be written, for example because the program that reads it has ended.
/// </summary>
/// <param name="message">The cause, as a sentence.</param>
public sealed class OutputClosedException(string message) : IOException(message);

/// <summary>
/// Makes a process end when its redirected output can no longer be written. By default, .NET ignores a closed pipe, so
/// that the program continues without a reader. If standard error cannot be written, .NET prints a stack trace by
/// default.
/// </summary>
public static partial class StandardStreams
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;
    private const int DescriptorFlags = 1; // F_GETFD
    private const int ClosedAtStart = 1; // FD_CLOEXEC

    // Linux error numbers.
    private const int Interrupted = 4;
    private const int BadDescriptor = 9;
    private const int TryAgain = 11;
    private const int NoSpace = 28;
    private const int BrokenPipe = 32;

    /// <summary>
    /// Replaces redirected standard output by a stream that throws <see cref="OutputClosedException"/> on failure, and
    /// redirected standard error by a stream that ignores failures, because they cannot be reported. Does nothing on
    /// systems other than Linux.
    /// </summary>
    public static void Install()
    {
        if (!OperatingSystem.IsLinux())
            return;
        if (Console.IsOutputRedirected)
            Console.SetOut(WriterTo(new Descriptor(Output, isRequired: true)));
        if (Console.IsErrorRedirected)
            Console.SetError(WriterTo(new Descriptor(Error, isRequired: false)));
    }

    /// <summary>Whether the process was started without standard input.</summary>
    public static bool IsInputClosed => OperatingSystem.IsLinux() && IsClosed(Input);

    /// <summary>
    /// Whether a descriptor was closed when the process started. If the process has since opened a file with this
    /// descriptor, the descriptor is marked close-on-exec, unlike an inherited one.
    /// </summary>
    private static bool IsClosed(int descriptor) =>
        fcntl(descriptor, DescriptorFlags) is var flags && (flags < 0 || (flags & ClosedAtStart) != 0);

    /// <summary>A sentence that describes an error in writing to standard output.</summary>
    internal static string Explain(int error) =>
        error switch
        {
            BrokenPipe => "Stopped, because the program that reads the output has ended.",
            NoSpace => "Stopped, because the output cannot be written: no space is left on its device.",
            BadDescriptor => "Stopped, because standard output is closed.",
            _ => $"Stopped, because the output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.",
        };

    private static TextWriter WriterTo(Stream stream) =>
        TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true });

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int query);

    private sealed class Descriptor(int number, bool isRequired) : Stream
    {
        private readonly bool isClosed = IsClosed(number);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override unsafe void Write(ReadOnlySpan<byte> buffer)
        {
            if (isClosed)
            {
                Fail(BadDescriptor);
                return;
            }
            fixed (byte* bytes = buffer)
            {
                nint written = 0;
                while (written < buffer.Length)
                {
                    var count = write(number, bytes + written, buffer.Length - written);
                    if (count >= 0)
                        written += count;
                    else if (Marshal.GetLastPInvokeError() is TryAgain)
                        Thread.Sleep(1);
                    else if (Marshal.GetLastPInvokeError() is not Interrupted and var error)
                    {
                        Fail(error);
                        return;
                    }
                }
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private void Fail(int error)
        {
            if (isRequired)
                throw new OutputClosedException(Explain(error));
        }
    }
}
