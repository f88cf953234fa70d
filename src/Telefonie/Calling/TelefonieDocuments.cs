using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telefonie.Calling;

/// <summary>The document that commands a call, from its <c>url</c> and <c>method</c>: TeXML, asked for once the call is answered.</summary>
internal static class TelefonieDocuments
{
    /// <summary>What the body says; null where it names no <c>url</c>.</summary>
    public static (string Method, string Url)? Read(JsonObject body) =>
        (string?)body["url"] is { Length: > 0 } url ? ((string?)body["method"] ?? "POST", url) : null;

    /// <summary>What the schema cannot say of it.</summary>
    public static async ValueTask<Problem?> CheckAsync(TelefonieParts parts, JsonObject body, CancellationToken stop)
    {
        if ((string?)body["url"] is "") return TelefonieErrors.Bad("url", "url is empty.");
        if (Read(body) is not var (_, url))
            return body["method"] is null || body["url"] is not null ? null : TelefonieErrors.Bad("method", "method goes with url.");
        if (url.Length > Labels.MaxBytes / 4) return TelefonieErrors.Bad("url", $"url may have {Labels.MaxBytes / 4} characters.");
        return await parts.Egress.CheckUrlAsync(url, TargetUse.Document, stop) is { IsAllowed: false } verdict
            ? TelefonieErrors.Bad("url", verdict.Detail ?? "url is no URL that may be used.") : null;
    }

    /// <summary>The order to run it, and the URL by itself, which the call shows when the order is taken.</summary>
    public static (string, string?)[] Of((string Method, string Url)? document) => document is not var (method, url) ? [] :
    [
        (DocumentOrder.Label, DocumentOrder.OfUrl(Guid.CreateVersion7().ToString("N"), method, url).ToString()),
        (TelefonieLabels.Url, url),
    ];
}
