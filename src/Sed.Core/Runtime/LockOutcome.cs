namespace Sed.Core.Runtime;

/// <summary>What came of asking for the right to work in a folder.</summary>
public enum LockOutcome
{
    /// <summary>This process has it, until the lock is disposed.</summary>
    Mine,

    /// <summary>Another process, or another part of this one, has it at this moment.</summary>
    Held,

    /// <summary>Nobody can have it: the storage is read-only, rights are missing, or something is in the lock's place.</summary>
    CannotBeMade,
}
