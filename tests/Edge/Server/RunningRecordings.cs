using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Recordings that a node is making.</summary>
internal static class RunningRecordings
{
    /// <summary>
    /// Waits until a recording has sound in its file: it begins a moment after its row is there, and one that ends before its first tick
    /// has no length.
    /// </summary>
    /// <param name="id">Null for any.</param>
    public static Task RecordsAsync(this RunningNode node, string? id = null)
    {
        var parts = new DirectoryInfo(Path.Combine(node.Node.Settings.Data, "recordings", "parts"));
        return Eventually.TrueAsync(() => Directory.Exists(parts.FullName)
            && parts.EnumerateFiles($"{id ?? "*"}.part").Any(part => part.Length > WavFile.HeaderBytes), "there is sound in its file");
    }
}
