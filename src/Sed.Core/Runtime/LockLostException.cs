namespace Sed.Core.Runtime;

/// <summary>
/// The right to work in a folder has gone to another process while this one was stopped, or could not reach the folder, for
/// so long that it counted as gone. Nothing more may be written there.
/// </summary>
/// <param name="folder">The folder.</param>
public sealed class LockLostException(string folder)
    : Exception($"{folder} has been taken over by another process, since this one gave no sign of life for a while.");
