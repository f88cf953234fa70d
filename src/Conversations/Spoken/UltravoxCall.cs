using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Conversations.Models;

namespace Ringwright.Conversations.Spoken;

/// <summary>The request that makes a call of Ultravox, <c>POST /api/calls</c>, and what comes of it.</summary>
public static class UltravoxCall
{
    /// <summary>What we hold for it to be heard: it sends faster than it is heard, and says what is to be dropped.</summary>
    private const int HeldMilliseconds = 30_000;
    /// <summary>The most that it waits for a tool of ours.</summary>
    private const string ForTools = "40s";

    /// <param name="greeting">With variables filled in; empty lets the caller speak first, null the model by itself.</param>
    public static ReadOnlyMemory<byte> Write(ModelAgent agent, IReadOnlyDictionary<string, string> variables, string? greeting)
    {
        string? notice = agent.Notice is { } told ? Template.Fill(told, variables, Limits.ReplyCharacters) : null;
        var call = new JsonObject
        {
            ["systemPrompt"] = SpokenPrompt.Instructions(agent, variables, greeting is null ? notice : null), ["model"] = agent.Model.Name,
            ["maxDuration"] = Seconds(agent.Terms.TimeLimit), ["joinTimeout"] = "30s",
            ["recordingEnabled"] = false, ["firstSpeakerSettings"] = FirstOf(agent.Terms.ForHello, greeting),
            ["medium"] = new JsonObject
            {
                ["serverWebSocket"] = new JsonObject
                {
                    ["inputSampleRate"] = UltravoxModel.Rate, ["outputSampleRate"] = UltravoxModel.Rate,
                    ["clientBufferSizeMs"] = HeldMilliseconds,
                },
            },
        };
        if ((agent.ListensIn ?? agent.Language) is not ModelAgent.AnyLanguage and var language) call["languageHint"] = language;
        if (SpokenPrompt.VoiceOf(agent, UltravoxModel.Maker) is { } voice) call["voice"] = voice;
        if (agent.Model.Temperature is { } temperature) call["temperature"] = temperature;
        if (VoiceOf(agent.Terms) is { Count: > 0 } times) call["vadSettings"] = times;
        if (agent.Tools.Count > 0) call["selectedTools"] = ToolsOf(agent, variables);
        var before = new JsonArray();
        foreach (var message in agent.Before)
        {
            if (message is not { Role: MessageRole.User or MessageRole.Assistant, Text.Length: > 0 }) continue;
            before.Add(new JsonObject
            {
                ["role"] = message.Role is MessageRole.User ? "MESSAGE_ROLE_USER" : "MESSAGE_ROLE_AGENT", ["text"] = message.Text,
            });
        }
        if (before.Count > 0) call["initialMessages"] = before;
        return Encoding.UTF8.GetBytes(call.ToJsonString());
    }

    /// <summary>Where its socket is; null where the answer does not say.</summary>
    public static string? JoinUrlOf(ReadOnlyMemory<byte> answer)
    {
        try
        {
            return JsonNode.Parse(answer.Span) is JsonObject read && read["joinUrl"] is JsonValue value
                && value.TryGetValue(out string? url) && Uri.TryCreate(url, UriKind.Absolute, out var uri)
                && uri.Scheme is "ws" or "wss" ? url : null;
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalSeconds):F0}s");

    /// <summary>When a turn is over and what interrupts, where that is not as usual: then it is as the model's server likes it.</summary>
    private static JsonObject VoiceOf(ConversationTerms terms)
    {
        var times = new JsonObject();
        if (terms.Turns.Wait != TurnTerms.Usual.Wait) times["turnEndpointDelay"] = Fraction(terms.Turns.Wait);
        if (terms.Interruptions.Pause != BargeInTerms.Usual.Pause)
            times["minimumInterruptionDuration"] = Fraction(terms.Interruptions.Pause);
        return times;
    }

    private static string Fraction(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");

    private static JsonObject FirstOf(TimeSpan? forHello, string? greeting)
    {
        if (greeting is { Length: 0 }) return new() { ["user"] = new JsonObject() };
        var words = greeting is null ? new JsonObject { ["prompt"] = SpokenPrompt.Opening } : new JsonObject { ["text"] = greeting };
        if (forHello is not { } wait) return new() { ["agent"] = words };
        words["delay"] = Fraction(wait);
        return new() { ["user"] = new JsonObject { ["fallback"] = words } };
    }

    /// <summary>All of them are carried out here.</summary>
    private static JsonArray ToolsOf(ModelAgent agent, IReadOnlyDictionary<string, string> variables)
    {
        var tools = new JsonArray();
        foreach (var (name, description, whole) in SpokenPrompt.Tools(agent, variables))
        {
            var parameters = new JsonArray();
            // Each parameter goes by itself: what it refers to in the rest would not be there.
            var schema = whole.DeepClone().AsObject();
            new InlinedSchema(schema).Write();
            var needed = (schema["required"] as JsonArray ?? []).OfType<JsonValue>()
                .Select(one => one.TryGetValue(out string? member) ? member : null).ToHashSet();
            foreach (var (member, shape) in schema["properties"] as JsonObject ?? [])
                parameters.Add(new JsonObject
                {
                    ["name"] = member, ["location"] = "PARAMETER_LOCATION_BODY", ["schema"] = shape?.DeepClone() ?? new JsonObject(),
                    ["required"] = needed.Contains(member),
                });
            tools.Add(new JsonObject
            {
                ["temporaryTool"] = new JsonObject
                {
                    ["modelToolName"] = name, ["description"] = description, ["dynamicParameters"] = parameters, ["timeout"] = ForTools,
                    ["client"] = new JsonObject(),
                },
            });
        }
        return tools;
    }
}
