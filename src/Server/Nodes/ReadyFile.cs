using System.Text.Json;

namespace Ringwright.Server.Nodes;

/// <summary>
/// The file of <c>serve --ready-file</c>: there while the node takes work, and only then; a script waits for it and reads where the node
/// listens. One that a killed node left goes when the next one has the data folder.
/// </summary>
internal static class ReadyFile
{
    /// <summary>In one step, so that nobody reads half of it.</summary>
    /// <param name="path">Absolute; null writes none.</param>
    /// <exception cref="StartRefused">The file cannot be written.</exception>
    public static void Write(string? path, NodeStatus status) => Try(path, file =>
    {
        string part = $"{file}.{Environment.ProcessId}.part";
        File.WriteAllText(part, JsonSerializer.Serialize(status, NodeStatusJson.Default.NodeStatus) + "\n");
        File.Move(part, file, overwrite: true);
    });

    /// <summary>By whoever holds the data folder: what a refused start took away could be that of the node which is running.</summary>
    /// <exception cref="StartRefused">It is there and stays.</exception>
    public static void Remove(string? path) => Try(path, File.Delete);

    /// <summary>The same when a node stops, which nothing keeps from it: its folder may have gone before.</summary>
    public static void Forget(string? path)
    {
        try
        {
            Remove(path);
        }
        catch (StartRefused)
        {
            // Whoever reads it finds nobody where it says.
        }
    }

    private static void Try(string? path, Action<string> write)
    {
        if (path is null) return;
        try
        {
            write(path);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"--ready-file: {failed.Message}");
        }
    }
}
