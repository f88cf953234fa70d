using System.Text.Json.Nodes;
using Ringwright.Calls.Texts.Smpp;

namespace Ringwright.Calls.Texts;

/// <summary>A way by HTTP as a document: as the operator writes it, and as it is stored.</summary>
public static class HttpTextDocument
{
    /// <summary>The operator's words for what becomes of a text.</summary>
    public static IReadOnlyDictionary<string, SmppOutcome> Outcomes { get; } = new Dictionary<string, SmppOutcome>
    {
        ["delivered"] = SmppOutcome.Delivered, ["failed"] = SmppOutcome.Undeliverable, ["rejected"] = SmppOutcome.Rejected,
        ["expired"] = SmppOutcome.Expired, ["deleted"] = SmppOutcome.Deleted, ["unknown"] = SmppOutcome.Unknown,
        ["on_its_way"] = SmppOutcome.OnItsWay,
    };

    public static JsonObject Write(HttpTextWay way)
    {
        var document = new JsonObject
        {
            ["url"] = way.Url, ["body"] = way.Body, ["content_type"] = way.IsForm ? "form" : "json",
            ["headers"] = new JsonObject(way.Headers.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
            ["states"] = new JsonObject(way.States.Select(one =>
                KeyValuePair.Create(one.Key, (JsonNode?)Outcomes.First(known => known.Value == one.Value).Key))),
        };
        foreach (var (name, pointer) in PointersOf(way))
            if (pointer is not null) document[name] = pointer;
        return document;
    }

    /// <summary>A document of the shape that the operator's API demands.</summary>
    public static HttpTextWay Read(JsonObject document) => new()
    {
        Url = (string)document["url"]!, Body = (string)document["body"]!, IsForm = (string?)document["content_type"] == "form",
        Headers = Texts(document["headers"]),
        States = Texts(document["states"]).ToDictionary(one => one.Key, one => Outcomes[one.Value]),
        IdAt = (string?)document["id_at"], ItemsAt = (string?)document["items_at"],
        ReceiptIdAt = (string?)document["receipt_id_at"], ReceiptStateAt = (string?)document["receipt_state_at"],
        ReceiptFromAt = (string?)document["receipt_from_at"], ReceiptToAt = (string?)document["receipt_to_at"],
        TextIdAt = (string?)document["text_id_at"], TextFromAt = (string?)document["text_from_at"],
        TextToAt = (string?)document["text_to_at"], TextAt = (string?)document["text_at"],
    };

    /// <summary>What makes no sense in it, field by field; nothing when it may be used.</summary>
    public static IEnumerable<(string Field, string Fault)> FaultsOf(HttpTextWay way)
    {
        if (!Uri.TryCreate(way.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            yield return ("url", "url must be an http or https address, without a user in it.");
        if (HttpTextWay.UnknownWords(way.Body) is [var unknown, ..]) yield return ("body", Unknown(unknown));
        else if (!way.IsForm && HttpTextWay.Parse(System.Text.Encoding.UTF8.GetBytes(way.Compose(_ => "\"x\""))) is null)
            yield return ("body", "body must be JSON, with the words in braces inside of strings.");
        if (!way.Body.Contains("{to}", StringComparison.Ordinal) || !way.Body.Contains("{text}", StringComparison.Ordinal))
            yield return ("body", "body must say who gets the text and what it says: {to} and {text}.");
        foreach (var (name, value) in way.Headers)
        {
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                yield return ("headers", $"'{name}' is no name of a header.");
            if (value.Any(c => c is < ' ' or > '~')) yield return ("headers", $"{name} must be of printable ASCII characters.");
            if (HttpTextWay.UnknownWords(value) is [var strange, ..]) yield return ("headers", Unknown(strange));
            if (value.Contains("{text}", StringComparison.Ordinal))
                yield return ("headers", "A text may have lines: no header can hold it.");
        }
        foreach (var (name, pointer) in PointersOf(way))
            if (pointer is not null && !HttpTextWay.IsPointer(pointer))
                yield return (name, $"{name} must be a JSON pointer: /data/id.");
        if (way.ReceiptIdAt is null != way.ReceiptStateAt is null)
            yield return ("receipt_state_at", "A receipt needs receipt_id_at and receipt_state_at.");
        if (way.ReceiptIdAt is not null && way.IdAt is null)
            yield return ("id_at", "Receipts find their text by what the answer to it called it: id_at must say where that stands.");
        int come = new[] { way.TextIdAt, way.TextFromAt, way.TextToAt, way.TextAt }.Count(pointer => pointer is not null);
        if (come is not (0 or 4)) yield return ("text_at", "A text that comes needs text_id_at, text_from_at, text_to_at and text_at.");
    }

    private static string Unknown(string word) =>
        $"{{{word}}} means nothing: there are {string.Join(", ", HttpTextWay.Words.Select(known => $"{{{known}}}"))}.";

    private static IEnumerable<(string Name, string? Pointer)> PointersOf(HttpTextWay way) =>
    [
        ("id_at", way.IdAt), ("items_at", way.ItemsAt), ("receipt_id_at", way.ReceiptIdAt), ("receipt_state_at", way.ReceiptStateAt),
        ("receipt_from_at", way.ReceiptFromAt), ("receipt_to_at", way.ReceiptToAt), ("text_id_at", way.TextIdAt),
        ("text_from_at", way.TextFromAt), ("text_to_at", way.TextToAt), ("text_at", way.TextAt),
    ];

    private static Dictionary<string, string> Texts(JsonNode? node) =>
        node is JsonObject fields ? fields.ToDictionary(one => one.Key, one => (string)one.Value!) : [];
}
