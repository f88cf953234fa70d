using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;

namespace Ringwright.Agency.Talking;

/// <summary>An agent in the words in which agents of files are written, but for its model, which is the node's. Pure.</summary>
internal static class TalkDefinition
{
    /// <summary>Names of what agents can do without a server of anybody's; a model calls by them.</summary>
    public const string Hangup = "hangup", OptOut = "mark_do_not_call", CallBack = "schedule_callback", StopRecording = "stop_recording";

    /// <summary>A tool may not have such a name.</summary>
    public static readonly string[] Reserved = [Hangup, OptOut, CallBack, StopRecording, "transfer", "send_dtmf", "gather"];

    private const double Hundredths = 100;
    private const int LongestVariable = 3_000, MostVariables = 400, LongestGreeting = 3_000;

    /// <summary>Of talk, in seconds; and of silence, after which nobody is there any more.</summary>
    private const int LongestTalk = 14_400, Silence = 60;

    /// <summary>The same where an agent thinks by steps: each says how long it waits, two minutes at most.</summary>
    private const int SilenceOfSteps = 150;

    /// <summary>In which a tool's arguments go behind the URL.</summary>
    private const string Get = "GET";

    /// <param name="tools">Those that the agent has.</param>
    /// <param name="variables">Of the contact and of the call.</param>
    /// <param name="disclosure">Who calls, which is said before the agent's own words; null for nothing.</param>
    /// <param name="isInbound">It was called: its number is the one that was.</param>
    /// <param name="notice">What is said before all of that; null for nothing.</param>
    /// <param name="clock">When the call began, as whoever it is with would say it; null for what the variables say.</param>
    public static JsonObject Of(AgentRow agent, IReadOnlyCollection<ToolRow> tools, IEnumerable<KeyValuePair<string, string>> variables,
        string? disclosure = null, bool isInbound = false, string? notice = null, string? clock = null)
    {
        var known = KnownOf(variables);
        var definition = new JsonObject
        {
            ["instructions"] = agent.SystemPrompt, ["language"] = agent.LanguageHint, ["variables"] = known,
            ["time_limit_secs"] = Math.Min(agent.MaxDurationSeconds, LongestTalk), ["user_idle_timeout_secs"] = Silence,
            // Who may not be called any more can always be heard.
            ["tools"] = new JsonArray(
            [
                new JsonObject { ["kind"] = Hangup }, new JsonObject { ["kind"] = OptOut }, .. tools.Select(tool => (JsonNode)Write(tool)),
            ]),
        };
        if (!isInbound && IsFree(CallBack, tools))
            definition["tools"]!.AsArray().Add((JsonNode)new JsonObject
            {
                ["kind"] = CallBack,
                // A model has no clock, and by UTC today is tomorrow for who is called in the evening.
                ["description"] =
                    $"Has this person called again at a time that he has agreed to. The call began at {clock ?? (string?)known["now"]}.",
            });
        if (IsFree(StopRecording, tools)) definition["tools"]!.AsArray().Add((JsonNode)new JsonObject { ["kind"] = StopRecording });
        if (AgentTransfers.ToolOf(agent.Transfers, isInbound ? null : "{{from}}") is { } transfer)
            definition["tools"]!.AsArray().Add((JsonNode)transfer);
        // Without one the model says the first words.
        return WithManner(definition, agent, disclosure, notice);
    }

    /// <summary>The same of one that thinks by steps: it has no instructions, and no tools.</summary>
    public static JsonObject OfSteps(AgentRow agent, JsonObject script, IEnumerable<KeyValuePair<string, string>> variables,
        string? disclosure = null, bool isInbound = false, string? notice = null)
    {
        var definition = new JsonObject
        {
            ["language"] = agent.LanguageHint, ["variables"] = KnownOf(variables),
            ["time_limit_secs"] = Math.Min(agent.MaxDurationSeconds, LongestTalk), ["user_idle_timeout_secs"] = SilenceOfSteps,
        };
        AgentSteps.Write(script, agent, isInbound ? null : "{{from}}", definition);
        return WithManner(definition, agent, disclosure, notice);
    }

    /// <summary>Agencies may have had one of the name before there was this.</summary>
    private static bool IsFree(string name, IEnumerable<ToolRow> tools) =>
        tools.All(tool => !tool.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static JsonObject KnownOf(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var known = new JsonObject();
        foreach (var (name, value) in variables.Take(MostVariables))
            known[name] = Clipped.Of(value, LongestVariable);
        return known;
    }

    /// <summary>With what it says first, its voice, and what becomes of a machine.</summary>
    private static JsonObject WithManner(JsonObject definition, AgentRow agent, string? disclosure, string? notice)
    {
        string?[] first = [notice, disclosure, agent.FirstSpeakerText];
        // Only a model has first words of its own, which come behind it.
        bool isModelFirst = disclosure is null && agent is { FirstSpeakerText: null, Script: null };
        if (first.Any(words => words is not null))
            definition[isModelFirst ? "notice" : "greeting"] =
                Clipped.Of(string.Join(' ', first.Where(words => words is not null)), LongestGreeting);
        if (agent.Voice is { } voice) definition["voice"] = voice;
        if (agent.VoicemailPolicy is not AgentRow.Continue) definition["voicemail"] = Voicemail(agent, disclosure);
        return definition;
    }

    /// <summary>Whoever hears the message hears who has called, too.</summary>
    private static JsonObject Voicemail(AgentRow agent, string? disclosure) =>
        agent is not { VoicemailPolicy: AgentRow.LeaveMessage, VoicemailMessage: { } message } ? new() { ["action"] = "stop" } : new()
        {
            ["action"] = "leave_message",
            ["message"] = Clipped.Of(disclosure is null ? message : $"{disclosure} {message}", LongestGreeting),
        };

    /// <summary>As models are asked with it.</summary>
    public static double TemperatureOf(AgentRow agent) => agent.Temperature / Hundredths;

    private static JsonObject Write(ToolRow tool)
    {
        var definition = tool.Definition;
        var written = new JsonObject
        {
            ["kind"] = "webhook", ["name"] = tool.Name, ["description"] = tool.Description ?? tool.Name,
        };
        foreach (var (name, value) in definition) written[name] = value?.DeepClone();
        if ((string?)definition["method"] is Get && definition["parameters"]?["properties"] is JsonObject { Count: > 0 } asked)
            written["in_query"] = new JsonArray([.. asked.Select(one => (JsonNode)one.Key)]);
        return written;
    }
}
