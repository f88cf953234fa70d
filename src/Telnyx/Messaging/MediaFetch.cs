using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>Fetches the files that go with a message when it is taken in: what is behind a URL later is another thing.</summary>
internal static class MediaFetch
{
    public const string Urls = "media_urls";
    private const string Words = "text/plain";
    private const int Most = 10, MostBytes = 1024 * 1024, Redirects = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What phones show, and the ends of their files' names.</summary>
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        ["image/jpeg"] = "jpg", ["image/png"] = "png", ["image/gif"] = "gif", ["image/webp"] = "webp", ["image/bmp"] = "bmp",
        ["image/tiff"] = "tiff", ["image/heic"] = "heic", ["image/heif"] = "heif", ["video/mpeg"] = "mpeg", ["video/3gpp2"] = "3g2",
        ["video/mp4"] = "mp4", ["video/3gpp"] = "3gp", ["video/quicktime"] = "mov", ["video/webm"] = "webm",
        ["audio/aac"] = "aac", ["audio/webm"] = "weba", ["audio/3gpp2"] = "3g2",
        ["audio/mpeg"] = "mp3", ["audio/mp4"] = "m4a", ["audio/ogg"] = "ogg", ["audio/amr"] = "amr", ["audio/wav"] = "wav",
        ["audio/x-wav"] = "wav", ["audio/3gpp"] = "3gp", ["text/plain"] = "txt", ["text/vcard"] = "vcf", ["text/x-vcard"] = "vcf",
        ["text/calendar"] = "ics", ["text/csv"] = "csv", ["text/rtf"] = "rtf", ["application/pdf"] = "pdf",
        ["application/vnd.apple.pkpass"] = "pkpass",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Other names of some of them.</summary>
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>
    {
        ["image/jpg"] = "image/jpeg", ["image/pjpeg"] = "image/jpeg", ["image/x-png"] = "image/png", ["audio/mp3"] = "audio/mpeg",
        ["audio/x-m4a"] = "audio/mp4", ["audio/m4a"] = "audio/mp4", ["video/x-m4v"] = "video/mp4", ["audio/x-aac"] = "audio/aac",
        ["audio/amr-nb"] = "audio/amr", ["audio/wave"] = "audio/wav", ["audio/vnd.wave"] = "audio/wav", ["text/directory"] = "text/vcard",
        ["application/vcard"] = "text/vcard", ["text/x-vcalendar"] = "text/calendar", ["audio/mpeg3"] = "audio/mpeg",
        ["audio/x-mpeg"] = "audio/mpeg", ["audio/vnd.wav"] = "audio/wav", ["audio/3gp"] = "audio/3gpp", ["video/3gp"] = "video/3gpp",
        ["audio/vorbis"] = "audio/ogg", ["application/ogg"] = "audio/ogg", ["image/x-ms-bmp"] = "image/bmp", ["image/tif"] = "image/tiff",
        ["application/x-pdf"] = "application/pdf", ["application/rtf"] = "text/rtf",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What servers say of files of which nobody told them what they are, or that a browser is to keep and not to show.</summary>
    private static readonly string[] Unsaid =
    [
        "", "application/octet-stream", "binary/octet-stream", Words, "application/force-download", "application/x-download",
        "application/download",
    ];

    /// <summary>Ends of the names of files whose first bytes do not tell them apart.</summary>
    private static readonly FrozenDictionary<string, string> Ends = new Dictionary<string, string>
    {
        [".mp4"] = "video/mp4", [".mov"] = "video/quicktime", [".3gp"] = "video/3gpp", [".m4a"] = "audio/mp4", [".vcf"] = "text/vcard",
        [".heic"] = "image/heic", [".heif"] = "image/heif", [".3g2"] = "video/3gpp2", [".m4v"] = "video/mp4", [".aac"] = "audio/aac",
        [".ics"] = "text/calendar", [".txt"] = "text/plain", [".csv"] = "text/csv",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string NameOf(TextMedia media) => $"{media.Id:N}.{Types.GetValueOrDefault(media.ContentType, "bin")}";

    /// <summary>What a request names; builders of workflows send an empty text for none.</summary>
    public static IReadOnlyList<string> UrlsOf(JsonObject body) => [.. body.Texts(Urls).Where(url => url.Length > 0)];

    /// <summary>One after the other: a customer cannot have more fetched at once than he asks for.</summary>
    /// <returns>The files, or why there are none.</returns>
    public static async ValueTask<(IReadOnlyList<TextFile> Files, Problem? Problem)> FetchAsync(EgressClient egress, TenantId tenant,
        IReadOnlyList<string> urls, DateTimeOffset now, CancellationToken stop)
    {
        if (urls.Count > Most) return ([], Refuse("/" + Urls, $"A message has {Most} files at most."));
        var files = new List<TextFile>();
        int left = MostBytes;
        for (int i = 0; i < urls.Count; i++)
        {
            string at = $"/{Urls}/{i}";
            var got = await egress.SendAsync(new()
            {
                Url = urls[i], Use = TargetUse.Media, Timeout = Patience, MaxBytes = left, MaxRedirects = Redirects, Account = tenant,
            }, stop);
            if (got.Failure is EgressFailure.TooLarge) return ([], Refuse(at, $"The files have more than {MostBytes} bytes together."));
            if (!got.IsSuccess) return ([], Refuse(at, got.Detail ?? $"The file cannot be had: {SnakeName.Of(got.Failure)}."));
            string type = TypeOf(got, urls[i]);
            if (!Types.ContainsKey(type)) return ([], Refuse(at, $"No message carries files of the type '{type}'."));
            if (got.Body.Length == 0) return ([], Refuse(at, "The file is empty."));
            left -= got.Body.Length;
            files.Add(new(new(Guid.CreateVersion7(now), type, got.Body.Length, Convert.ToHexStringLower(SHA256.HashData(got.Body.Span))),
                got.Body.ToArray()));
        }
        return (files, null);
    }

    /// <summary>As its server says; where that says nothing useful, as its first bytes do, or the end of its name.</summary>
    private static string TypeOf(EgressResult got, string url)
    {
        string said = (got.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
        if (!Unsaid.Contains(said)) return Aliases.GetValueOrDefault(said, said);
        // Films, sounds and pictures of telephones begin alike, and words like nothing.
        if (MagicBytes.TypeOf(got.Body.Span) is { } found and not "video/mp4" && (said is not Words || Types.ContainsKey(found)))
            return found;
        string end = Uri.TryCreate(url, UriKind.Absolute, out var place) ? Path.GetExtension(place.AbsolutePath).ToLowerInvariant() : "";
        return Ends.GetValueOrDefault(end, said);
    }

    private static Problem Refuse(string pointer, string detail) => new("40317", detail) { Pointer = pointer };
}
