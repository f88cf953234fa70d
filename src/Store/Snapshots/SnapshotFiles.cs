using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Ringwright.Store.Snapshots;

/// <summary>
/// The files that rows speak of, as lines of at most a megabyte each: <c>path</c> below the data folder, <c>content</c> in base64, and in the last one the
/// <c>sha256</c> of the whole file.
/// </summary>
internal sealed class SnapshotFiles(string dataFolder)
{
    private const int PartBytes = 1 << 20;
    private static readonly string[] Folders = ["media", "recordings"];

    /// <summary>The file of a row, if it has one and it is still there.</summary>
    public IEnumerable<JsonObject> PartsOf(SnapshotTable table, JsonObject row)
    {
        string? path = table.Kind switch
        {
            "media" => "media/" + (string?)row["file"],
            "recording" => ((string?)row["blob"])?.Replace('\\', '/'),
            _ => null,
        };
        if (path is null || !File.Exists(PathOf(path))) yield break;
        using var file = File.OpenRead(PathOf(path));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] part = new byte[PartBytes];
        while (true)
        {
            int read = file.ReadAtLeast(part, part.Length, throwOnEndOfStream: false);
            hash.AppendData(part, 0, read);
            var line = new JsonObject { ["path"] = path, ["content"] = Convert.ToBase64String(part, 0, read) };
            bool isLast = file.Position == file.Length;
            if (isLast) line["sha256"] = Convert.ToHexStringLower(hash.GetHashAndReset());
            yield return line;
            if (isLast) yield break;
        }
    }

    public string PathOf(string path) => Path.Combine(dataFolder, Path.Combine(path.Split('/')));

    /// <summary>True for a path that a snapshot may write: one of ours, and nowhere else.</summary>
    public static bool IsOurs(string path)
    {
        string[] names = path.Split('/');
        return names.Length is 2 or 3 && Folders.Contains(names[0]) && names.Skip(1).All(n => n.Length > 0 && n[0] != '.' && n.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'));
    }
}
