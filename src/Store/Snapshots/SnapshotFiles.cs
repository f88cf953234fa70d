using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Store.Areas;
using Ringwright.Core;
using Ringwright.Store.Blobs;

namespace Ringwright.Store.Snapshots;

/// <summary>
/// The blobs that rows speak of, as lines of at most a megabyte each: <c>path</c> (the area and what the row calls it), <c>content</c> in
/// base64, and in the last one the <c>sha256</c> of the whole file.
/// </summary>
internal sealed class SnapshotFiles(IBlobs blobs)
{
    private const int PartBytes = 1 << 20;
    private static readonly string[] Folders = ["media", "recordings"];

    /// <summary>
    /// The file of a row, if it has one and it is still there. The thread waits for the store, as it does for the database.
    /// </summary>
    public IEnumerable<JsonObject> PartsOf(StoreTable table, JsonObject row)
    {
        // both kinds have owners
        if (PathOf(table.Kind, row) is not { } path || KeyOf(path, new(Guid.Parse((string)row["tenant_id"]!))) is not { } key) yield break;
        if (Wait(blobs.FindAsync(key, CancellationToken.None)) is not { } facts
            || Wait(blobs.OpenAsync(key, 0, null, CancellationToken.None)) is not { } file) yield break;
        using (file)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] part = new byte[PartBytes];
            for (long done = 0; ;)
            {
                int read = Wait(file.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false));
                hash.AppendData(part, 0, read);
                done += read;
                var line = new JsonObject { ["path"] = path, ["content"] = Convert.ToBase64String(part, 0, read) };
                bool isLast = done >= facts.Bytes || read < part.Length;
                if (isLast) line["sha256"] = Convert.ToHexStringLower(hash.GetHashAndReset());
                yield return line;
                if (isLast) yield break;
            }
        }
    }

    /// <summary>What a row's file is called in a snapshot; null for a row that has none.</summary>
    public static string? PathOf(string kind, JsonObject row) => kind switch
    {
        "media" => "media/" + (string?)row["file"],
        "recording" => ((string?)row["blob"])?.Replace('\\', '/'),
        _ => null,
    };

    /// <summary>Null when nothing of ours is called that.</summary>
    public static BlobKey? KeyOf(string path, TenantId owner) =>
        BlobKey.Read(path.StartsWith("media/", StringComparison.Ordinal) ? BlobArea.Media : BlobArea.Recordings, owner, path);

    /// <summary>True for a path that a snapshot may write: one of ours, and nowhere else.</summary>
    public static bool IsOurs(string path)
    {
        string[] names = path.Split('/');
        return names.Length is 2 or 3 && Folders.Contains(names[0])
            && names.Skip(1).All(n => n.Length > 0 && n[0] != '.' && n.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'));
    }

    private static T Wait<T>(ValueTask<T> answer) => answer.AsTask().GetAwaiter().GetResult();
}
