using System.Text;
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

    // What an API takes is 64 deep at most, and a line puts its own names around that.
    private static readonly JsonDocumentOptions Parsing = new() { AllowDuplicateProperties = false, MaxDepth = 80 };

    // What is no UTF-8 is no text of ours: half of it would be lost in silence.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the lines of a file; empty ones and those that begin with # are for people.</summary>
    /// <exception cref="SnapshotException">A line is not of the form {"kind": {…}}.</exception>
    public static IEnumerable<SnapshotLine> Read(string path)
    {
        using var reader = new StreamReader(path, Strict);
        for (int number = 1; Next(reader, number) is { } text; number++)
            if (text.Length > 0 && text[0] != '#') yield return Parse(number, text);
    }

    private static string? Next(StreamReader reader, int number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException broken)
        {
            // Some lines are read at once.
            throw new SnapshotException($"the file is not UTF-8, in line {number} or soon behind it", broken);
        }
    }

    private static SnapshotLine Parse(int number, string text)
    {
        try
        {
            var line = JsonNode.Parse(text, documentOptions: Parsing);
            if (line is JsonObject { Count: 1 } one && one.Single() is { Key: var kind, Value: JsonObject value })
                return new(number, kind, value);
        }
        // A name with half a surrogate pair is JSON and no text.
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw SnapshotException.At(number, "this is not JSON", broken);
        }

        throw SnapshotException.At(number, """a line is an object with one member: {"tenant": {…}}""");
    }

    /// <summary>A text member; null when it is not there.</summary>
    public string? Text(string name) => Value[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.String => TextOf(value, name),
        _ => throw Wrong(name, "a text"),
    };

    private string TextOf(JsonValue value, string name)
    {
        try
        {
            return value.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            // It ends in half a surrogate pair.
            throw Wrong(name, "a text");
        }
    }

    /// <summary>An object member; null when it is not there.</summary>
    public JsonObject? Object(string name) =>
        Value[name] switch { null => null, JsonObject value => value, _ => throw Wrong(name, "an object") };

    public SnapshotException Wrong(string member, string wanted) => SnapshotException.At(Number, $"{Kind}.{member} must be {wanted}");
}
