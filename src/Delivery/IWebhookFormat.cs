using System.Globalization;
using System.Text;
using System.Text.Json;
using Ringwright.Calls;

namespace Ringwright.Delivery;

/// <summary>How a dialect's webhooks look on the wire. Pure. Found by <see cref="OutboxMessage.Format"/>.</summary>
public interface IWebhookFormat
{
    /// <summary>As in <see cref="OutboxMessage.Format"/>: "telnyx".</summary>
    string Name { get; }

    string UserAgent { get; }

    string ContentType => "application/json";

    /// <summary>Header for the base64 of the Ed25519 signature over "timestamp|body".</summary>
    string SignatureHeader { get; }

    /// <summary>Header for the Unix seconds that were signed.</summary>
    string TimestampHeader { get; }

    /// <summary>The body of one attempt; signed and sent byte for byte.</summary>
    /// <param name="attempt">From 1, over all URLs.</param>
    /// <param name="url">Where this attempt goes.</param>
    byte[] Write(OutboxMessage message, int attempt, string url);

    /// <summary>Headers of the dialect's own.</summary>
    /// <param name="hasBody">False for GET.</param>
    IReadOnlyList<KeyValuePair<string, string>> Headers(OutboxMessage message, bool hasBody) => [];

    /// <summary>
    /// Waits between the tries of its messages, one fewer than tries, whatever schedule a message names; null where that holds.
    /// </summary>
    IReadOnlyList<TimeSpan>? Waits => null;

    /// <summary>An answer below 500 ends the tries of its messages, 408 and 429 among them.</summary>
    bool RetriesServerErrorsOnly => false;

    /// <summary>The account's token signs each of its webhooks, in a header of the dialect's own: <see cref="Sign"/>.</summary>
    bool SignsWithToken => false;

    /// <param name="url">With the event as its query, for GET.</param>
    /// <param name="hasBody">False for GET.</param>
    KeyValuePair<string, string> Sign(OutboxMessage message, string url, bool hasBody, string token) =>
        throw new InvalidOperationException("This format signs with no token.");

    /// <summary>
    /// The body as a query, for GET: every value of the JSON with its path in brackets,
    /// <c>data[payload][from]=…</c>, null as an empty text.
    /// </summary>
    string WriteQuery(OutboxMessage message, int attempt, string url)
    {
        using var json = JsonDocument.Parse(Write(message, attempt, url));
        var query = new StringBuilder();
        Flatten("", json.RootElement);
        return query.ToString();

        void Flatten(string path, JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var member in element.EnumerateObject())
                        Flatten(path.Length == 0 ? member.Name : $"{path}[{member.Name}]", member.Value);
                    break;
                case JsonValueKind.Array:
                    int index = 0;
                    foreach (var item in element.EnumerateArray())
                        Flatten($"{path}[{(index++).ToString(CultureInfo.InvariantCulture)}]", item);
                    break;
                default:
                    if (query.Length > 0) query.Append('&');
                    query.Append(Uri.EscapeDataString(path)).Append('=').Append(Uri.EscapeDataString(element.ToString()));
                    break;
            }
        }
    }
}
