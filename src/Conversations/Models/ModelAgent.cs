using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>An agent that a language model thinks for.</summary>
public sealed record ModelAgent : AgentDefinition
{
    /// <summary>Of <see cref="ListensIn"/>: whoever hears him finds out.</summary>
    public const string AnyLanguage = "und";

    /// <summary>What the model is told it is and does. {{name}} is a variable.</summary>
    public required string Instructions { get; init; }
    /// <summary>BCP 47, of what the caller says; <see cref="AnyLanguage"/> where that is to be found out, null for the voice's.</summary>
    public string? ListensIn { get; init; }
    /// <summary>Said first, without asking the model; empty lets the caller speak first, null the model.</summary>
    public string? Greeting { get; init; }
    /// <summary>Said where the model speaks first, before its words. Null for nothing.</summary>
    public string? Notice { get; init; }
    /// <summary>The model is also told that it is heard on a telephone.</summary>
    public bool HasTelephoneNote { get; init; } = true;
    /// <summary>Said where the model or its server refuses to answer.</summary>
    public string Refusal { get; init; } = OwnWords.Refusal("en");
    public required ModelEndpoint Model { get; init; }
    /// <summary>Asked where <see cref="Model"/> has failed twice; null for nobody.</summary>
    public ModelEndpoint? Fallback { get; init; }
    public IReadOnlyList<ModelTool> Tools { get; init; } = [];
    /// <summary>Its call is recorded from where it begins; null leaves that to others.</summary>
    public AgentRecording? Recording { get; init; }
    /// <summary>What it is there to gather; its tools have one that writes that down. Null where it only talks.</summary>
    public GatherTerms? Gather { get; init; }
    /// <summary>What was said before the conversation: the model is told, and nothing else of it is.</summary>
    public IReadOnlyList<Message> Before { get; init; } = [];

    /// <summary>Those whom it may leave its callers to: with instructions, tools and voices of their own, and all else as here.</summary>
    public IReadOnlyDictionary<string, ModelAgent> Others { get; init; } = new Dictionary<string, ModelAgent>();

    /// <summary>The variables of one call, which stand over the agent's own.</summary>
    public IReadOnlyDictionary<string, string> VariablesOf(IReadOnlyDictionary<string, string> known)
    {
        var all = new Dictionary<string, string>(Variables, StringComparer.Ordinal);
        foreach (var (name, value) in known) all[name] = value;
        return all;
    }

    /// <summary>How a conversation goes whose variables are these.</summary>
    public ConversationTerms TermsOf(IReadOnlyDictionary<string, string> variables) => Terms with
    {
        Greeting = Greeting is null ? null : Template.Fill(Greeting, variables, Limits.ReplyCharacters),
        Voicemail = Terms.Voicemail is not { } voicemail ? null : voicemail with
        {
            Message = Template.Fill(voicemail.Message, variables, Limits.ReplyCharacters),
            Prompt = voicemail.Prompt is null ? null : Template.Fill(voicemail.Prompt, variables, Limits.ReplyCharacters),
        },
        Fillers = Tools.OfType<ModelTool.Webhook>().Where(tool => tool.HasFillers)
            .ToDictionary(tool => tool.Name, tool => tool.FillersOf(variables)),
    };
}

/// <summary>Something that an agent is there to gather: its conversation ends when all of it is there.</summary>
/// <param name="Parameters">A JSON schema of an object.</param>
/// <param name="LastWords">Said when all is there; empty for nothing.</param>
public sealed record GatherTerms(JsonObject Parameters, string LastWords);

/// <summary>How the call of an agent is recorded.</summary>
/// <param name="IsDual">Each side on a channel of its own.</param>
/// <param name="IsMp3">Else WAV.</param>
/// <param name="StopsAtEnd">It ends with the conversation, else with the call.</param>
public sealed record AgentRecording(bool IsDual, bool IsMp3, bool StopsAtEnd);

/// <summary>A protocol by which a model hears and speaks itself.</summary>
public enum SpeechProtocol { Realtime, Ultravox }

/// <summary>A model on a server that speaks OpenAI's <c>POST /chat/completions</c>, or one that hears and speaks itself.</summary>
public sealed record ModelEndpoint
{
    /// <summary>Up to and without <c>/chat/completions</c>, <c>/realtime</c> or <c>/api/calls</c>.</summary>
    public required string BaseUrl { get; init; }
    public required string Name { get; init; }
    /// <summary>It hears and speaks itself, by this protocol; null for one that reads and writes.</summary>
    public SpeechProtocol? Speaks { get; init; }
    /// <summary>The file that has the key; null where none is asked for. The key itself is never part of a definition in a file.</summary>
    public string? KeyFile { get; init; }
    /// <summary>Asked with in its place: an account's own, in definitions that are in memory alone. Null for none.</summary>
    public string? Key { get; init; }
    /// <summary>An account has chosen its address, which is not asked beyond what the node's targets may be.</summary>
    public bool IsOfAccount { get; init; }
    /// <summary>All variables go along, as <c>extra_metadata</c>.</summary>
    public bool TellsVariables { get; init; }
    public double? Temperature { get; init; }
    /// <summary>Of one answer; null leaves it to the server.</summary>
    public int? MaxTokens { get; init; }
    /// <summary>What the model takes in; four fifths of it are used.</summary>
    public int ContextTokens { get; init; } = 16_000;
    /// <summary>A server that is busy may be waited for as it asks: false where another model stands in at once.</summary>
    public bool MayRest { get; init; } = true;

    /// <summary>Without a key.</summary>
    public override string ToString() => $"{Name} at {BaseUrl}";
}

/// <summary>Something that a model may have done.</summary>
public abstract record ModelTool
{
    private ModelTool() { }

    public required string Name { get; init; }
    public required string Description { get; init; }

    /// <summary>A JSON schema of its arguments, which are an object.</summary>
    public abstract JsonObject Parameters { get; }

    public sealed record Hangup : ModelTool
    {
        public override JsonObject Parameters { get; } = AllOf(new());
    }

    /// <param name="Targets">Names, with whom they ring.</param>
    /// <param name="From">The caller id; null shows the number that was called.</param>
    /// <param name="Summary">
    /// What the model is to write for whoever answers, who hears it before he hears the caller; null where he hears nothing of that.
    /// </param>
    public sealed record Transfer(IReadOnlyDictionary<string, string> Targets, string? From, string? Summary = null) : ModelTool
    {
        public const string Target = "target";

        public override JsonObject Parameters { get; } = AllOf(PropertiesOf(Targets, Summary));

        private static JsonObject PropertiesOf(IReadOnlyDictionary<string, string> targets, string? summary)
        {
            var properties = OneOf(targets);
            if (summary is not null) properties[ToolCall.Summary] = new JsonObject { ["type"] = "string", ["description"] = summary };
            return properties;
        }
    }

    /// <summary>Asks the far end to call one of the targets in our place.</summary>
    /// <param name="Targets">Names, with SIP URIs.</param>
    /// <param name="Headers">Of the REFER. With variables.</param>
    public sealed record Refer(IReadOnlyDictionary<string, string> Targets, IReadOnlyDictionary<string, string> Headers) : ModelTool
    {
        public override JsonObject Parameters { get; } = AllOf(OneOf(Targets));
    }

    /// <summary>Leaves the caller to another agent, with all that was heard.</summary>
    /// <param name="Targets">Names, each with the key of one of <see cref="ModelAgent.Others"/>.</param>
    /// <param name="ChangesVoice">He hears the other one's voice from then on.</param>
    public sealed record Handoff(IReadOnlyDictionary<string, string> Targets, bool ChangesVoice) : ModelTool
    {
        public override JsonObject Parameters { get; } = AllOf(OneOf(Targets));
    }

    /// <summary>Has whoever the call is with not called again, by whoever placed the call.</summary>
    public sealed record OptOut : ModelTool
    {
        public override JsonObject Parameters { get; } = AllOf(new());
    }

    /// <summary>Sends a text to whoever the call is with.</summary>
    /// <param name="Template">What it says, with variables; null has the model write it.</param>
    public sealed record SendMessage(string? Template) : ModelTool
    {
        public const string Words = "text";

        public override JsonObject Parameters { get; } = AllOf(Template is not null ? new() : new()
        {
            [Words] = new JsonObject { ["type"] = "string", ["description"] = "What the message says" },
        });
    }

    /// <summary>Has nothing of the call recorded any more, and what was recorded deleted.</summary>
    public sealed record StopRecording : ModelTool
    {
        public override JsonObject Parameters { get; } = AllOf(new());
    }

    /// <summary>Has whoever the call is with called again when he likes, by whoever placed the call.</summary>
    public sealed record CallBack : ModelTool
    {
        public const string At = "at";

        public override JsonObject Parameters { get; } = AllOf(new()
        {
            [At] = new JsonObject
            {
                ["type"] = "string", ["description"] = "a moment in the future with its offset from UTC: 2026-02-20T10:00:00+01:00",
            },
        });
    }

    /// <summary>Writes down what the agent is there to gather.</summary>
    public sealed record Gather(JsonObject Schema) : ModelTool
    {
        public override JsonObject Parameters { get; } = GatherBook.PartOf(Schema);
    }

    public sealed record SendDigits : ModelTool
    {
        public const string Digits = "digits";

        public override JsonObject Parameters { get; } = AllOf(new()
        {
            [Digits] = new JsonObject
            {
                ["type"] = "string", ["description"] = "0-9, A-D, * and #; w waits half a second, W a second",
            },
        });
    }

    /// <summary>Carried out by a server of the agent's author, which gets the arguments as they are.</summary>
    /// <param name="Url">
    /// {{name}} is a variable, {name} an argument of <see cref="InPath"/>, both percent-encoded; there are none before the path.
    /// </param>
    /// <param name="Headers">With variables too. Keys may be in them.</param>
    public sealed record Webhook(string Url, IReadOnlyDictionary<string, string> Headers, TimeSpan Timeout, JsonObject Schema) : ModelTool
    {
        public const string Get = "GET", Post = "POST";

        public override JsonObject Parameters => Schema;
        public string Method { get; init; } = Post;
        /// <summary>Arguments that stand in the URL, and are not in the body.</summary>
        public IReadOnlyList<string> InPath { get; init; } = [];
        /// <inheritdoc cref="InPath"/>
        public IReadOnlyList<string> InQuery { get; init; } = [];

        /// <summary>
        /// Of the body beside the arguments, and over those of the same name. With variables; the model knows nothing of it.
        /// </summary>
        public JsonObject? PresetBody { get; init; }
        /// <summary>The same of the query.</summary>
        public IReadOnlyDictionary<string, string> PresetQuery { get; init; } = new Dictionary<string, string>();

        /// <summary>Said while it runs. With variables.</summary>
        public IReadOnlyList<Filler> Fillers { get; init; } = [];

        /// <summary>
        /// It runs in the background: the model hears of an answer that comes within this time, and else that it was submitted. Null waits
        /// for the answer.
        /// </summary>
        public TimeSpan? Background { get; init; }

        /// <summary>Variables, each with the place of its value in the answer: <c>order.lines.0.price</c>.</summary>
        public IReadOnlyDictionary<string, string> Stores { get; init; } = new Dictionary<string, string>();

        /// <summary>What is said while it runs is its own matter, and be it nothing.</summary>
        public bool HasFillers => Fillers.Count > 0 || Background is not null;

        public IReadOnlyList<Filler> FillersOf(IReadOnlyDictionary<string, string> variables) =>
            [.. Fillers.Select(filler => filler with { Text = Template.Fill(filler.Text, variables, Limits.PieceCharacters * 4) })];
    }

    /// <summary>Carried out by a server of the Model Context Protocol, as it has listed it.</summary>
    /// <param name="Headers">As they are. Keys may be in them.</param>
    /// <param name="Remote">What the server calls it.</param>
    public sealed record Mcp(string Url, IReadOnlyDictionary<string, string> Headers, string Remote, JsonObject Schema) : ModelTool
    {
        public override JsonObject Parameters => Schema;

        /// <summary>Its server wants a session begun first, as all did before revision 2026-07-28 of the protocol.</summary>
        public bool HasSession { get; init; }
    }

    /// <summary>Gives the turn back without a word.</summary>
    public sealed record SkipTurn : ModelTool
    {
        public override JsonObject Parameters { get; } = AllOf(new());
    }

    private static JsonObject OneOf(IReadOnlyDictionary<string, string> targets)
    {
        var names = new JsonArray([.. targets.Keys.Select(name => (JsonNode?)JsonValue.Create(name))]);
        return new() { [Transfer.Target] = new JsonObject { ["type"] = "string", ["enum"] = names } };
    }

    /// <summary>Of an object in which all these must be.</summary>
    private static JsonObject AllOf(JsonObject properties)
    {
        var required = new JsonArray([.. properties.Select(property => (JsonNode?)JsonValue.Create(property.Key))]);
        return new() { ["type"] = "object", ["properties"] = properties, ["required"] = required };
    }
}
