using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>Why a download is given or not.</summary>
internal enum LinkVerdict { Valid, Expired, Forged }

/// <summary>
/// Links under which anyone may fetch one recording for a while: <c>/recordings/TENANT/ID/FILE?expires=UNIX&amp;signature=…</c>. The signature covers the
/// whole path and the end of its life; its key is the node's, from the database.
/// </summary>
public sealed class RecordingLinks(NodeIdentity node, PublicLinks links)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    internal const string Root = "/recordings";

    /// <param name="file">Name of the file that is saved, with its extension.</param>
    public string To(TenantId tenant, Guid recording, string file, DateTimeOffset now)
    {
        string path = PathOf(tenant, recording, file);
        long expires = (now + Life).ToUnixTimeSeconds();
        return links.To(string.Create(CultureInfo.InvariantCulture, $"{path}?expires={expires}&signature={Sign(path, expires)}"));
    }

    /// <param name="file">As in the path, without its escapes.</param>
    internal LinkVerdict Judge(TenantId tenant, Guid recording, string file, string? expires, string? signature, DateTimeOffset now)
    {
        if (!long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out long end) || signature is null) return LinkVerdict.Forged;
        byte[] expected = Encoding.ASCII.GetBytes(Sign(PathOf(tenant, recording, file), end));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature))) return LinkVerdict.Forged;
        return now.ToUnixTimeSeconds() > end ? LinkVerdict.Expired : LinkVerdict.Valid;
    }

    private static string PathOf(TenantId tenant, Guid recording, string file) => $"{Root}/{tenant}/{recording:D}/{Uri.EscapeDataString(file)}";

    private string Sign(string path, long expires) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(node.TokenKey.Span, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"recording:{path}:{expires}"))));
}
