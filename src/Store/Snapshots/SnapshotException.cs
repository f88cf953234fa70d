namespace Ringwright.Store.Snapshots;

/// <summary>A snapshot cannot be made or loaded; nothing was changed. The message is one sentence for whoever wrote the file.</summary>
public sealed class SnapshotException(string reason, Exception? cause = null) : Exception(reason, cause)
{
    internal static SnapshotException At(int line, string reason, Exception? cause = null) => new($"line {line}: {reason}", cause);
}
