using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>Writes what a model is asked: who it is, what was heard, what it may have done (6.1).</summary>
internal static class ChatRequest
{
    private const string OnTelephone =
        "You are talking on a telephone: what you write is spoken. Write short plain sentences, without lists, marks or addresses of "
        + "pages. Write numbers as they are said. What the caller says was written down by a recogniser, and may be wrong.";
    internal const string ByHangup = " When the conversation is over, say goodbye and call hangup.";
    private const string ForGather =
        " You are on this call to learn what the tool gather writes down. Ask for one thing at a time until all is there, and call gather "
        + "whenever you have learnt one. Do not guess: write down only what the caller has said.";
    internal const string Opening = "(The call was just answered. Greet the caller.)";
    internal const string Silence = "(The caller says nothing. Ask in a few words whether he is still there.)";
    private const string SilenceOfGather = "(The caller says nothing. Ask in a few words for what is missing once more.)";

    /// <summary>Three characters count as one token: rather too little is sent than too much.</summary>
    private const int CharactersOfToken = 3;
    private const double UsedShare = 0.8;
    /// <summary>Of a message, for what stands around its text.</summary>
    private const int MessageCharacters = 20;

    public static ReadOnlyMemory<byte> Write(ModelAgent agent, ModelEndpoint to, IReadOnlyDictionary<string, string> variables,
        BrainRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("model", to.Name);
        json.WriteBoolean("stream", true);
        json.WriteStartObject("stream_options");
        json.WriteBoolean("include_usage", true);
        json.WriteEndObject();
        if (to.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
        if (to.MaxTokens is { } most) json.WriteNumber("max_tokens", most);
        if (to.TellsVariables) WriteVariables(json, variables);
        string system = System(agent, variables);
        int tools = agent.Tools.Sum(tool => tool.Description.Length + tool.Parameters.ToJsonString().Length);
        int room = (int)(to.ContextTokens * UsedShare * CharactersOfToken) - system.Length - tools;
        json.WriteStartArray("messages");
        // Servers refuse messages that say nothing (Anthropic, Mistral, LM Studio); whoever wrote what was before may have left one empty.
        if (!string.IsNullOrWhiteSpace(system)) Write(json, "system", system);
        var before = agent.Before.Where(message => !string.IsNullOrWhiteSpace(message.Text));
        foreach (var message in Newest([.. before, .. request.History], room)) Write(json, message, to.ToString());
        if (request.Occasion is BrainOccasion.Opening) Write(json, "user", Opening);
        if (request.Occasion is BrainOccasion.Silence) Write(json, "user", agent.Gather is null ? Silence : SilenceOfGather);
        json.WriteEndArray();
        if (agent.Tools.Count > 0) WriteTools(json, agent.Tools, variables);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>As the vendor's assistants tell them servers of their accounts'.</summary>
    private static void WriteVariables(Utf8JsonWriter json, IReadOnlyDictionary<string, string> variables)
    {
        json.WriteStartObject("extra_metadata");
        foreach (var (name, value) in variables.OrderBy(variable => variable.Key, StringComparer.Ordinal)) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static string System(ModelAgent agent, IReadOnlyDictionary<string, string> variables)
    {
        string instructions = Template.Fill(agent.Instructions, variables, Limits.InstructionCharacters);
        string gathers = agent.Gather is null ? "" : ForGather;
        if (!agent.HasTelephoneNote) return gathers.Length == 0 ? instructions : $"{instructions}\n\n{gathers.TrimStart()}";
        return $"{instructions}\n\n{OnTelephone}{(agent.Tools.Any(tool => tool is ModelTool.Hangup) ? ByHangup : "")}{gathers}";
    }

    /// <summary>What there is room for, from the end: a call of a tool and its result come together or not at all.</summary>
    private static IEnumerable<Message> Newest(IReadOnlyList<Message> history, int room)
    {
        int from = history.Count, next = from;
        while (next > 0)
        {
            do room -= Length(history[--next]);
            while (next > 0 && history[next].Role is MessageRole.Tool);
            // The last one is sent however long it is.
            if (room < 0 && from < history.Count) break;
            from = next;
        }
        return history.Skip(from);
    }

    private static int Length(Message message) =>
        message.Text.Length + MessageCharacters
        + message.Calls.Sum(call => call.Name.Length + call.Arguments.Length + (call.Extras?.Length ?? 0) + MessageCharacters);

    private static void Write(Utf8JsonWriter json, string role, string content)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", content);
        json.WriteEndObject();
    }

    /// <summary>As servers take names.</summary>
    private static string NameOf(string name) =>
        new([.. name.Take(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_')]);

    private static void Write(Utf8JsonWriter json, Message message, string to)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role switch
        {
            MessageRole.User => "user",
            MessageRole.Assistant => "assistant",
            MessageRole.System => "system",
            _ => "tool",
        });
        if (message.Name is { } name) json.WriteString("name", NameOf(name));
        if (message.CallId is { } id) json.WriteString("tool_call_id", id);
        if (message is { Text.Length: 0, Calls.Count: > 0 }) json.WriteNull("content");
        else json.WriteString("content", message.Text);
        if (message.Calls is [{ Extras: { } along }, ..] && along.From == to) WriteMembers(json, along.OfMessage);
        if (message.Calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in message.Calls)
            {
                json.WriteStartObject();
                json.WriteString("id", call.Id);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                // Servers read it: what was no object when it came is none to them either, and its result says so.
                json.WriteString("arguments", ArgumentSchema.ObjectOf(call.Arguments) is null ? "{}" : call.Arguments);
                json.WriteEndObject();
                if (call.Extras is { } extras && extras.From == to) WriteMembers(json, extras.OfCall);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, string? members)
    {
        if (members is null) return;
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())      // it was written as one
        {
            json.WritePropertyName(name);
            if (value is null) json.WriteNullValue();
            else value.WriteTo(json);
        }
    }

    private static void WriteTools(Utf8JsonWriter json, IReadOnlyList<ModelTool> tools, IReadOnlyDictionary<string, string> variables)
    {
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", Template.Fill(tool.Description, variables, Limits.InstructionCharacters));
            json.WritePropertyName("parameters");
            tool.Parameters.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
