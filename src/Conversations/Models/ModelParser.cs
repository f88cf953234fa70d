using System.Text.Json.Nodes;
using Ringwright.Conversations.Scripts;

namespace Ringwright.Conversations.Models;

/// <summary>An agent with a model as its author writes it.</summary>
internal static class ModelParser
{
    private const int Before = 200, BeforeCharacters = 16_000;
    private const int Name = 64, Text = 3_000, Url = 2_000, Header = 2_000, Tools = 64, Targets = 50, Headers = 20, Arguments = 50;
    private const int Fillers = 10, Stored = 50, MostOthers = 20, PresetCharacters = 16_000;
    /// <summary>Of servers of the Model Context Protocol: what they call a tool, and a key to them, a token of OAuth at times.</summary>
    private const int Remote = 255, Token = 8_000;
    private static readonly string[] BuiltIn =
    [
        ToolCall.Hangup, ToolCall.Transfer, ToolCall.SendDigits, ToolCall.SkipTurn, ToolCall.Refer, ToolCall.Handoff,
    ];
    private static readonly TimeSpan UsualFiller = TimeSpan.FromSeconds(3);
    private static readonly string[] Methods = [ModelTool.Webhook.Get, ModelTool.Webhook.Post, "PUT", "DELETE", "PATCH"];

    public static ModelAgent Read(ScriptReader all)
    {
        var fallback = all.Object("fallback") is { } second ? ReadEndpoint(second) : null;
        var (gather, silence) = all.Object("gather") is { } what ? ReadGather(what) : default;
        IReadOnlyList<ModelTool> tools = all.Has("tools") ? ReadTools(all) : [];
        if (gather is not null) tools = [.. tools, ToolOf(gather, tools, all)];
        var agent = DefinitionParser.ReadManner(all, new ModelAgent
        {
            Instructions = all.Needed("instructions", Limits.InstructionCharacters), Greeting = all.Text("greeting", Text),
            Notice = ReadNotice(all), ListensIn = all.Text("listens_in", 35),
            HasTelephoneNote = all.Flag("telephone_note", true),
            Refusal = all.Text("refusal", Text) ?? OwnWords.Refusal(all.Text("language", 35) ?? ""),
            Model = all.Object("model") is { } model ? ReadEndpoint(model) with { MayRest = fallback is null }
                : new() { BaseUrl = "", Name = "" },
            Fallback = fallback,
            Tools = tools, Gather = gather, Recording = all.Object("recording") is { } recording ? ReadRecording(recording) : null,
            Before = all.Has("history") ? ReadBefore(all) : [],
            Terms = new()
            {
                ForBrain = all.Seconds("first_token_secs", 0.5, 60) ?? TimeSpan.FromSeconds(4),
                BetweenParts = all.Seconds("between_tokens_secs", 0.5, 60) ?? TimeSpan.FromSeconds(10),
                FillerAfter = ReadPatience(all), AsksAhead = all.Flag("asks_ahead", true) ? Limits.AsksAhead : 0,
                Tries = fallback is null ? 2 : 3, IdleReply = all.Seconds("user_idle_reply_secs", 1, 3_600) ?? silence,
                ReadsHistory = true, CheckIns = gather is null ? Limits.CheckIns : 1, EndsUnanswered = gather is not null,
            },
        });
        if (agent.Fallback is { Speaks: not null }) all.Refuse("fallback", "is no model that hears and speaks itself");
        if (agent.Model.Speaks is not null && gather is not null) all.Refuse("gather", "is not for a model that hears and speaks itself");
        agent = agent with { Others = ReadOthers(all, agent) };
        all.Close();
        return agent;
    }

    private static AgentRecording ReadRecording(ScriptReader recording)
    {
        string channels = recording.Text("channels", Name) ?? "dual", format = recording.Text("format", Name) ?? "wav";
        if (channels is not ("single" or "dual")) recording.Refuse("channels", "must be single or dual");
        if (format is not ("wav" or "mp3")) recording.Refuse("format", "must be wav or mp3");
        var read = new AgentRecording(channels is "dual", format is "mp3", recording.Flag("stops_at_end", false));
        recording.Close();
        return read;
    }

    private static string? ReadNotice(ScriptReader all)
    {
        if (all.Has("notice") && all.Has("greeting")) all.Refuse("notice", "has no place beside a greeting, which it may begin");
        return all.Text("notice", Text);
    }

    private static Dictionary<string, ModelAgent> ReadOthers(ScriptReader all, ModelAgent agent)
    {
        var others = new Dictionary<string, ModelAgent>(StringComparer.Ordinal);
        if (all.Object("others") is { } inner)
            foreach (string key in inner.Names(MostOthers))
                if (inner.Object(key) is { } one) others[key] = ReadOther(one, agent) with { Others = others };
        foreach (string key in others.Values.Append(agent).SelectMany(one => one.Tools).OfType<ModelTool.Handoff>()
            .SelectMany(tool => tool.Targets.Values))
            if (!others.ContainsKey(key)) all.Refuse("others", $"has no {key}, which a handoff names");
        return others;
    }

    /// <summary>All else of it is the agent's.</summary>
    private static ModelAgent ReadOther(ScriptReader one, ModelAgent agent)
    {
        var other = agent with
        {
            Instructions = one.Needed("instructions", Limits.InstructionCharacters),
            Voice = one.Text("voice", Text) ?? agent.Voice,
            VoiceSpeed = one.Number("voice_speed", 0.25, 4) ?? agent.VoiceSpeed,
            Tools = one.Has("tools") ? ReadTools(one) : [],
            Model = one.Object("model") is { } model ? ReadEndpoint(model) with { MayRest = agent.Model.MayRest }
                : agent.Model with { Name = one.Text("model_name", 255) ?? agent.Model.Name, Key = one.Text("model_key", Url) },
            Gather = null,
            Before = [],
        };
        one.Close();
        return other;
    }

    /// <summary>0 says nothing to a caller who waits.</summary>
    private static TimeSpan? ReadPatience(ScriptReader all)
    {
        var said = all.Seconds("filler_secs", 0, 60);
        return said == TimeSpan.Zero ? null : said ?? UsualFiller;
    }

    private static (GatherTerms? Gather, TimeSpan? Silence) ReadGather(ScriptReader gather)
    {
        var parameters = gather.Json("parameters");
        if (parameters?["properties"] is not JsonObject { Count: > 0 })
            gather.Refuse("parameters", "must be a JSON schema of an object with properties");
        var silence = gather.Seconds("silence_secs", 0.5, 600);
        var read = new GatherTerms(parameters ?? [], gather.Text("last_words", Text) ?? "");
        gather.Close();
        return (read, silence);
    }

    private static ModelTool.Gather ToolOf(GatherTerms gather, IReadOnlyList<ModelTool> tools, ScriptReader all)
    {
        if (tools.Any(tool => tool.Name is ToolCall.Gather)) all.Refuse("tools", $"the tool {ToolCall.Gather} is the one that gathers");
        string needed = string.Join(", ", GatherBook.NeededOf(gather.Parameters));
        return new(gather.Parameters)
        {
            Name = ToolCall.Gather,
            Description = $"Writes down what the caller has told. Call it as soon as you know one of them, with those alone that you know. "
                + $"Needed in the end: {needed}.",
        };
    }

    private static List<Message> ReadBefore(ScriptReader all)
    {
        var messages = new List<Message>();
        foreach (var message in all.Objects("history", Before))
        {
            string role = message.Needed("role", Name), text = message.Text("content", BeforeCharacters) ?? "";
            if (role is not ("user" or "assistant" or "system" or "developer"))
                message.Refuse("role", "must be user, assistant, system or developer");
            messages.Add(new(role switch
            {
                "user" => MessageRole.User,
                "assistant" => MessageRole.Assistant,
                _ => MessageRole.System,
            }, text, default));
            message.Close();
        }
        return messages;
    }

    private static ModelEndpoint ReadEndpoint(ScriptReader model)
    {
        string url = model.Needed("base_url", Url);
        if (url.Length > 0 && !IsUrl(url)) model.Refuse("base_url", "must be an http or https URL without user, query or fragment");
        var speaks = ReadProtocol(model);
        var endpoint = new ModelEndpoint
        {
            BaseUrl = Core.BaseAddress.Of(url, AskedBy(speaks)), Name = model.Needed("name", 255), KeyFile = model.Text("key_file", Url),
            Key = model.Text("key", Url),
            Temperature = model.Number("temperature", 0, 2), MaxTokens = model.Whole("max_tokens", 1, 100_000),
            ContextTokens = model.Whole("context_tokens", 1_000, 10_000_000) ?? 16_000,
            Speaks = speaks, IsOfAccount = model.Flag("of_account", false), TellsVariables = model.Flag("tells_variables", false),
        };
        model.Close();
        return endpoint;
    }

    private static string AskedBy(SpeechProtocol? speaks) => speaks switch
    {
        SpeechProtocol.Realtime => "/realtime",
        SpeechProtocol.Ultravox => "/api/calls",
        _ => "/chat/completions",
    };

    private static SpeechProtocol? ReadProtocol(ScriptReader model)
    {
        string? named = model.Text("speaks", Name);
        if (named is "realtime") return SpeechProtocol.Realtime;
        if (named is "ultravox") return SpeechProtocol.Ultravox;
        if (named is not null) model.Refuse("speaks", "must be realtime or ultravox");
        return null;
    }

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0;

    private static List<ModelTool> ReadTools(ScriptReader all)
    {
        var tools = new List<ModelTool>();
        foreach (var reader in all.Objects("tools", Tools))
        {
            if (ReadTool(reader) is not { } tool) continue;
            if (tools.Exists(other => other.Name == tool.Name)) reader.Refuse("name", $"there is a tool {tool.Name} already");
            tools.Add(tool);
            reader.Close();
        }
        return tools;
    }

    private static ModelTool? ReadTool(ScriptReader tool)
    {
        string? description = tool.Text("description", Text);
        switch (tool.Needed("kind", Name))
        {
            case ToolCall.Hangup:
                return new ModelTool.Hangup
                {
                    Name = ToolCall.Hangup, Description = description ?? "Ends the call, behind what you say with it.",
                };
            case ToolCall.Transfer:
                return new ModelTool.Transfer(ReadTargets(tool), tool.Text("from", Name * 2), tool.Text("summary", Text))
                {
                    Name = ToolCall.Transfer,
                    Description = description ?? "Joins the caller to one of the targets, behind what you say with it.",
                };
            case ToolCall.SendDigits:
                return new ModelTool.SendDigits { Name = ToolCall.SendDigits, Description = description ?? "Presses keys on the call." };
            case ToolCall.Refer:
                return new ModelTool.Refer(ReadTargets(tool), ReadHeaders(tool))
                {
                    Name = ToolCall.Refer,
                    Description = description ?? "Has the caller's own telephone call one of the targets, behind what you say with it.",
                };
            case ToolCall.Handoff:
                return new ModelTool.Handoff(ReadTargets(tool), tool.Flag("changes_voice", false))
                {
                    Name = ToolCall.Handoff,
                    Description = description ?? "Leaves the caller to a colleague who knows all that was said. Say nothing with it.",
                };
            case ToolCall.SkipTurn:
                return new ModelTool.SkipTurn
                {
                    Name = ToolCall.SkipTurn,
                    Description = description
                        ?? "Says nothing, and waits for what the caller says next. Call it when he is not to be answered yet.",
                };
            // Of agents that call people; no author of a file has calls that he has placed.
            case ToolCall.OptOut:
                return new ModelTool.OptOut
                {
                    Name = ToolCall.OptOut,
                    Description = description ?? "Has this person never called again. Call it as soon as he asks for that in any words.",
                };
            // Of assistants of accounts; no author of a file has texts of his own.
            case ToolCall.SendMessage:
                return new ModelTool.SendMessage(tool.Text("template", Text))
                {
                    Name = ToolCall.SendMessage,
                    Description = description ?? "Sends a text message to the telephone of the person you talk with.",
                };
            case ToolCall.CallBack:
                return new ModelTool.CallBack
                {
                    Name = ToolCall.CallBack,
                    Description = description ?? "Has this person called again at a time that he has agreed to.",
                };
            case ToolCall.StopRecording:
                return new ModelTool.StopRecording
                {
                    Name = ToolCall.StopRecording,
                    Description = description ?? "Ends the recording of this call, and has what was recorded deleted. Call it as soon as "
                        + "this person does not want to be recorded.",
                };
            case "webhook":
                return ReadWebhook(tool, description);
            // Of servers that were asked; no author of a file knows what one of them will say.
            case "mcp":
                return ReadMcp(tool, description);
            default:
                tool.Refuse("kind", "must be webhook, hangup, transfer, refer, handoff, send_dtmf or skip_turn");
                return null;
        }
    }

    private static ModelTool.Webhook ReadWebhook(ScriptReader tool, string? description)
    {
        string name = ReadName(tool, description), url = tool.Needed("url", Url);
        if (!HasHost(url)) tool.Refuse("url", "must be an http or https URL, with variables only behind its host");
        var headers = ReadHeaders(tool);
        string method = tool.Text("method", Name) ?? ModelTool.Webhook.Post;
        if (!Methods.Contains(method)) tool.Refuse("method", $"must be one of {string.Join(", ", Methods)}");
        return new(url, headers, TimeSpan.FromMilliseconds(tool.Whole("timeout_ms", 100, 60_000) ?? 5_000),
            tool.Json("parameters") ?? NoArguments())
        {
            Name = name, Description = description ?? "", Method = method,
            InPath = tool.Has("in_path") ? tool.Texts("in_path", Arguments, Name) : [],
            InQuery = tool.Has("in_query") ? tool.Texts("in_query", Arguments, Name) : [],
            PresetBody = ReadPreset(tool), PresetQuery = tool.Map("preset_query", Arguments, Text),
            Fillers = tool.Has("fillers") ? ReadFillers(tool) : [],
            Background = tool.Whole("background_ms", 0, 60_000) is { } wait ? TimeSpan.FromMilliseconds(wait) : null,
            Stores = tool.Map("stores", Stored, Url),
        };
    }

    private static ModelTool.Mcp ReadMcp(ScriptReader tool, string? description)
    {
        string name = ReadName(tool, description), url = tool.Needed("url", Url);
        if (!HasHost(url)) tool.Refuse("url", "must be an http or https URL");
        return new(url, ReadHeaders(tool, Token), tool.Needed("tool", Remote), tool.Json("parameters") ?? NoArguments())
        {
            Name = name, Description = description ?? "", HasSession = tool.Flag("has_session", false),
        };
    }

    /// <summary>Of a tool that is none of the built-in ones.</summary>
    private static string ReadName(ScriptReader tool, string? description)
    {
        string name = tool.Needed("name", Name);
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            tool.Refuse("name", "must be of letters, digits, - and _");
        if (BuiltIn.Contains(name)) tool.Refuse("name", $"is that of the kind {name}");
        if (description is null) tool.Refuse("description", "must be there: the model knows the tool by it");
        return name;
    }

    private static JsonObject NoArguments() => new() { ["type"] = "object", ["properties"] = new JsonObject() };

    /// <summary>Each few characters of it may stand for a variable, so that it is short.</summary>
    private static JsonObject? ReadPreset(ScriptReader tool)
    {
        var preset = tool.Json("preset_body");
        if (preset?.ToJsonString().Length > PresetCharacters)
            tool.Refuse("preset_body", $"must have at most {PresetCharacters} characters as JSON");
        return preset;
    }

    private static IReadOnlyDictionary<string, string> ReadTargets(ScriptReader tool)
    {
        var targets = tool.Map("targets", Targets, Name * 2);
        if (targets.Count == 0) tool.Refuse("targets", "must name somebody");
        return targets;
    }

    private static IReadOnlyDictionary<string, string> ReadHeaders(ScriptReader tool, int most = Header)
    {
        var headers = tool.Map("headers", Headers, most);
        foreach (var (header, value) in headers)
            if (!header.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || value.Any(char.IsControl))
                tool.Refuse("headers", "must have names of letters, digits, - and _, and texts of one line");
        return headers;
    }

    private static List<Filler> ReadFillers(ScriptReader tool)
    {
        var fillers = new List<Filler>();
        foreach (var one in tool.Objects("fillers", Fillers))
        {
            fillers.Add(new(TimeSpan.FromMilliseconds(one.Whole("after_ms", 0, 60_000) ?? 0), one.Needed("text", Text)));
            one.Close();
        }
        return fillers;
    }

    /// <summary>What a caller says never chooses who is asked.</summary>
    private static bool HasHost(string url)
    {
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        int path = scheme < 0 ? -1 : url.IndexOfAny(['/', '?'], scheme + 3);
        string host = path < 0 ? url : url[..path];
        return scheme > 0 && !host.Contains('{', StringComparison.Ordinal) && !host.Contains('@', StringComparison.Ordinal)
            && Uri.TryCreate(host, UriKind.Absolute, out var read) && read.Scheme is "http" or "https";
    }
}
