using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>Why a download is given or not.</summary>
internal enum LinkVerdict { Valid, Expired, Forged }

/// <summary>
/// Links under which anyone may fetch one file for a while: <c>/recordings/TENANT/ID/FILE?expires=UNIX&amp;signature=…</c>.
/// The signature covers the whole path and the end of its life; its key is the node's, from the database.
/// </summary>
public sealed class DownloadLinks(NodeIdentity node, PublicLinks links)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>Where the node is reached from outside.</summary>
    public PublicLinks Public => links;

    internal const string Recordings = "/recordings", Results = "/files", Messages = "/message_files";

    /// <summary>What stands in such a link before the id of a recording.</summary>
    public static string RootOfRecordings(TenantId tenant) => RootOf(Recordings, tenant);

    /// <param name="file">Name of the file that is saved, with its extension.</param>
    public string ToRecording(TenantId tenant, Guid recording, string file, DateTimeOffset now) =>
        To(Recordings, tenant, recording, file, now);

    /// <summary>A link to the file that a job left.</summary>
    /// <param name="file">Name of the file that is saved; its extension says what it is: csv, json, pdf, xml.</param>
    public string ToResult(TenantId tenant, Guid job, string file, DateTimeOffset now) => To(Results, tenant, job, file, now);

    /// <summary>A link to a file that goes with a message.</summary>
    public string ToMessageFile(TenantId tenant, Guid id, string file, DateTimeOffset now) => To(Messages, tenant, id, file, now);

    private string To(string root, TenantId tenant, Guid id, string file, DateTimeOffset now)
    {
        string path = PathOf(root, tenant, id, file);
        long expires = (now + Life).ToUnixTimeSeconds();
        return links.To(string.Create(CultureInfo.InvariantCulture, $"{path}?expires={expires}&signature={Sign(path, expires)}"));
    }

    /// <param name="file">As in the path, without its escapes.</param>
    internal LinkVerdict Judge(string root, TenantId tenant, Guid id, string file, string? expires, string? signature, DateTimeOffset now)
    {
        if (!long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out long end) || signature is null)
            return LinkVerdict.Forged;
        byte[] expected = Encoding.ASCII.GetBytes(Sign(PathOf(root, tenant, id, file), end));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature))) return LinkVerdict.Forged;
        return now.ToUnixTimeSeconds() > end ? LinkVerdict.Expired : LinkVerdict.Valid;
    }

    private static string PathOf(string root, TenantId tenant, Guid id, string file) =>
        $"{RootOf(root, tenant)}{id:D}/{Uri.EscapeDataString(file)}";

    private static string RootOf(string root, TenantId tenant) => $"{root}/{tenant}/";

    private string Sign(string path, long expires) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(node.TokenKey.Span,
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"download:{path}:{expires}"))));
}
