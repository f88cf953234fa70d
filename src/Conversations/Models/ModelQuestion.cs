using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>In which words a server is asked for an answer that fits a schema: not every one knows each of them (6.1).</summary>
public enum AnswerForm { Schema, Object, Words }

/// <summary>One question to a model outside of any conversation: the request, and what came of it. No stream, no tools, no state.</summary>
public static class ModelQuestion
{
    /// <summary>Of one answer: more is a mistake of the server's.</summary>
    private const decimal MostDollars = 1_000;
    private const int MicrosPerDollar = 1_000_000;
    private const string InJson = "Answer with one JSON object and nothing else. It must fit this JSON schema: ";

    /// <param name="model">As its server knows it.</param>
    /// <param name="instructions">What the model is to do with the text.</param>
    /// <param name="text">Data: it is a message of its own.</param>
    /// <param name="schema">Of the answer; null for words. The model is told of it in each form.</param>
    /// <param name="repairs">An answer that did not fit, and why; null for the first time.</param>
    /// <param name="temperature">Null leaves it to the server.</param>
    /// <param name="mostTokens">Of the answer; null leaves it to the server.</param>
    public static ReadOnlyMemory<byte> Write(string model, string instructions, string text, JsonObject? schema, AnswerForm form,
        (string Answer, string Fault)? repairs = null, double? temperature = null, int? mostTokens = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("model", model);
        json.WriteBoolean("stream", false);
        if (temperature is { } warmth) json.WriteNumber("temperature", warmth);
        if (mostTokens is { } most) json.WriteNumber("max_tokens", most);
        json.WriteStartArray("messages");
        Write(json, "system", schema is null ? instructions : $"{instructions}\n\n{InJson}{schema.ToJsonString()}");
        Write(json, "user", text);
        if (repairs is var (answer, fault))
        {
            Write(json, "assistant", answer);
            Write(json, "user", $"This does not fit the schema: {fault}. Answer again, with the JSON object alone.");
        }
        json.WriteEndArray();
        if (schema is not null && form is not AnswerForm.Words) WriteForm(json, schema, form);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>What a model says in the body of a 200, whether it came in one or as a stream.</summary>
    /// <returns>
    /// The words, or why there are none, as part of a sentence and without anything of what was asked; and whether that is because the
    /// server has cut them short.
    /// </returns>
    public static (string? Words, string? Fault, bool IsCut) Read(ReadOnlyMemory<byte> body)
    {
        var words = new StringBuilder();
        string? fault = null;
        bool isCut = false;
        var answer = new ChatAnswer(request: 0, refusal: "", part =>
        {
            if (part is BrainPart.Text text) words.Append(text.Bit);
            else if (part is BrainPart.Failed failed) fault = failed.Why;
            else if (part is BrainPart.Done { IsCut: true }) (fault, isCut) = ("its answer is too long", true);
        });
        answer.Take(new ModelNews.Bytes(body));
        answer.Take(new ModelNews.Ended());
        string said = words.ToString().Trim();
        if (fault is null && said.Length == 0) fault = "its answer is empty";
        return fault is null ? (said, null, false) : (null, fault, isCut);
    }

    /// <summary>
    /// What the server says that its answer has cost: <c>usage.cost</c>, in US dollars, which gateways to many models write (OpenRouter).
    /// </summary>
    /// <returns>Millionths of a dollar, rounded up; null where the answer says nothing of it, or came as a stream.</returns>
    public static long? CostOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            if (answer.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("usage", out var usage)
                    || usage.ValueKind is not JsonValueKind.Object || !usage.TryGetProperty("cost", out var cost)
                    || cost.ValueKind is not JsonValueKind.Number || !cost.TryGetDecimal(out decimal dollars)
                    || dollars is < 0 or > MostDollars)
                return null;
            return (long)Math.Ceiling(dollars * MicrosPerDollar);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The JSON object that an answer is, or has within fences or words around it; as it stands where there is none.</summary>
    public static string ObjectIn(string answer)
    {
        int from = answer.IndexOf('{', StringComparison.Ordinal), to = answer.LastIndexOf('}');
        return from >= 0 && to > from && ArgumentSchema.ObjectOf(answer[from..(to + 1)]) is not null ? answer[from..(to + 1)] : answer;
    }

    private static void WriteForm(Utf8JsonWriter json, JsonObject schema, AnswerForm form)
    {
        json.WriteStartObject("response_format");
        json.WriteString("type", form is AnswerForm.Schema ? "json_schema" : "json_object");
        if (form is AnswerForm.Schema)
        {
            json.WriteStartObject("json_schema");
            json.WriteString("name", "answer");
            json.WriteBoolean("strict", true);
            json.WritePropertyName("schema");
            schema.WriteTo(json);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string role, string content)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", content);
        json.WriteEndObject();
    }
}
