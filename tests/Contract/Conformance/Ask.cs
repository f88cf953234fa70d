using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Contract.Conformance;

/// <summary>One request to an operation, all of its words filled in.</summary>
/// <param name="Path">What the names in the path stand for, in their order.</param>
/// <param name="Query">Without the question mark.</param>
internal sealed record Ask(Operation Operation, IReadOnlyList<string> Path, string Query, JsonNode? Body)
{
    /// <summary>A body that is no tree of ours; it wins.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>Neither a body nor its length: chunks without a byte, said to be of this type, or of none where it is empty.</summary>
    public string? EmptyAs { get; init; }

    /// <summary>Beside those that every request has.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static HttpContent Json(JsonNode body) => new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");

    public string Url
    {
        get
        {
            string path = Operation.Path;
            for (int i = 0; i < Operation.PathNames.Count; i++)
                path = path.Replace($"{{{Operation.PathNames[i]}}}", Uri.EscapeDataString(Path[i]), StringComparison.Ordinal);
            return (Operation.Place is OperationPlace.Root ? "/v2" : "") + path + (Query.Length > 0 ? "?" + Query : "");
        }
    }

    public string? MediaType => Operation.Body is not { } declared ? null
        : declared.Find("application/json") is not null ? "application/json" : declared.Content[0].MediaType;

    // a media type comes from the body that declares it
    public Schema? Schema => MediaType is { } media ? Operation.Body!.Find(media)!.Schema : null;

    public HttpContent? Content()
    {
        if (EmptyAs is { } type) return new EmptyChunks(type);
        if (Raw is not null) return Bytes(Raw);
        if (Body is null) return null;
        return MediaType switch
        {
            "application/x-www-form-urlencoded" => new FormUrlEncodedContent(Fields()),
            "multipart/form-data" => Multipart(),
            _ => Bytes(Encoding.UTF8.GetBytes(Body.ToJsonString())),
        };
    }

    private ByteArrayContent Bytes(byte[] bytes) =>
        new(bytes) { Headers = { ContentType = MediaTypeHeaderValue.Parse(MediaType ?? "application/json") } };

    private IEnumerable<KeyValuePair<string, string>> Fields() => Body is not JsonObject fields ? []
        : fields.SelectMany(field => field.Value is JsonArray list ? list.Select(item => KeyValuePair.Create(field.Key, TextOf(item)))
            : [KeyValuePair.Create(field.Key, TextOf(field.Value))]);

    /// <summary>The files of a form, by their fields.</summary>
    public IEnumerable<(string Field, SampleFile File)> Files => MediaType is not "multipart/form-data" ? []
        : Fields().Select(one => (one.Key, SampleFiles.Find(one.Value)!)).Where(one => one.Item2 is not null);

    private MultipartFormDataContent Multipart()
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, text) in Fields())
        {
            // A file is said by its name: its bytes are no text.
            if (SampleFiles.Find(text) is { } file)
                form.Add(new ByteArrayContent(file.Bytes) { Headers = { ContentType = new(file.MediaType) } }, name, file.Name);
            else form.Add(new StringContent(text), name);
        }
        return form;
    }

    private static string TextOf(JsonNode? node) =>
        node is null ? "" : node.GetValueKind() is System.Text.Json.JsonValueKind.String ? (string)node! : node.ToJsonString();
}

/// <summary>What clients send that make a stream of every POST: no length, and no byte.</summary>
internal sealed class EmptyChunks : HttpContent
{
    public EmptyChunks(string type)
    {
        if (type.Length > 0) Headers.ContentType = MediaTypeHeaderValue.Parse(type);
    }

    protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => Task.CompletedTask;

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
