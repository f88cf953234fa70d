using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Store.Snapshots;

/// <summary>One line of a snapshot: an object with one member, whose name says what its value is.</summary>
internal readonly record struct SnapshotLine(int Number, string Kind, JsonObject Value)
{
    public const string Head = "ringwright", End = "end", File = "file";
    public const int Format = 1;

    /// <summary>Of a plain resource, beside its body: what the body does not say, and what other dialects say.</summary>
    public const string Columns = "columns", Documents = "documents";

    private static readonly JsonDocumentOptions Parsing = new() { AllowDuplicateProperties = false };

    /// <summary>Reads the lines of a file; empty ones and those that begin with # are for people.</summary>
    /// <exception cref="SnapshotException">A line is not of the form {"kind": {…}}.</exception>
    public static IEnumerable<SnapshotLine> Read(string path)
    {
        using var reader = new StreamReader(path);
        for (int number = 1; reader.ReadLine() is { } text; number++)
            if (text.Length > 0 && text[0] != '#') yield return Parse(number, text);
    }

    private static SnapshotLine Parse(int number, string text)
    {
        try
        {
            var line = JsonNode.Parse(text, documentOptions: Parsing);
            if (line is JsonObject { Count: 1 } one && one.Single() is { Key: var kind, Value: JsonObject value })
                return new(number, kind, value);
        }
        catch (JsonException broken)
        {
            throw SnapshotException.At(number, "this is not JSON", broken);
        }

        throw SnapshotException.At(number, """a line is an object with one member: {"tenant": {…}}""");
    }

    /// <summary>A text member; null when it is not there.</summary>
    public string? Text(string name) => Value[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.String => value.GetValue<string>(),
        _ => throw Wrong(name, "a text"),
    };

    /// <summary>An object member; null when it is not there.</summary>
    public JsonObject? Object(string name) =>
        Value[name] switch { null => null, JsonObject value => value, _ => throw Wrong(name, "an object") };

    public SnapshotException Wrong(string member, string wanted) => SnapshotException.At(Number, $"{Kind}.{member} must be {wanted}");
}
