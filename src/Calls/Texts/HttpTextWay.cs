using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Core;

namespace Ringwright.Calls.Texts;

/// <summary>
/// What a carrier is asked by HTTP for each text, and where what it says stands. The operator writes it: no two carriers speak alike.
/// Places are JSON pointers (RFC 6901); a form is read as an object of its fields.
/// </summary>
public sealed partial record HttpTextWay
{
    private const int LongestId = 128, LongestCode = 8, LongestNumber = 15;
    private const string Scheme = "tel:";
    /// <summary>In place of a zero, which nobody can keep.</summary>
    private const char Unknown = '\uFFFD';

    /// <summary>It is asked by POST.</summary>
    public required string Url { get; init; }
    /// <summary>With <see cref="Words"/> in braces, each written as the body's kind wants it.</summary>
    public required string Body { get; init; }
    /// <summary>Fields of a form; else JSON.</summary>
    public bool IsForm { get; init; }
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
    /// <summary>In the answer: what the carrier calls the text. Null where it calls it nothing.</summary>
    public string? IdAt { get; init; }
    /// <summary>In what the carrier sends: a list of such things; null where each is sent by itself.</summary>
    public string? ItemsAt { get; init; }
    /// <summary>In a receipt: what the carrier calls the text, and what became of it. Null where it sends none.</summary>
    public string? ReceiptIdAt { get; init; }
    public string? ReceiptStateAt { get; init; }
    /// <summary>In a receipt: the number that sent the text, and who got it. They settle a text whose answer was lost.</summary>
    public string? ReceiptFromAt { get; init; }
    public string? ReceiptToAt { get; init; }
    /// <summary>The carrier's words beside the usual ones; whichever case they have.</summary>
    public IReadOnlyDictionary<string, SmppOutcome> States { get; init; } = new Dictionary<string, SmppOutcome>();
    /// <summary>In a text for a number of this node: all four, or none.</summary>
    public string? TextIdAt { get; init; }
    public string? TextFromAt { get; init; }
    public string? TextToAt { get; init; }
    public string? TextAt { get; init; }

    /// <summary>What may stand in braces. The carrier's password in a header or the body is nowhere else.</summary>
    public static IReadOnlyList<string> Words { get; } = ["from", "to", "text", "id", "password"];

    /// <summary>The body of a request, with each word as it is.</summary>
    public string Compose(Func<string, string> word) => Braces().Replace(Body, found =>
        IsForm ? Uri.EscapeDataString(word(found.Groups[1].Value))
            : JsonEncodedText.Encode(word(found.Groups[1].Value), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString());

    public IReadOnlyList<KeyValuePair<string, string>> ComposeHeaders(Func<string, string> word) =>
        [.. Headers.Select(one => KeyValuePair.Create(one.Key, Braces().Replace(one.Value, found => word(found.Groups[1].Value))))];

    /// <summary>Words in braces that mean nothing.</summary>
    public static IReadOnlyList<string> UnknownWords(string template) =>
        [.. Braces().Matches(template).Select(found => found.Groups[1].Value).Where(word => !Words.Contains(word)).Distinct()];

    /// <summary>What an answer means.</summary>
    /// <param name="status">Null when there was none.</param>
    /// <param name="hasLeft">Something of the request may have reached the carrier.</param>
    public HttpTextAnswer Judge(int? status, bool hasLeft, ReadOnlyMemory<byte> body)
    {
        string said = $"http {status}";
        return status switch
        {
            // Nothing left: it goes again, and a pause is all that it costs.
            null when !hasLeft => new(SmppStatus.Throttled, "") { IsPause = true },
            null => new(null, "") { IsPause = true },
            >= 200 and < 300 when IdAt is null => new(SmppStatus.Ok, ""),
            >= 200 and < 300 when Of(Parse(body), IdAt) is { Length: > 0 and <= LongestId } id => new(SmppStatus.Ok, id),
            // It took the request and says nothing that can be read: another copy would help nobody.
            >= 200 and < 300 => new(null, "") { Error = "no id", IsFinalDoubt = true },
            429 => new(SmppStatus.Throttled, "") { Error = said, IsPause = true },
            408 or >= 500 => new(null, "") { Error = said, IsPause = true },
            // The fault is the way's, not the text's.
            < 400 or 401 or 403 or 404 or 405 => new(SmppStatus.SystemError, "") { Error = said, IsPause = true },
            413 => new(SmppStatus.BadMessageLength, "") { Error = said },
            _ => new(SmppStatus.PermanentAppError, "") { Error = said },
        };
    }

    /// <summary>What the carrier has sent, one by one.</summary>
    /// <returns>Null when it is neither JSON nor what the way says.</returns>
    public IReadOnlyList<HttpTextSaid>? Read(JsonNode? sent)
    {
        if ((ItemsAt is null ? sent : Found(sent, ItemsAt)) is not { } all) return null;
        var read = (all is JsonArray list ? list : (IEnumerable<JsonNode?>)[all]).Select(ReadOne).ToList();
        return read.Count > 0 && read.TrueForAll(one => one is not null) ? [.. read.OfType<HttpTextSaid>()] : null;
    }

    /// <summary>Null for what is no JSON.</summary>
    public static JsonNode? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            // A second field of one name is no JSON of ours: who reads which would be a guess.
            return JsonNode.Parse(body.Span, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// The same of what a carrier sends. Half of a pair of surrogates, which is left of an emoji where a text was cut, becomes U+FFFD: the
    /// text would be none for it.
    /// </summary>
    public static JsonNode? ParseSent(ReadOnlyMemory<byte> body)
    {
        byte[] octets = body.ToArray();
        HalfPairs.Mend(octets);
        return Parse(octets);
    }

    /// <summary>Empty, or each step behind a stroke.</summary>
    public static bool IsPointer(string pointer) => pointer.Length == 0 || pointer[0] == '/';

    private HttpTextSaid? ReadOne(JsonNode? one)
    {
        // A text first: what it says may stand where a receipt has something else.
        if (Of(one, TextIdAt) is { Length: > 0 and <= LongestId } name && Of(one, TextFromAt) is { } from && Of(one, TextToAt) is { } to
            && Of(one, TextAt) is { } words)
            return new HttpTextSaid.Text(name, Party(from), Party(to), words.Replace('\0', Unknown));
        if (Of(one, ReceiptIdAt) is { Length: > 0 and <= LongestId } id && Of(one, ReceiptStateAt) is { } state)
            return new HttpTextSaid.Receipt(id, OutcomeOf(state), state, Party(Of(one, ReceiptFromAt) ?? ""),
                Party(Of(one, ReceiptToAt) ?? ""));
        return null;
    }

    private SmppOutcome OutcomeOf(string state)
    {
        foreach (var (word, outcome) in States)
            if (string.Equals(word, state, StringComparison.OrdinalIgnoreCase)) return outcome;
        return state.ToLowerInvariant() switch
        {
            "delivered" or "delivrd" or "read" or "deliveredtoterminal" or "message-delivered" => SmppOutcome.Delivered,
            "undelivered" or "undeliverable" or "undeliv" or "failed" or "delivery_failed" or "sending_failed" or "aborted"
                or "deliveryimpossible" or "message-failed" or "noroute" => SmppOutcome.Undeliverable,
            "rejected" or "rejectd" or "blocked" or "blist" => SmppOutcome.Rejected,
            "expired" => SmppOutcome.Expired,
            "deleted" or "cancelled" or "canceled" => SmppOutcome.Deleted,
            "unknown" or "delivery_unconfirmed" or "deliveryuncertain" => SmppOutcome.Unknown,
            _ => SmppOutcome.OnItsWay,
        };
    }

    /// <summary>Text or a number, as text.</summary>
    private static string? Of(JsonNode? node, string? pointer)
    {
        try
        {
            return pointer is null || Find(node, pointer) is not JsonValue value ? null
                : value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
        }
        catch (InvalidOperationException)
        {
            // Octets that are no UTF-8, or half a surrogate pair: nobody looks at them before they are read.
            return null;
        }
    }

    private static JsonNode? Found(JsonNode? node, string pointer)
    {
        try
        {
            return Find(node, pointer);
        }
        catch (InvalidOperationException)
        {
            // As above, in a name.
            return null;
        }
    }

    private static JsonNode? Find(JsonNode? node, string pointer)
    {
        foreach (string step in pointer.Split('/').Skip(1))
        {
            string name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node switch
            {
                JsonObject fields => fields[name],
                JsonArray items when int.TryParse(name, out int at) && at >= 0 && at < items.Count => items[at],
                _ => null,
            };
        }
        return node;
    }

    /// <summary>
    /// Many carriers leave the plus of a number away, or write two zeros for it; a short code has at most eight digits. What begins with
    /// one zero is a national number, whose country nobody has said. Some write a URI, as the networks' common API (OneAPI) has it.
    /// </summary>
    private static string Party(string party)
    {
        string trimmed = party.Trim();
        if (trimmed.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) trimmed = trimmed[Scheme.Length..].Trim();
        if (trimmed.Length <= LongestCode || !trimmed.All(char.IsAsciiDigit)) return trimmed;
        string digits = trimmed.StartsWith("00", StringComparison.Ordinal) ? trimmed[2..] : trimmed;
        return digits.Length <= LongestNumber && !digits.StartsWith('0') ? "+" + digits : trimmed;
    }

    [GeneratedRegex(@"\{([a-z_]+)\}")]
    private static partial Regex Braces();
}

/// <summary>What an answer by HTTP means for the text.</summary>
/// <param name="Status">In SMPP's terms; null when nobody knows whether the carrier has the text.</param>
/// <param name="Id">The carrier's, when it took the text and says one.</param>
public sealed record HttpTextAnswer(uint? Status, string Id)
{
    /// <summary>For people.</summary>
    public string? Error { get; init; }
    /// <summary>The carrier is given a rest.</summary>
    public bool IsPause { get; init; }
    /// <summary>In doubt, and never sent again, whatever the operator says of doubt.</summary>
    public bool IsFinalDoubt { get; init; }
}

/// <summary>Something that a carrier sends by HTTP.</summary>
public abstract record HttpTextSaid
{
    private HttpTextSaid() { }

    /// <param name="Word">The carrier's own for what became of the text.</param>
    /// <param name="Sender">The number that sent the text; empty where the carrier does not say it.</param>
    /// <param name="Recipient">Who got it; empty likewise.</param>
    public sealed record Receipt(string Id, SmppOutcome Outcome, string Word, string Sender, string Recipient) : HttpTextSaid;

    /// <param name="Id">The carrier's: the same again is the same text.</param>
    public sealed record Text(string Id, string From, string To, string Words) : HttpTextSaid;
}
