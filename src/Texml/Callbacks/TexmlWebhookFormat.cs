using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Delivery;
using Ringwright.Texml.Run;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Callbacks;

/// <summary>Callbacks are forms. The body is kept as a JSON object of texts; signed is the form.</summary>
public sealed class TexmlWebhookFormat : IWebhookFormat
{
    public const string FormatName = "texml";

    public string Name => FormatName;
    public string UserAgent => "ringwright-texml";
    public string ContentType => "application/x-www-form-urlencoded";
    public string SignatureHeader => "telnyx-signature-ed25519";
    public string TimestampHeader => "telnyx-timestamp";

    public byte[] Write(OutboxMessage message, int attempt, string url) => Encoding.ASCII.GetBytes(Form(message));

    public string WriteQuery(OutboxMessage message, int attempt, string url) => Form(message);

    /// <summary>The same with each try, and when it is sent again.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers(OutboxMessage message, bool hasBody) => [TwimlSignature.NameOf(message.Id)];

    public bool SignsWithToken => true;

    /// <summary>The URL as it goes out: with the escapes, and the slash behind the host, that a server sees.</summary>
    public KeyValuePair<string, string> Sign(OutboxMessage message, string url, bool hasBody, string token) =>
        TwimlSignature.Header(token, Uri.TryCreate(url, UriKind.Absolute, out var target) ? TwimlSignature.UrlOf(target) : url,
            hasBody ? Fields(message) : []);

    private static string Form(OutboxMessage message) => DocumentFetch.Form(Fields(message));

    private static IEnumerable<KeyValuePair<string, string>> Fields(OutboxMessage message) =>
        ((JsonObject)JsonNode.Parse(message.Body)!).Select(one => new KeyValuePair<string, string>(one.Key, (string?)one.Value ?? ""));
}
