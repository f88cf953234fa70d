using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Inference;

/// <summary>
/// What a client says of a completion in the words of the model's server: all that it says as it is, but for what only this API knows.
/// </summary>
/// <param name="Request">As it is sent, but for the model's name where the node has its own.</param>
/// <param name="KeyRef">An integration secret whose token stands for the node's key.</param>
/// <param name="IsChoice">The answer is one of several words, and wrapped into an object on its way.</param>
internal sealed record ChatBody(JsonObject Request, string? KeyRef, bool IsChoice)
{
    private const string Choices = "guided_choice", Json = "guided_json", Format = "response_format", Choice = "choice";
    private const string Key = "api_key_ref";
    private const string UsualModel = "meta-llama/Meta-Llama-3.1-8B-Instruct";
    private const double UsualTemperature = 0.1;

    /// <summary>What nobody is asked for here, and the JSON by which it asks for nothing.</summary>
    private static readonly (string Name, string Nothing)[] Unbuilt =
    [
        ("guided_regex", "\"\""), ("best_of", "1"), ("early_stopping", "false"), ("length_penalty", "1"), ("min_p", "0"),
        ("use_beam_search", "false"),
    ];

    /// <summary>The client has said none.</summary>
    public bool HasOurTemperature { get; init; }

    public bool IsStream => Request.Flag("stream", fallback: false);

    public static (ChatBody? Body, Problem? Problem) Read(OperationContext op)
    {
        // With its nulls: a message of calls has no content.
        var request = op.ReadObject(keepsNulls: true);
        var (choices, schema) = (request.Texts(Choices), request.Child(Json));
        string? key = request.Filled(Key);
        foreach (var (name, nothing) in Unbuilt)
        {
            // By clients of OpenAI's too, whose operation has no list of what is refused.
            if (request[name] is { } value && !JsonNode.DeepEquals(value, JsonNode.Parse(nothing)))
                return (null, At(name, $"10041: {name} is refused here: the model is asked as OpenAI is."));
            request.Remove(name);
        }
        if ((request["tools"] as JsonArray ?? []).OfType<JsonObject>().Any(tool => tool.Text("type") is "retrieval"))
            return (null, At("tools", "10041: tools of the type retrieval are refused here: there is no object storage to look into."));
        if (choices.Count > 0 && request.Flag("stream", fallback: false))
            return (null, At(Choices, "10041: guided_choice of an answer that is streamed is not built."));
        if ((choices.Count > 0 ? 1 : 0) + (schema is null ? 0 : 1) + (request.Child(Format) is null ? 0 : 1) > 1)
            return (null, At(Format, "Only one of response_format, guided_json and guided_choice says what the answer is like."));
        foreach (string ours in new[] { Key, Choices, Json }) request.Remove(ours);
        if (choices.Count > 0) request[Format] = Schema(SchemaOf(choices));
        else if (schema is not null) request[Format] = Schema(schema);
        if (request.Filled("model") is null) request["model"] = UsualModel;
        bool isOurs = request["temperature"] is null;
        if (isOurs) request["temperature"] = UsualTemperature;
        return (new(request, key, choices.Count > 0) { HasOurTemperature = isOurs }, null);
    }

    /// <summary>The answer with the words that were chosen in place of the object around them.</summary>
    public static void Unwrap(JsonObject answer)
    {
        foreach (var choice in (answer["choices"] as JsonArray ?? []).OfType<JsonObject>())
            if (choice.Child("message") is { } message && message.Text("content") is { } content && ChosenIn(content) is { } chosen)
                message["content"] = chosen;
    }

    /// <summary>Null where a server that knows no schemas has answered in its own words.</summary>
    private static string? ChosenIn(string content) => ModelJson.Read(Encoding.UTF8.GetBytes(content))?.Text(Choice);

    private static JsonObject Schema(JsonObject schema) => new()
    {
        ["type"] = "json_schema", ["json_schema"] = new JsonObject { ["name"] = "answer", ["schema"] = schema.DeepClone() },
    };

    private static JsonObject SchemaOf(IReadOnlyList<string> choices) => new()
    {
        ["type"] = "object", ["required"] = new JsonArray((JsonNode)Choice), ["additionalProperties"] = false,
        ["properties"] = new JsonObject
        {
            [Choice] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. choices.Select(word => (JsonNode)word)]) },
        },
    };

    private static Problem At(string field, string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = "/" + field };
}
