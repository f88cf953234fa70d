namespace Ringwright.Programs.Agents;

/// <summary>The key of a model's server, in a file of its own.</summary>
public static class ModelKey
{
    private const int MostBytes = 8 * 1024;

    /// <summary>Why it has none, as part of a sentence and without anything of what is in the file; null when nothing is wrong.</summary>
    public static string? FaultOf(string path) => Read(path, out string? fault) is null ? fault : null;

    /// <param name="fault">As part of a sentence, without anything of what is in the file.</param>
    /// <returns>Null when there is none.</returns>
    public static string? Read(string path, out string? fault)
    {
        fault = null;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) fault = "there is no such file";
            else if (file.Length > MostBytes) fault = "it is too long for a key";
            if (fault is not null) return null;
            string key = File.ReadAllText(path).Trim();
            if (key.Length > 0 && key.All(c => c is > ' ' and <= '~')) return key;
            fault = "it must have one key of printable ASCII without spaces";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = "it cannot be read";
        }
        return null;
    }
}
