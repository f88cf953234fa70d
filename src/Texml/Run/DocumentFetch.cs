using System.Text;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Run;

/// <summary>A document that was asked for: it is there, or why it is not.</summary>
/// <param name="Url">Where it was found.</param>
internal sealed record Fetched(string Url, TexmlElement? Root, string? ContentType, string? Code, string? Problem)
{
    /// <summary>What is no document, and came as a plain text.</summary>
    public string? Plain { get; init; }

    /// <summary>The server has answered with nothing.</summary>
    public bool IsEmpty { get; init; }
}

/// <summary>Asks servers of customers for documents.</summary>
internal static class DocumentFetch
{
    /// <summary>Codes of TwiML: it could not be fetched; it is no document.</summary>
    public const string NotFetched = "11200", NoDocument = "12100";

    /// <param name="token">Signs the request, which has a name then, and each that it is sent on to; null signs nothing.</param>
    /// <param name="cookies">Sent with it, and set by whoever answers; null sends and keeps none.</param>
    public static async ValueTask<Fetched> FetchAsync(IEgress egress, TenantId account, string url, string method,
        IReadOnlyList<KeyValuePair<string, string>> parameters, SecretReader secrets, string? token, CallCookies? cookies,
        CancellationToken stop)
    {
        bool isGet = method.Equals("GET", StringComparison.OrdinalIgnoreCase);
        string form = Form(parameters);
        string asked = isGet ? WithQuery(url, form) : url;
        var result = await egress.SendAsync(new()
        {
            Url = asked,
            Use = TargetUse.Document,
            Method = isGet ? "GET" : "POST",
            Body = isGet ? (ReadOnlyMemory<byte>?)null : Encoding.ASCII.GetBytes(form),
            ContentType = isGet ? null : "application/x-www-form-urlencoded",
            Headers =
            [
                new("accept", "application/xml, text/xml, audio/*, text/uri-list"),
                new("user-agent", "ringwright-texml"),
                .. token is null ? [] : (KeyValuePair<string, string>[])[TwimlSignature.NameOf(Guid.NewGuid())],
            ],
            HeadersOf = (target, carriesBody) => HeadersOf(target, carriesBody ? parameters : [], token, cookies),
            SetsCookie = cookies is null ? null : cookies.Keep,
            Timeout = Limits.Fetch,
            MaxBytes = Limits.DocumentBytes,
            MaxRedirects = Limits.Redirects,
            Account = account,
        }, stop);
        // Without the parameters of this request: they are no part of its address, and are the next one's when they come again.
        string at = result.Url is { } found && found != asked ? found : url;
        // A sound is fetched again by whoever plays it, with bounds of its own: here it is enough that it is one.
        bool isSound = result.ContentType?.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) is true;
        if (isSound && (result.IsSuccess || result is { Failure: EgressFailure.TooLarge, Status: >= 200 and < 300 }))
            return new(at, null, result.ContentType, null, null);
        if (!result.IsSuccess) return new(at, null, result.ContentType, NotFetched, result.Detail ?? "it could not be fetched");
        string? plain = null;
        try
        {
            string text = await secrets.RenderAsync(TexmlText.Decode(result.Body.Span, result.ContentType), parameters, stop);
            if (IsPlain(result.ContentType)) plain = text.Trim();
            var root = SoundList.Is(result.ContentType) ? SoundList.Read(text) : TexmlReader.Read(text);
            return new(at, root, result.ContentType, null, null);
        }
        catch (TexmlException bad)
        {
            return new(at, null, result.ContentType, NoDocument, $"{bad.Message} ({bad.At})")
            {
                Plain = plain, IsEmpty = result.Body.IsEmpty,
            };
        }
    }

    private static List<KeyValuePair<string, string>> HeadersOf(Uri target, IReadOnlyList<KeyValuePair<string, string>> form, string? token,
        CallCookies? cookies)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (token is not null) headers.Add(TwimlSignature.Header(token, TwimlSignature.UrlOf(target), form));
        if (cookies?.Of(target) is { Length: > 0 } kept) headers.Add(new("cookie", kept));
        return headers;
    }

    private static bool IsPlain(string? contentType) =>
        contentType?.Split(';')[0].Trim().Equals("text/plain", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>For people: a query may have what callers pressed and said, and secrets of the customer's.</summary>
    public static string Shown(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetComponents(UriComponents.HttpRequestUrl & ~UriComponents.Query,
            UriFormat.UriEscaped) : url.Split('?')[0];

    /// <summary>As application/x-www-form-urlencoded, in ASCII.</summary>
    public static string Form(IEnumerable<KeyValuePair<string, string>> parameters) =>
        string.Join('&', parameters.Select(one => $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(one.Value)}"));

    private static string WithQuery(string url, string form)
    {
        int fragment = url.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0) url = url[..fragment];
        return url + (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + form;
    }
}
